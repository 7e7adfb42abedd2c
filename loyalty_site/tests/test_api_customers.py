"""Customers over the API: enrolling, changing, deleting, and finding them at the counter."""

import pytest

from customers.models import Customer
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused

pytestmark = pytest.mark.django_db

FULL = {
    "external_id": "crm-1",
    "name": "María Peña",
    "phone": "+34600111222",
    "email": "maria@a.test",
    "card_code": "CARD-1",
    "language": "es",
    "birthday": "03-27",
    "birth_year": 1990,
    "gender": "f",
    "city": "Madrid",
    "postal_code": "28001",
    "country": "ES",
    "attributes": {"shoe": 38, "likes": ["rye", None, True]},
    "preferences": ["no sugar"],
    "notes": "Comes with the dog.",
    "consents": [{"channel": "email", "purpose": "marketing", "granted": True, "source": "till"}],
}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def test_customer_keeps_every_field(till):
    made = till.post("customers", {**FULL, "phone": "600 11 12 22"})

    read = till.get(f"customers/{made.json()['id']}").json()
    assert made.status_code == 201
    assert {name: read[name] for name in FULL} == FULL
    assert read["id"].startswith("cus_")
    assert (read["purchases"], read["net_value"], read["last_purchase_at"], read["location"]) == (0, 0, None, None)


def test_customer_with_the_same_external_id_is_updated(till):
    first = till.post("customers", {"external_id": "crm-1", "name": "Jo", "city": "Madrid"})

    again = till.post("customers", {"external_id": "crm-1", "name": "Joanna"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert (again.json()["name"], again.json()["city"]) == ("Joanna", "Madrid")


def test_customer_gets_a_card_and_a_membership_in_each_program_that_enrols(till, shop):
    factories.program(shop)
    factories.program(shop, name="Closed", auto_enrol=False)

    made = till.post("customers", {"name": "Jo"}).json()

    members = till.get("memberships", customer=made["id"]).json()["data"]
    assert len(made["card_code"]) == 10
    assert len(members) == 1


@pytest.mark.parametrize(
    ("field", "taken"),
    [("phone", "600111222"), ("phone", "+34 600 11 12 22"), ("email", "JO@a.test"), ("card_code", "card-1")],
)
def test_customer_with_an_identifier_that_is_taken_names_the_other(till, shop, field, taken):
    other = factories.customer(shop, phone="+34600111222", email="jo@a.test", card_code="CARD-1")

    response = till.post("customers", {"name": "Twin", field: taken})

    assert refused(response) == (409, "duplicate_customer")
    assert response.json()["existing"] == other.public_id
    assert places(response) == [(field, "duplicate_customer")]
    assert Customer.objects.count() == 1


def test_customer_of_another_shop_takes_no_identifier(till):
    factories.customer(factories.merchant(slug="b", owner="charlie@b.test"), phone="+34600111222")

    assert till.post("customers", {"phone": "600111222"}).status_code == 201


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("birthday", "02-30", "invalid"),
        ("birthday", "27-03", "invalid"),
        ("birth_year", 10**30, "max_value"),
        ("birth_year", 1990.0, "invalid"),
        ("country", "es", "invalid"),
        ("phone", "12", "invalid_phone"),
        ("email", "nobody", "invalid_email"),
        ("name", "x" * 301, "max_length"),
        ("notes", "x" * 5001, "max_length"),
        ("preferences", ["x"] * 101, "max_length"),
        ("attributes", [], "not_a_dict"),
        ("location", "loc_nowhere", "unknown_location"),
    ],
)
def test_customer_field_that_makes_no_sense_is_refused(till, field, value, code):
    response = till.post("customers", {field: value})

    assert places(response) == [(field, code)]
    assert Customer.objects.count() == 0


def test_consent_of_an_unknown_channel_is_refused(till):
    response = till.post("customers", {"consents": [{"channel": "fax", "purpose": "marketing", "granted": True}]})

    assert places(response) == [("consents[0].channel", "invalid_choice")]


def test_patch_changes_what_it_names(till):
    made = till.post("customers", FULL).json()

    changed = till.patch(f"customers/{made['id']}", {"city": "Toledo", "email": None})

    assert changed.status_code == 200
    assert (changed.json()["city"], changed.json()["email"], changed.json()["name"]) == ("Toledo", None, "María Peña")


def test_patch_to_an_identifier_that_is_taken_is_refused(till, shop):
    other, mine = factories.customer(shop, phone="+34600111222"), factories.customer(shop)

    response = till.patch(f"customers/{mine.public_id}", {"phone": "600111222"})

    assert refused(response) == (409, "duplicate_customer")
    assert response.json()["existing"] == other.public_id


def test_patch_adds_a_consent_and_the_newest_holds(till):
    made = till.post("customers", FULL).json()
    no = {"channel": "email", "purpose": "marketing", "granted": False, "source": "link"}

    changed = till.patch(f"customers/{made['id']}", {"consents": [no]}).json()

    assert changed["consents"] == [no]


def test_delete_removes_a_card_without_history(till, shop):
    factories.program(shop)
    idle = factories.customer(shop)

    gone = till.delete(f"customers/{idle.public_id}")

    assert (gone.status_code, gone.content) == (204, b"")
    assert refused(till.get(f"customers/{idle.public_id}")) == (404, "not_found")


def test_delete_refuses_a_card_with_history(till, shop):
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer)

    response = till.delete(f"customers/{buyer.public_id}")

    assert refused(response) == (409, "use_erase")
    assert till.get(f"customers/{buyer.public_id}").json()["purchases"] == 1


def test_delete_refuses_a_card_with_a_voucher(till, shop):
    holder = factories.customer(shop)
    till.post("vouchers", {"benefit": {"kind": "free_shipping"}, "customer": holder.public_id})

    assert refused(till.delete(f"customers/{holder.public_id}")) == (409, "use_erase")


@pytest.mark.any_database
@pytest.mark.parametrize("text", ["600111222", "+34 600 11 12 22", "1222", "JO@a.test", "card-1", "crm-1", "jo", "smi"])
def test_lookup_finds_by_whatever_the_cashier_knows(till, shop, text):
    fields = {"name": "Jo Smith", "phone": "+34600111222", "email": "jo@a.test", "card_code": "CARD-1"}
    buyer = factories.customer(shop, external_id="crm-1", **fields)
    factories.customer(shop, name="Ann")

    found = till.get("customers/lookup", q=text).json()["data"]

    assert [one["id"] for one in found] == [buyer.public_id]


def test_lookup_shows_balances_and_masks_contacts(till, shop):
    program = factories.program(shop)
    buyer = factories.customer(shop, name="Jo", phone="+34600111222", email="jo@a.test", card_code="CARD-1")
    factories.purchase(shop, buyer)

    found = till.get("customers/lookup", q="jo").json()["data"]

    member = buyer.memberships.get()
    held = {"program": program.public_id, "membership": member.public_id, "available": 10, "pending": 0}
    assert found == [
        {
            "id": buyer.public_id,
            "name": "Jo",
            "card_code": "CARD-1",
            "phone": "+34••••••222",
            "email": "j•••@a.test",
            "tier": None,
            "balances": [held],
            "last_purchase_at": "2026-03-10T12:00:00Z",
        }
    ]


def test_lookup_answers_five_at_the_most(till, shop):
    for __ in range(6):
        factories.customer(shop, name="Jo")

    assert len(till.get("customers/lookup", q="jo").json()["data"]) == 5


@pytest.mark.parametrize("text", ["", " ", "nobody", "9" * 40, "%", "_"])
def test_lookup_of_nobody_is_empty(till, shop, text):
    factories.customer(shop, name="Jo")

    assert till.get("customers/lookup", q=text).json() == {"data": []}


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [
        ("search", "smi", 1),
        ("search", "1222", 1),
        ("phone", "+34600111222", 1),
        ("email", "JO@a.test", 1),
        ("external_id", "crm-1", 1),
        ("card_code", "card-1", 1),
        ("city", "madrid", 1),
        ("created_after", "2026-03-10T12:00:00Z", 2),
        ("created_before", "2026-03-10T12:00:00Z", 0),
        ("last_purchase_before", "2026-03-11T00:00:00Z", 1),
        ("last_purchase_after", "2026-03-11T00:00:00Z", 0),
    ],
)
def test_list_is_filtered(till, shop, name, value, count):
    fields = {"name": "Jo Smith", "phone": "+34600111222", "email": "jo@a.test", "card_code": "CARD-1"}
    factories.purchase(shop, factories.customer(shop, external_id="crm-1", city="Madrid", **fields))
    factories.customer(shop, name="Ann")

    assert len(till.get("customers", **{name: value}).json()["data"]) == count
