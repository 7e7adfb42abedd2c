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
