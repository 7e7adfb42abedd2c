"""The fast way (`add`) and the definition (`refresh`) give the same rollups over any history."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import activity, purchases
from customers.models import Customer, CustomerActivity, CustomerMonth, Purchase
from customers.tests import factories
from customers.tests.factories import AT

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)


def rollups(shop):
    """Everything the rollups say of a shop."""
    people = CustomerActivity.objects.filter(merchant=shop).order_by("customer").values()
    months = CustomerMonth.objects.filter(merchant=shop).order_by("customer", "month")
    return list(people), list(months.values("customer", "month", "purchases", "net_value"))


def test_the_first_purchase_makes_both_rows():
    shop = factories.merchant()
    ana = factories.customer(shop)

    factories.purchase(shop, ana, amount=1000)

    assert CustomerActivity.objects.values_list("first_at", "last_on", "purchases", "net_value").get() == (
        AT, date(2026, 3, 10), 1, 1000,
    )  # fmt: skip
    assert CustomerMonth.objects.values_list("month", "purchases", "net_value").get() == (date(2026, 3, 1), 1, 1000)


def test_a_backdated_purchase_becomes_the_first():
    shop = factories.merchant()
    ana = factories.customer(shop)
    factories.purchase(shop, ana)

    factories.purchase(shop, ana, at=AT - timedelta(days=40))

    found = CustomerActivity.objects.get()
    assert (found.first_on, found.last_on, found.purchases) == (date(2026, 1, 29), date(2026, 3, 10), 2)


@pytest.mark.parametrize("days", [(0, 1, 40), (40, 0, 1), (40, 1, 0), (1, 40, 0), (0, 40, 1)])
def test_earlier_is_what_was_before_the_last_month(days):
    """Three purchases of one month and the one before, in any order, one by one and at once."""
    one, other = factories.merchant(), factories.merchant("b")
    ana, bea = factories.customer(one), factories.customer(other)
    moments = [AT - timedelta(days=ago) for ago in days]

    for at in moments:
        factories.purchase(one, ana, at=at)
    drafts = [factories.draft(bea, at=at) for at in moments]
    purchases.record(merchant=other, drafts=drafts, at=AT)

    found = CustomerActivity.objects.values_list("last_on", "earlier_on", "earlier_purchases")
    assert list(found) == [(date(2026, 3, 10), date(2026, 1, 29), 1)] * 2


def test_earlier_is_nothing_in_the_first_month():
    shop = factories.merchant()
    ana = factories.customer(shop)

    for ago in (0, 5):
        factories.purchase(shop, ana, at=AT - timedelta(days=ago))

    assert CustomerActivity.objects.values_list("earlier_on", "earlier_purchases").get() == (None, 0)


def test_a_refund_lowers_the_month_of_its_purchase():
    shop = factories.merchant()
    ana = factories.customer(shop)
    bought = factories.purchase(shop, ana, amount=1000, at=AT - timedelta(days=40))

    factories.refund(shop, bought, amount=300)

    months = CustomerMonth.objects.values_list("month", "purchases", "net_value")
    assert list(months) == [(date(2026, 1, 1), 1, 700)]


def test_a_purchase_refunded_whole_is_no_visit():
    shop = factories.merchant()
    ana = factories.customer(shop)
    bought = factories.purchase(shop, ana, amount=1000)

    factories.refund(shop, bought, amount=1000)

    assert rollups(shop) == ([], [])


def test_a_return_without_a_purchase_lowers_value_only():
    shop = factories.merchant()
    ana = factories.customer(shop)

    factories.refund(shop, buyer=ana, amount=300)

    found = CustomerActivity.objects.get()
    assert (found.first_at, found.purchases, found.net_value) == (None, 0, -300)
    assert CustomerMonth.objects.values_list("month", "purchases", "net_value").get() == (date(2026, 3, 1), 0, -300)


def test_a_purchase_after_a_lone_return_is_the_first():
    shop = factories.merchant()
    ana = factories.customer(shop)
    factories.refund(shop, buyer=ana, amount=300)

    factories.purchase(shop, ana, amount=1000)

    found = CustomerActivity.objects.get()
    assert (found.first_at, found.purchases, found.net_value) == (AT, 1, 700)


def test_anonymous_sales_have_no_rollup():
    shop = factories.merchant()

    factories.purchase(shop, None)

    assert rollups(shop) == ([], [])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "refund", "return", "void"]),
        st.integers(0, 2),  # who
        st.integers(0, 120),  # day
        st.integers(0, 2_000),  # minor units
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_folding_in_equals_computing_anew(steps):
    Customer.objects.all()  # opens the test's connection before the first example
    shop = factories.merchant(f"h{next(factories.NUMBERS)}")
    people = [factories.customer(shop) for __ in range(3)]

    for kind, who, day, amount in steps:
        play(shop, people[who], kind, START + timedelta(days=day), amount)
        folded = rollups(shop)
        activity.refresh(merchant=shop, customers=[person.pk for person in people])

        assert rollups(shop) == folded


def play(shop, person, kind, at, amount):
    """One step of a shop's history."""
    if kind == "buy":
        factories.purchase(shop, person, amount=amount, at=at)
    elif kind == "return" and amount:
        factories.refund(shop, buyer=person, amount=amount, at=at)
    elif bought := Purchase.objects.standing().filter(customer=person).order_by("pk").first():
        if kind == "refund" and 0 < amount <= bought.remaining:
            factories.refund(shop, bought, amount=amount, at=at)
        elif kind == "void":
            Purchase.objects.filter(pk=bought.pk).update(voided_at=at)
            activity.refresh(merchant=shop, customers=[person.pk])
