"""The figures of any history equal those that a few lines of Python count from the bare purchases."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import purchases
from customers.models import Customer
from customers.tests import factories
from segments.attention import bought_once, quiet_regulars
from segments.deciles import deciles, in_decile
from segments.lapsed import lapsed
from segments.overview import median_gap
from segments.recent import recent
from segments.returning import returning
from segments.second_visit import WITHIN, last_day, second_visits

pytestmark = pytest.mark.django_db
START, TODAY = datetime(2026, 1, 1, 12, tzinfo=UTC), date(2026, 6, 15)
HISTORIES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 165), st.integers(0, 3_000)), max_size=30)
EACH = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def days_between(days: list[date]) -> list[int]:
    """Gaps between different days."""
    days = sorted(set(days))
    return [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]


class History:
    """A shop where people of a list buy on days, and the same as plain Python."""

    def __init__(self, rows):
        Customer.objects.all()
        self.shop = factories.merchant(f"h{next(factories.NUMBERS)}")
        people = [factories.customer(self.shop) for __ in range(7)]
        drafts = [
            factories.draft(people[who], amount=amount, at=START + timedelta(days=day)) for who, day, amount in rows
        ]
        purchases.record(merchant=self.shop, drafts=drafts, at=START + timedelta(days=400))
        self.visits: dict[int, list[tuple[date, int]]] = defaultdict(list)
        for who, day, amount in rows:
            self.visits[people[who].pk].append(((START + timedelta(days=day)).date(), amount))

    def days(self, person: int, until: date = date.max) -> list[date]:
        return sorted(day for day, __ in self.visits[person] if day <= until)


@EACH
@given(rows=HISTORIES)
def test_returning_share(rows):
    history = History(rows)

    found = returning(history.shop, since=date(2026, 1, 1), until=TODAY)

    for month in found:
        came = [who for who in history.visits if month.month in {day.replace(day=1) for day in history.days(who)}]
        again = [who for who in came if history.days(who)[0] < month.month]
        assert (month.customers, month.returning) == (len(came), len(again))


@EACH
@given(rows=HISTORIES)
def test_second_visits(rows):
    history = History(rows)

    found = second_visits(history.shop, since=date(2026, 1, 1), until=TODAY)

    newest = max((day for who in history.visits for day in history.days(who)), default=None)
    groups = defaultdict(list)
    for who in history.visits:
        groups[history.days(who)[0].replace(day=1)].append(days_between(history.days(who))[:1])
    assert {one.month: one.size for one in found} == {month: len(gaps) for month, gaps in groups.items()}
    for one in found:
        for within in WITHIN:
            known = last_day(one.month) + timedelta(days=within) <= newest
            count = sum(bool(gap) and gap[0] <= within for gap in groups[one.month])
            assert one.within[within] == (count if known else None)


@EACH
@given(rows=HISTORIES, ago=st.integers(0, 120))
def test_lapsed_on_any_day(rows, ago):
    history, day = History(rows), TODAY - timedelta(days=ago)

    found = lapsed(history.shop, day=day)

    silent = [(day - history.days(who, day)[-1]).days for who in history.visits if history.days(who, day)]
    assert found.customers == len(silent)
    assert found.counts == {days: sum(one > days for one in silent) for days in (30, 60, 90)}


@EACH
@given(rows=HISTORIES)
def test_deciles_by_value(rows):
    history = History(rows)

    found = deciles(history.shop, day=TODAY)

    worth = sorted((-sum(amount for __, amount in visits), who) for who, visits in history.visits.items())
    groups = defaultdict(list)
    for rank, (value, who) in enumerate(worth):
        groups[rank * 10 // len(worth) + 1].append((who, -value))
    expected = [
        (number, len(group), sum(value for __, value in group), sum(not silent(history, who, 60) for who, __ in group))
        for number, group in sorted(groups.items())
    ]
    assert [(one.number, one.customers, one.net_value, one.customers - one.lapsed) for one in found] == expected
    for number, group in groups.items():
        members = in_decile(history.shop, number).values_list("customer", flat=True)
        assert set(members) == {who for who, __ in group}


def silent(history: History, who: int, days: int) -> bool:
    return (TODAY - history.days(who)[-1]).days > days


@EACH
@given(rows=HISTORIES)
def test_recent_days_and_weeks(rows):
    history = History(rows)

    found = recent(history.shop, today=TODAY)

    every = [(day, amount, who) for who, visits in history.visits.items() for day, amount in visits]
    for period in (found.now, found.before):
        inside = [(day, amount, who) for day, amount, who in every if period.first <= day <= period.last]
        came = {who for *__, who in inside}
        assert (period.revenue, period.purchases) == (sum(amount for __, amount, ___ in inside), len(inside))
        assert period.customers == len(came)
        assert period.returning == sum(history.days(who)[0] < period.first for who in came)
        assert period.new_customers == sum(period.first <= history.days(who)[0] <= period.last for who in came)
    for week in found.weeks:
        inside = [amount for day, amount, __ in every if week.first <= day < week.first + timedelta(days=7)]
        assert (week.revenue, week.purchases) == (sum(inside), len(inside))


@EACH
@given(rows=HISTORIES)
def test_who_is_worth_a_word(rows):
    history = History(rows)

    quiet = set(quiet_regulars(history.shop, today=TODAY).values_list("customer", flat=True))
    once = set(bought_once(history.shop, days=18, today=TODAY).values_list("customer", flat=True))

    for who, visits in history.visits.items():
        days = history.days(who)
        away, span = (TODAY - days[-1]).days, (days[-1] - days[0]).days
        late = len(visits) >= 4 and 14 <= away <= 90 and away * (len(visits) - 1) > 2 * span
        assert (who in quiet) == late
        assert (who in once) == (len(visits) == 1 and 18 < away <= 90)


@EACH
@given(rows=HISTORIES)
def test_median_gap(rows):
    history = History(rows)

    gaps = sorted(gap for who in history.visits for gap in days_between(history.days(who)))
    middle = (gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]) / 2 if gaps else None
    assert median_gap(history.shop, TODAY + timedelta(days=200)) == middle
