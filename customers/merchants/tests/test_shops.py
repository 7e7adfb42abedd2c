import pytest

from customers.merchants import shops
from customers.merchants.models import Merchant, Right, Role, StaffMember, User
from customers.merchants.refusals import Invalid
from customers.merchants.shops import SlugTaken

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Corner bakery",
    "slug": "corner-bakery",
    "currency": "EUR",
    "country": "ES",
    "timezone": "Europe/Madrid",
    "owner_email": "alice@a.test",
}


def test_open_shop_gives_its_owner_a_place():
    merchant, owner = shops.open_shop(**GOOD)

    place = StaffMember.objects.get()
    assert (place.merchant, place.user, place.role) == (merchant, owner, Role.OWNER)
    assert merchant.public_id.startswith("mer_")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Corner Bakery"), ("slug", ""), ("slug", "-a"), ("currency", "EURO"), ("currency", "XXX"),
        ("country", "es"), ("timezone", "Madrid"), ("timezone", "CEST"),
    ],
)  # fmt: skip
def test_open_shop_refuses_what_could_not_work_later(field, value):
    with pytest.raises(Invalid) as refusal:
        shops.open_shop(**{**GOOD, field: value})

    assert refusal.value.field == field
    assert (Merchant.objects.count(), User.objects.count()) == (0, 0)


def test_a_short_name_is_used_once():
    shops.open_shop(**GOOD)

    with pytest.raises(SlugTaken):
        shops.open_shop(**{**GOOD, "owner_email": "bob@b.test"})

    assert User.objects.count() == 1


def test_an_owner_of_two_shops_is_one_user_whatever_the_case():
    shops.open_shop(**GOOD)

    __, again = shops.open_shop(**{**GOOD, "slug": "second", "owner_email": "Alice@A.test"})

    assert User.objects.get() == again
    assert again.places.count() == 2


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.OWNER, {"look", "reports", "counter", "manage"}),
        (Role.MANAGER, {"look", "reports", "counter", "manage"}),
        (Role.STAFF, {"look", "counter"}),
        (Role.ANALYST, {"look", "reports"}),
    ],
)
def test_roles_are_bundles_of_rights(role, rights):
    assert {right.value for right in Right if StaffMember(role=role).may(right)} == rights


@pytest.fixture
def shop():
    return shops.open_shop(**GOOD)[0]


def test_shop_is_changed(shop):
    shops.change(merchant=shop, name=" Corner ", country="PT", currency="USD", timezone="Europe/Lisbon")

    shop.refresh_from_db()
    assert (shop.name, shop.country, shop.currency, shop.timezone) == ("Corner", "PT", "USD", "Europe/Lisbon")


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("country", "xx"), ("currency", "EURO"), ("timezone", "Madrid")]
)
def test_shop_is_not_changed_to_what_could_not_work(shop, field, value):
    good = {"name": "Corner", "country": "PT", "currency": "USD", "timezone": "Europe/Lisbon"}

    with pytest.raises(Invalid) as refusal:
        shops.change(merchant=shop, **{**good, field: value})

    shop.refresh_from_db()
    assert (refusal.value.field, shop.name) == (field, "Corner bakery")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\0b"])
def test_location_needs_a_name(shop, name):
    with pytest.raises(Invalid):
        shops.add_location(merchant=shop, name=name)

    assert shop.locations.count() == 0


def test_location_names_differ_whatever_the_case(shop):
    shops.add_location(merchant=shop, name="Station")
    other = shops.add_location(merchant=shop, name="Main Street")

    with pytest.raises(shops.LocationNameTaken):
        shops.add_location(merchant=shop, name="STATION")
    with pytest.raises(shops.LocationNameTaken):
        shops.change_location(location=other, name="station")

    assert sorted(shop.locations.values_list("name", flat=True)) == ["Main Street", "Station"]
