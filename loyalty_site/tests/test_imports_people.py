import pytest

from customers.models import Customer
from loyalty_site.tests import factories
from loyalty_site.tests.files import rehearsed, said, wrong
from rewards.models import Membership

pytestmark = pytest.mark.django_db

TAKEN = "Another customer has this phone, e-mail, card code or id already."


def test_new_customers_are_enrolled_with_a_card_and_a_membership(shop):
    factories.program(shop)
    text = "Customer ID,Name,Phone,Birthday,City,Shoe size\nA,Ana,600000001,1980-02-29,Vigo,38\nB,Ben,,,,\n"

    summary = rehearsed(shop, text, kind="customers")

    assert said(summary) == (2, 2, 0, 0, 2, 2, 0)
    ana = Customer.objects.get(external_id="A")
    assert (ana.name, ana.phone, ana.birthday, ana.birth_year, ana.city) == (
        "Ana",
        "+34600000001",
        "02-29",
        1980,
        "Vigo",
    )
    assert ana.attributes == {"shoe_size": "38"}
    assert len(ana.card_code) == 10
    assert Membership.objects.count() == 2


def test_known_customers_are_brought_up_to_date(shop):
    factories.customer(shop, external_id="A", name="Ana", city="Vigo", attributes={"dog": "yes"})
    text = "Customer ID,Name,City,Shoe size\nA,Ana María,,38\n"

    summary = rehearsed(shop, text, kind="customers")

    assert said(summary) == (1, 1, 0, 0, 1, 0, 0)
    ana = Customer.objects.get()
    assert (ana.name, ana.city, ana.attributes) == ("Ana María", "Vigo", {"dog": "yes", "shoe_size": "38"})


@pytest.mark.any_database
def test_an_unchanged_customer_is_a_duplicate(shop):
    factories.customer(shop, external_id="A", name="Ana", phone="+34600000001")

    summary = rehearsed(shop, "Customer ID,Name,Phone\nA,Ana,600 000 001\n", kind="customers")

    assert said(summary) == (1, 0, 1, 0, 0, 0, 0)


def test_a_customer_is_found_by_phone_and_given_the_id(shop):
    factories.customer(shop, name="Ana", phone="+34600000001")

    summary = rehearsed(shop, "Customer ID,Phone\nA,600000001\n", kind="customers")

    assert said(summary) == (1, 1, 0, 0, 1, 0, 0)
    assert Customer.objects.get().external_id == "A"


@pytest.mark.any_database
def test_a_phone_of_somebody_with_another_id_is_a_conflict(shop):
    factories.customer(shop, external_id="A", phone="+34600000001")

    summary = rehearsed(shop, "Customer ID,Phone\nB,600000001\n", kind="customers")

    assert said(summary) == (1, 0, 0, 1, 0, 0, 0)
    assert summary["errors"] == [{"line": 2, "column": "Phone", "value": "600000001", "message": TAKEN}]
    assert Customer.objects.get().external_id == "A"


@pytest.mark.any_database
def test_a_known_customer_cannot_take_the_phone_of_another(shop):
    factories.customer(shop, external_id="A", phone="+34600000001")
    factories.customer(shop, external_id="B")

    summary = rehearsed(shop, "Customer ID,Phone\nB,600000001\n", kind="customers")

    assert said(summary) == (1, 0, 0, 1, 0, 0, 0)
    assert summary["errors"][0]["message"] == TAKEN
    assert Customer.objects.get(external_id="B").phone is None


@pytest.mark.any_database
def test_two_new_customers_with_one_phone_are_a_conflict(shop):
    summary = rehearsed(shop, "Customer ID,Phone\nA,600000001\nB,600000001\n", kind="customers")

    assert said(summary) == (2, 1, 0, 1, 1, 1, 0)
    assert wrong(summary) == [(3, "Phone", "600000001")]


@pytest.mark.parametrize(("first", "second", "new"), [("A", "B", 1), ("B", "A", 0)])
def test_a_phone_goes_to_the_first_row_whether_new_or_known(shop, first, second, new):
    factories.customer(shop, external_id="B")

    summary = rehearsed(shop, f"Customer ID,Phone\n{first},600000001\n{second},600000001\n", kind="customers")

    assert said(summary) == (2, 1, 0, 1, 1, new, 0)
    assert wrong(summary)[0][:2] == (3, "Phone")
    assert Customer.objects.get(phone="+34600000001").external_id == first


@pytest.mark.any_database
def test_two_known_customers_cannot_take_the_same_phone(shop):
    factories.customer(shop, external_id="A")
    factories.customer(shop, external_id="B")

    summary = rehearsed(shop, "Customer ID,Phone\nA,600000001\nB,600000001\n", kind="customers")

    assert said(summary) == (2, 1, 0, 1, 1, 0, 0)
    assert wrong(summary)[0][:2] == (3, "Phone")


def test_a_customer_who_comes_twice_in_a_file_counts_by_the_first_row(shop):
    summary = rehearsed(shop, "Customer ID,Name\nA,Ana\nA,Ana\nA,Anna\n", kind="customers")

    assert said(summary) == (3, 1, 2, 0, 1, 1, 0)
    assert Customer.objects.get().name == "Ana"


def test_a_known_customer_who_comes_twice_is_changed_once(shop):
    factories.customer(shop, external_id="A", name="Ana")

    summary = rehearsed(shop, "Customer ID,Name\nA,Anna\nA,Anna\n", kind="customers")

    assert said(summary) == (2, 1, 1, 0, 1, 0, 0)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("header", "cell"),
    [("Phone", "see notes"), ("Email", "ana"), ("Birthday", "31/02/1980"), ("Birth year", "1850")],
)
def test_a_cell_that_cannot_be_used_rejects_the_row(shop, header, cell):
    summary = rehearsed(shop, f"Customer ID,{header}\nA,{cell}\n", kind="customers")

    assert said(summary) == (1, 0, 0, 1, 0, 0, 0)
    assert wrong(summary) == [(2, header, cell)]


def test_people_known_by_a_name_alone_are_enrolled_once_per_file(shop):
    summary = rehearsed(shop, "Name,City\nAna,Vigo\nAna,Vigo\n", kind="customers")
    other = rehearsed(shop, "Name,City\nAna,Lugo\n", kind="customers")

    assert said(summary) == (2, 2, 0, 0, 2, 2, 0)
    assert said(other) == (1, 1, 0, 0, 1, 1, 0)


@pytest.mark.any_database
def test_a_customer_of_another_shop_is_nobodys(shop):
    other = factories.merchant(slug="b", owner="charlie@b.test")
    factories.customer(other, external_id="A", phone="+34600000001")

    summary = rehearsed(shop, "Customer ID,Phone\nA,600000001\n", kind="customers")

    assert said(summary) == (1, 1, 0, 0, 1, 1, 0)


def test_countries_and_languages_are_kept_as_codes(shop):
    text = "Customer ID,Country,Language\nA,es,ES\nB,PT,pt-BR\n"

    rehearsed(shop, text, kind="customers")

    assert list(Customer.objects.order_by("external_id").values_list("country", "language")) == [
        ("ES", "es"),
        ("PT", "pt-br"),
    ]


@pytest.mark.any_database
@pytest.mark.parametrize(("header", "cell"), [("Country", "Atlantis"), ("Language", "Klingon of the north")])
def test_a_country_or_language_that_is_no_code_rejects_the_row(shop, header, cell):
    summary = rehearsed(shop, f"Customer ID,{header}\nA,{cell}\n", kind="customers")

    assert wrong(summary) == [(2, header, cell)]
