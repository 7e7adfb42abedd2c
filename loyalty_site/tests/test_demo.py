from datetime import UTC, date, datetime

import pytest
from django.db.models import Max, Min, Sum
from django.utils import translation
from django.utils.translation import gettext

from customers.merchants.models import Location, Merchant, StaffMember, User
from customers.models import Customer, Purchase, PurchaseLine
from loyalty_site.demo import building, people, rewards, till
from loyalty_site.tests.files import counts
from rewards import claims, ledger, redemption, vouchers
from rewards.models import Adjustment, Alert, Entry, Redemption, Reward, Voucher, VoucherBatch

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_demo_shop_is_the_bakerys_year_moved_to_end_last_week():
    shop = building.build(at=AT)
    first, after = counts(), building.build(at=AT)

    bought = Purchase.objects.aggregate(first=Min("occurred_on"), last=Max("occurred_on"), total=Sum("amount"))
    assert bought == {"first": date(2025, 3, 9), "last": date(2026, 3, 8), "total": 4643439}
    assert (Customer.objects.count(), Purchase.objects.count(), PurchaseLine.objects.count()) == (733, 9366, 13047)
    assert first["customers.Purchase"] == 9366
    assert counts() == first  # a second run adds nothing
    assert after == shop
    assert [*ledger.differences(), *redemption.differences(), *vouchers.differences(), *claims.differences()] == []
    batch = VoucherBatch.objects.get()
    assert ("(simulated)" in batch.name, batch.count, batch.vouchers.filter(status="used").count()) == (True, 40, 7)
    expected = sum(amount // 100 for amount in Purchase.objects.values_list("amount", flat=True))
    assert Entry.objects.filter(kind="earn").aggregate(total=Sum("points"))["total"] == expected
    assert list(Reward.objects.order_by("position").values_list("name", flat=True)) == [
        one["name"] for one in rewards.MENU
    ]
    used = Voucher.objects.filter(redemption__isnull=False, status="used")
    assert (Redemption.objects.filter(status="captured").count(), used.count()) == (7, 3)
    assert Redemption.objects.get(status="held").reward.name == till.SET_ASIDE
    assert list(Alert.objects.values_list("kind", "state", "count")) == [("adjustments", "open", 10)]
    assert Adjustment.objects.pending().get().points == till.TOO_MANY
    assert set(Adjustment.objects.values_list("reason", flat=True)) == {till.SIMULATED}
    assert Entry.objects.filter(kind="adjust").aggregate(total=Sum("points"))["total"] == 0
    assert (set(Purchase.objects.values_list("location__name", flat=True)), Location.objects.count()) == (
        set(building.LOCATIONS),
        2,
    )


@pytest.mark.django_db
def test_demo_logins_are_those_of_the_contract():
    shop = building.open_shop()

    places = StaffMember.objects.filter(merchant=shop).order_by("user__email").values_list("user__email", "role")
    assert list(places) == [
        ("cashier@demo.test", "staff"),
        ("manager@demo.test", "manager"),
        ("owner@demo.test", "owner"),
    ]
    assert all(user.check_password("ficha-demo") for user in User.objects.all())
    assert (shop.slug, shop.currency, shop.timezone) == ("bakery", "USD", "America/New_York")


@pytest.mark.parametrize(
    ("at", "weeks"),
    [
        (datetime(2018, 1, 1, 12, tzinfo=UTC), 0),
        (datetime(2018, 1, 7, 12, tzinfo=UTC), 0),
        (datetime(2018, 1, 8, 12, tzinfo=UTC), 1),
        (datetime(2018, 1, 8, 4, tzinfo=UTC), 0),  # still the seventh in New York
    ],
)
def test_history_moves_by_whole_weeks_and_ends_yesterday_at_the_latest(at, weeks):
    assert building.weeks_to_move([{"ts": "2017-12-31T18:00:00"}], at=at) == weeks


def test_a_moved_line_keeps_weekday_and_hour():
    row = {"ts": "2017-01-01T09:46:04", "channel": "Store 391", "amount": "1.0"}

    assert building.moved(row, 2) == {
        "ts": "2017-01-15T09:46:04",
        "channel": "Store 391",
        "amount": "1.0",
        "location": "Market Square (invented)",
    }


def test_invented_people_differ_and_have_numbers_reserved_for_fiction():
    invented = list(people.invent(f"M{number}" for number in range(733)))

    assert len({person["name"] for person in invented}) == 733
    assert len({person["phone"] for person in invented}) == 733
    assert {person["phone"][5:11] for person in invented} == {" 555-0"}


@pytest.mark.django_db
@pytest.mark.any_database
def test_demo_keeps_the_recorded_dates_where_asked():
    building.build(at=AT, as_recorded=True)

    bought = Purchase.objects.aggregate(first=Min("occurred_on"), last=Max("occurred_on"))
    assert bought == {"first": date(2017, 1, 1), "last": date(2017, 12, 31)}
    assert Merchant.objects.get().note == building.AS_RECORDED
    with translation.override("es"):
        assert gettext(building.AS_RECORDED).startswith("Tienda de demostración. Las compras son reales:")
