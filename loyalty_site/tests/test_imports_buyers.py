import pytest

from customers.models import Customer, Purchase
from loyalty_site.tests import factories
from loyalty_site.tests.files import rehearsed, said, wrong

pytestmark = pytest.mark.django_db


def cards() -> list[tuple]:
    """Id, phone and e-mail of every card, as made."""
    return list(Customer.objects.order_by("pk").values_list("external_id", "phone", "email"))


def test_a_known_customer_is_found_by_any_identifier(shop):
    ana = factories.customer(shop, external_id="A", phone="+34600000001", email="Ana@a.test", card_code="KARTE1")
    text = """Id cliente,Phone,Email,Card code,Receipt,Date,Amount
A,,,,R1,2026-01-05,1
,600 000 001,,,R2,2026-01-05,1
,,ANA@a.test,,R3,2026-01-05,1
,,,karte1,R4,2026-01-05,1
"""

    summary = rehearsed(shop, text)

    assert said(summary) == (4, 4, 0, 0, 1, 0, 400)
    assert set(Purchase.objects.values_list("customer", flat=True)) == {ana.pk}


@pytest.mark.any_database
def test_a_new_customer_gets_all_identifiers_of_the_row(shop):
    summary = rehearsed(
        shop, "Id cliente,Phone,Email,Name,Receipt,Date,Amount\nA,600000001,ana@a.test,Ana,R1,2026-01-05,1\n"
    )

    assert said(summary) == (1, 1, 0, 0, 1, 1, 100)
    assert cards() == [("A", "+34600000001", "ana@a.test")]
    assert Customer.objects.get().name == "Ana"


@pytest.mark.any_database
def test_one_person_under_two_identifiers_is_one_customer(shop):
    text = """Id cliente,Phone,Receipt,Date,Amount
A,600000001,R1,2026-01-05,1
,600000001,R2,2026-01-06,1
A,,R3,2026-01-07,1
"""

    summary = rehearsed(shop, text)

    assert said(summary) == (3, 3, 0, 0, 1, 1, 300)


def test_an_identifier_that_a_known_row_adds_makes_a_card_of_its_own(shop):
    """The row with both goes to the id; the phone, which no card has, then is somebody else's as far as we know."""
    text = """Id cliente,Phone,Receipt,Date,Amount
A,,R1,2026-01-05,1
A,600000001,R2,2026-01-06,1
,600000001,R3,2026-01-07,1
"""

    summary = rehearsed(shop, text)

    assert said(summary) == (3, 3, 0, 0, 2, 2, 300)
    assert cards() == [("A", None, None), (None, "+34600000001", None)]


@pytest.mark.any_database
def test_two_new_ids_on_one_card_code_are_the_cards_owner(shop):
    text = "Id cliente,Card code,Receipt,Date,Amount\nA,K1,R1,2026-01-05,1\nB,k1,R2,2026-01-06,1\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 2, 0, 0, 1, 1, 200)


@pytest.mark.any_database
def test_a_card_code_alone_must_be_known(shop):
    summary = rehearsed(shop, "Card code,Receipt,Date,Amount\nK9,R1,2026-01-05,1\n")

    assert said(summary) == (1, 0, 0, 1, 0, 0, 0)
    assert summary["errors"] == [
        {
            "line": 2,
            "column": "Card code",
            "value": "K9",
            "message": "Nobody has this card. Enrol the customer first, or give a phone, an e-mail or an id.",
        }
    ]


@pytest.mark.any_database
def test_a_phone_that_is_none_is_rejected(shop):
    text = "Phone,Receipt,Date,Amount\nsee notes,R1,2026-01-05,1\n600000001,R2,2026-01-05,1\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 1, 0, 1, 1, 1, 100)
    assert wrong(summary) == [(2, "Phone", "see notes")]
    assert summary["errors"][0]["message"].startswith("'see notes' is not a phone number.")


@pytest.mark.any_database
def test_an_email_that_is_none_is_rejected(shop):
    summary = rehearsed(shop, "Email,Receipt,Date,Amount\nana,R1,2026-01-05,1\n")

    assert wrong(summary) == [(2, "Email", "ana")]


@pytest.mark.any_database
def test_a_number_that_a_spreadsheet_made_a_decimal_is_the_same_customer(shop):
    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\n17850.0,R1,2026-01-05,1\n17850,R2,2026-01-05,1\n")

    assert said(summary) == (2, 2, 0, 0, 1, 1, 200)
    assert Customer.objects.get().external_id == "17850"


@pytest.mark.any_database
def test_cards_of_another_shop_are_nobodys(shop):
    other = factories.merchant(slug="b", owner="charlie@b.test")
    factories.customer(other, external_id="A", card_code="K1")

    summary = rehearsed(shop, "Id cliente,Card code,Receipt,Date,Amount\nA,,R1,2026-01-05,1\n,K1,R2,2026-01-05,1\n")

    assert said(summary) == (2, 1, 0, 1, 1, 1, 100)
