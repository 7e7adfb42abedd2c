"""The states of a shop's customers on any day, and how they moved, against a slow count from bare days."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import purchases
from customers.tests import factories
from segments import lifecycle
from segments.cohorts import months_between
from segments.lifecycle import State
from segments.lifecycle.report import last_day
from segments.models import CustomerRhythm, ShopGap

START, TODAY = datetime(2026, 1, 1, 12, tzinfo=UTC), date(2026, 6, 15)
EACH = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HISTORIES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 165)), max_size=40)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.merchant()


def gaps_of(days: list[date]) -> list[int]:
    days = sorted(set(days))
    return [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]


def slow_state(days: list[date], everybody: list[list[date]], end: date) -> State | None:
    """The contract's words, read one after the other."""
    days = sorted(day for day in days if day <= end)
    if not days:
        return None
    pooled = [gap for other in everybody for gap in gaps_of([day for day in other if day <= end])]
    shop = median(pooled) if pooled else None
    mine = gaps_of(days)
    usual = median(mine) if len(mine) >= 2 else shop
    silence = (end - days[-1]).days
    if usual is not None:
        for times, state in [(3, State.LOST), (2, State.AT_RISK), (1.5, State.LATE)]:
            if silence > times * usual:
                return state
    if len(days) == 1:
        return State.NEW
    if mine and usual is not None:
        then = median(mine[:-1]) if len(mine) >= 3 else shop
        if mine[-1] > 3 * then and silence <= usual:
            return State.WON_BACK
    return State.ACTIVE


@EACH
@given(
    rows=HISTORIES,
    ago=st.integers(0, 120),
    kept=st.integers(0, 40),
    back=st.lists(st.integers(0, 39), max_size=6),
    again=st.booleans(),
)
def test_states_and_flows_are_those_of_a_slow_count(rows, ago, kept, back, again):
    """Whatever was kept before some were bought later or earlier, and some came back whole."""
    shop, day = factories.merchant(f"l{next(factories.NUMBERS)}"), TODAY - timedelta(days=ago)
    people = [factories.customer(shop) for __ in range(6)]
    drafts = [factories.draft(people[who], at=START + timedelta(days=offset)) for who, offset in rows]
    purchases.record(merchant=shop, drafts=drafts[:kept], at=START + timedelta(days=400))
    lifecycle.keep(merchant=shop)
    purchases.record(merchant=shop, drafts=drafts[kept:], at=START + timedelta(days=400))
    gone = {place for place in back if place < len(rows)}
    for place in gone:
        factories.refund(shop, drafts[place], amount=1000, at=START + timedelta(days=401))
    if again:
        lifecycle.keep(merchant=shop)
        assert lifecycle.keep(merchant=shop) == 0
    standing = [row for place, row in enumerate(rows) if place not in gone]
    days = [[(START + timedelta(days=offset)).date() for who, offset in standing if who == one] for one in range(6)]
    months = months_between(date(2026, 1, 1), day)
    ends = [date(2025, 12, 31), *(min(last_day(month), day) for month in months)]
    states = [[slow_state(mine, days, end) for end in ends] for mine in days]

    found = lifecycle.lifecycle(shop, day=day, since=date(2026, 1, 1))

    assert {one.pk: states[place][-1] for place, one in enumerate(people) if states[place][-1]} == {
        pk: one.state for pk, one in lifecycle.standing_now(shop, day=day)
    }
    for state in State:
        assert lifecycle.customers_in(shop, state, day=day) == [
            one.pk for place, one in enumerate(people) if states[place][-1] == state
        ]
    lifecycle.keep(merchant=shop)
    for place, person in enumerate(people):
        if ago and any(on > day for mine in days for on in mine):
            break  # a single card in the past takes the shop's gap from whole months
        one = lifecycle.standing_of(person, day=day)
        assert (one and one.state) == states[place][-1]
    worth = Counter(journey[-1] for journey in states if journey[-1])
    assert {state: group.customers for state, group in found.groups.items() if group.customers} == worth
    assert found.revenue == 1000 * sum(one <= day for mine in days for one in mine)
    assert {(one.month, one.before, one.now): one.customers for one in found.flows} == Counter(
        (month, journey[place], journey[place + 1])
        for journey in states
        for place, month in enumerate(months)
        if journey[place + 1]
    )
    assert (found.months, found.partial_month) == (months, months[-1] if ends[-1] != last_day(months[-1]) else None)


def buys(shop, *ago: int):
    buyer = factories.customer(shop)
    for days in ago:
        factories.purchase(shop, buyer, at=datetime(2026, 6, 15, 12, tzinfo=UTC) - timedelta(days=days))
    return buyer


def test_flows_of_earlier_months_end_with_their_months(shop):
    buys(shop, 70, 77, 84)

    found = lifecycle.lifecycle(shop, day=TODAY, since=date(2026, 3, 1), until=date(2026, 4, 1))

    assert [(one.month, one.before, one.now, one.customers) for one in found.flows] == [
        (date(2026, 3, 1), None, State.ACTIVE, 1), (date(2026, 4, 1), State.ACTIVE, State.LOST, 1),
    ]  # fmt: skip
    assert (found.partial_month, found.twice_gap) == (None, 14)
    assert {state: group.customers for state, group in found.groups.items() if group.customers} == {State.LOST: 1}


def test_a_purchase_that_came_back_whole_is_no_visit(shop):
    ana = buys(shop, 40, 30, 20)
    factories.refund(shop, ana.purchases.latest("occurred_at"), amount=1000)

    assert lifecycle.standing_of(ana, day=TODAY).silence == 30


def test_an_empty_shop_has_states_without_customers(shop):
    found = lifecycle.lifecycle(shop, day=TODAY)

    assert (found.customers, found.revenue, found.twice_gap, found.flows) == (0, 0, None, [])
    assert set(found.groups) == set(State)
    assert lifecycle.standing_of(factories.customer(shop), day=TODAY) is None


def test_other_shops_and_anonymous_sales_stand_nowhere(shop):
    buys(factories.merchant("b"), 3)
    factories.purchase(shop)

    assert list(lifecycle.standing_now(shop, day=TODAY)) == []


@pytest.mark.parametrize("number", [1, 30])
def test_states_cost_the_same_for_one_and_for_many(shop, django_assert_num_queries, number):
    people = [buys(shop, 3, 9) for __ in range(number)]

    for __ in range(2):
        with django_assert_num_queries(
            9
        ):  # first month; unkept, gaps: kept, not, others; value: two; rhythms: kept, others
            lifecycle.lifecycle(shop, day=TODAY)
        with django_assert_num_queries(6):
            list(lifecycle.standing_now(shop, day=TODAY))
        lifecycle.keep(merchant=shop)
    with django_assert_num_queries(2):  # days, kept gaps
        lifecycle.standing_of(people[0], day=TODAY)


def test_what_is_kept_is_made_anew_for_whom_something_changed(shop):
    ana = buys(shop, 3, 10, 17)
    buys(shop, 5)

    assert lifecycle.keep(merchant=shop) == 2
    assert dict(ShopGap.objects.values_list("days", "count")) == {7: 2}
    factories.purchase(shop, ana, at=datetime(2026, 6, 2, 12, tzinfo=UTC))  # 13 days ago: between two others
    assert lifecycle.keep(merchant=shop) == 1
    assert {days: count for days, count in ShopGap.objects.values_list("days", "count") if count} == {7: 1, 3: 1, 4: 1}
    assert lifecycle.keep(merchant=shop) == 0


def test_what_is_kept_of_cards_that_are_gone_is_taken_back(shop):
    ana = buys(shop, 3, 10, 17)
    lifecycle.keep(merchant=shop)
    for bought in ana.purchases.all():
        factories.refund(shop, bought, amount=1000)

    assert lifecycle.lifecycle(shop, day=TODAY).twice_gap is None
    assert lifecycle.keep(merchant=shop) == 1
    assert (CustomerRhythm.objects.count(), sum(ShopGap.objects.values_list("count", flat=True))) == (0, 0)


def test_whoever_has_a_rhythm_of_their_own_costs_one_query(shop, django_assert_num_queries):
    ana = buys(shop, 3, 9, 15, 21)

    with django_assert_num_queries(1):
        assert lifecycle.standing_of(ana, day=TODAY).state == State.ACTIVE
