from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from customers.models import Customer
from customers.tests import factories
from rewards.tests import factories as promises
from segments import drilldown

TODAY = date(2026, 4, 30)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop(db):
    return factories.merchant()


@pytest.fixture
def people(shop):
    """Ana bought in January, February and April, Ben once in April, Cleo in February; Dan never."""
    days = {"Ana": [(1, 5), (2, 5), (4, 5)], "Ben": [(4, 6)], "Cleo": [(2, 7)], "Dan": []}
    for name, bought in days.items():
        buyer = factories.customer(shop, name=name)
        for month, day in bought:
            factories.purchase(shop, buyer, at=datetime(2026, month, day, 12, tzinfo=UTC))


def ask(shop, **params) -> tuple[list[str], str]:
    found, sentence = drilldown.filter(Customer.objects.for_merchant(shop), params, shop, TODAY)
    return sorted(found.values_list("name", flat=True)), sentence


@pytest.mark.parametrize(
    ("params", "names", "sentence"),
    [
        ({}, ["Ana", "Ben", "Cleo", "Dan"], ""),
        ({"cohort": ""}, ["Ana", "Ben", "Cleo", "Dan"], ""),
        ({"cohort": "2026-04"}, ["Ben"], "Customers who first bought in Apr 2026."),
        ({"active": "2026-02"}, ["Ana", "Cleo"], "Customers who bought in Feb 2026."),
        (
            {"cohort": "2026-01", "active": "2026-02"},
            ["Ana"],
            "Customers who first bought in Jan 2026 and bought in Feb 2026.",
        ),
        (
            {"cohort": "2026-Q1", "active": "2026-Q2"},
            ["Ana"],
            "Customers who first bought in Q1 2026 and bought in Q2 2026.",
        ),
        ({"cohort": "2026-02..2026-04"}, ["Ben", "Cleo"], "Customers who first bought in Feb 2026 to Apr 2026."),
        ({"again": "3"}, ["Ana"], "Customers who bought in month 3 after that of the first purchase."),
        ({"again": "3_until_2026-03"}, [], "Customers who bought in month 3 after that of the first purchase."),
        ({"again": "1q"}, ["Ana"], "Customers who bought in quarter 1 after that of the first purchase."),
        (
            {"first_channel": "store", "again": "1"},
            ["Ana"],
            "Customers who bought in month 1 after that of the first purchase and came first through “store”.",
        ),
        ({"first_product": "(none)"}, ["Ana", "Ben", "Cleo"], "Customers who bought “not known” first."),
        ({"lapsed": "60"}, ["Cleo"], "Customers who have not bought for more than 60 days."),
        ({"lapsed": "24"}, ["Ana", "Cleo"], "Customers who have not bought for more than 24 days."),
        ({"decile": "1"}, ["Ana"], "Customers who are in group 1 of 10 by value, the first being worth most."),
        ({"rfv": "5-5"}, [], "Customers who score 5 of 5 for recency and 5 of 5 for frequency."),
        ({"rfv": "2-4"}, ["Ana"], "Customers who score 2 of 5 for recency and 4 of 5 for frequency."),
        ({"rfv": "at_risk"}, ["Ana"], "Customers who stand at “At risk”."),
        (
            {"rfv": "at_risk_on_2026-01-31"},
            [],
            "Customers who stand at “At risk”, as it was at the end of 31 Jan 2026.",
        ),
        (
            {"rfv": "1-3_on_2026-02-28"},
            ["Ana"],
            "Customers who score 1 of 5 for recency and 3 of 5 for frequency, as it was at the end of 28 Feb 2026.",
        ),
        ({"lifecycle": "active"}, ["Ana"], "Customers who are “Active” by their own rhythm."),
        ({"lifecycle": "new"}, ["Ben"], "Customers who are “New” by their own rhythm."),
        ({"lifecycle": "late"}, ["Cleo"], "Customers who are “Late” by their own rhythm."),
        (
            {"lifecycle": "new_on_2026-02-20"},
            ["Cleo"],
            "Customers who were “New” by their own rhythm at the end of 20 Feb 2026.",
        ),
        ({"once": "20"}, ["Ben", "Cleo"], "Customers who bought once, more than 20 days ago."),
        (
            {"quiet": "regulars"},
            [],
            "Customers who used to come regularly and are away for longer than twice their usual time.",
        ),
    ],
)
def test_address_finds_people_and_says_who_they_are(shop, people, params, names, sentence):
    assert ask(shop, **params) == (names, sentence)


@pytest.mark.parametrize(
    "params",
    [
        {"cohort": "2026-13"},
        {"cohort": "2026-1"},
        {"cohort": "\0"},
        {"active": "January"},
        {"active": "9999-12"},
        {"lapsed": "0"},
        {"lapsed": "-60"},
        {"lapsed": "99999"},
        {"lapsed": "٦٠"},
        {"decile": "11"},
        {"points_decile": "x"},
        {"quiet": "everybody"},
        {"once": "1e9"},
        {"expiring": "4000"},
        {"rfv": "6-1"},
        {"rfv": "5"},
        {"rfv": "kings"},
        {"lifecycle": "LATE"},
        {"lifecycle": "late_on_"},
        {"lifecycle": "late_on_2026-05-01"},
        {"rfv": "5-5_on_2026-02-30"},
        {"rfv": "5-5_on_2026-05-01"},
        {"cohort": "2026-04", "lapsed": "x"},
    ],
)
def test_value_that_cannot_be_finds_nobody_and_says_so(shop, people, params):
    assert ask(shop, **params) == (
        [],
        "This address asks for a group that does not exist. Open it again from its page.",
    )


def test_points_are_a_way_to_be_found(shop):
    promises.program(shop, policies={"expiry": {"kind": "days", "days": 30}}, at=datetime(2026, 1, 1, tzinfo=UTC))
    ana, ben = (promises.member(shop, name=name) for name in ("Ana", "Ben"))
    promises.judged(shop, ana, amount=200, at=datetime(2026, 4, 29, tzinfo=UTC))
    promises.judged(shop, ben, amount=9000, at=datetime(2026, 1, 29, tzinfo=UTC))

    assert ask(shop, expiring="30") == (["Ana"], "Customers who hold points that expire within 30 days.")
    assert ask(shop, points_decile="1")[0] == ["Ben"]


def test_filters_of_another_shop_find_nobody_here(shop, people):
    other = factories.merchant("b")

    assert ask(other, decile="1")[0] == []


def test_every_filter_has_its_description():
    assert [name for name, build in drilldown.FILTERS.items() if f"`{name}=" not in build.__doc__] == []


def test_query_goes_on_being_a_queryset(shop, people):
    found, __ = drilldown.filter(Customer.objects.for_merchant(shop).with_activity(), {"decile": "1"}, shop, TODAY)

    assert [person.name for person in found.order_by("-activity__last_at")] == ["Ana"]
