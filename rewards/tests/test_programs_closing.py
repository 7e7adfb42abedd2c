"""Closing a program: which days can be, and what is earned, joined, spent and left when they come."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.tests import factories as shops
from rewards import earning, ledger, memberships, programs
from rewards.models import Entry, Lot, Membership, ProgramClosing
from rewards.models.programs import State
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
EARNING, SPENDING = date(2026, 4, 10), date(2026, 5, 10)
EARNS_UNTIL = datetime(2026, 4, 10, 22, tzinfo=UTC)  # midnight in Madrid, in summer
SPENDABLE_UNTIL = datetime(2026, 5, 10, 22, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def shop():
    return shops.merchant()


def closing(program, *, earning_on=EARNING, spending_on=SPENDING, at=AT, **more):
    return programs.close(program=program, last_earning_on=earning_on, last_spending_on=spending_on, at=at, **more)


def available(person, at, *, now=AT) -> int:
    return ledger.balance(factories.membership(person).account_id, at=at, now=now).available


def test_states_follow_the_days_without_a_job(shop):
    made = closing(factories.program(shop))

    moments = [AT, EARNS_UNTIL, SPENDABLE_UNTIL - MOMENT, SPENDABLE_UNTIL]

    assert [made.state(at) for at in moments] == [State.CLOSING, State.CLOSING, State.CLOSING, State.CLOSED]
    assert (made.earns_until, made.spendable_until) == (EARNS_UNTIL, SPENDABLE_UNTIL)


def test_earning_stops_after_the_last_earning_day(shop):
    made = factories.program(shop)
    person = factories.member(shop)
    closing(made)

    for at in (EARNS_UNTIL - MOMENT, EARNS_UNTIL):
        factories.judged(shop, person, at=at)

    assert list(Entry.objects.values_list("points", "occurred_at")) == [(10, EARNS_UNTIL - MOMENT)]


def test_purchase_recorded_late_earns_by_its_day_and_expires_with_the_others(shop):
    made = factories.program(shop)
    person = factories.member(shop)
    closing(made)
    late = SPENDABLE_UNTIL + DAY

    bought = shops.purchase(shop, person, amount=1000, at=EARNS_UNTIL - MOMENT)
    earning.judge(merchant=shop, purchases=[bought], at=late)

    assert available(person, late, now=late) == 0
    assert ledger.expire(at=late) == 1
    assert list(Entry.objects.values_list("kind", "points", "occurred_at")) == [
        ("earn", 10, EARNS_UNTIL - MOMENT), ("expire", -10, SPENDABLE_UNTIL),
    ]  # fmt: skip


def test_nobody_joins_from_the_notice_on(shop):
    made = factories.program(shop)
    closing(made)
    person = factories.member(shop)

    with pytest.raises(memberships.Closing):
        memberships.join_one(program=programs_of(made), customer=person, at=AT)

    assert Membership.objects.count() == 0


def programs_of(made):
    made.refresh_from_db()
    return made


def test_what_is_left_expires_with_the_last_spending_day(shop):
    made = factories.program(shop)
    person = factories.member(shop)
    till = Till(factories.membership(person))
    ledger.post([till.posting(10), till.posting(5, expires_at=AT + 9 * DAY)], at=AT)
    closing(made)

    assert [available(person, at) for at in (AT, AT + 9 * DAY, SPENDABLE_UNTIL - MOMENT, SPENDABLE_UNTIL)] == [
        15, 10, 10, 0,
    ]  # fmt: skip
    assert ledger.total_available([made.pk], at=SPENDABLE_UNTIL - MOMENT) == {made.pk: 10}
    assert ledger.total_available([made.pk], at=SPENDABLE_UNTIL) == {}
    found = ledger.balance(till.place.account_id, at=AT + 9 * DAY, now=AT)
    assert (found.next_expiry_points, found.next_expiry_at) == (10, SPENDABLE_UNTIL)


def test_points_that_are_over_are_not_drawn_from(shop):
    made = factories.program(shop)
    till = Till(factories.membership(factories.member(shop)))
    ledger.post([till.posting(10)], at=AT)
    closing(made)

    ledger.post([till.posting(-4, at=SPENDABLE_UNTIL)], at=SPENDABLE_UNTIL)

    assert Lot.objects.get().remaining == 10
    assert list(ledger.differences(shop)) == []


def test_expiry_is_booked_once_on_its_day_and_the_books_agree(shop):
    made = factories.program(shop)
    till = Till(factories.membership(factories.member(shop)))
    ledger.post([till.posting(10), till.posting(5, expires_at=AT + 9 * DAY)], at=AT)
    closing(made)

    booked = [ledger.expire(at=at) for at in (SPENDABLE_UNTIL - MOMENT, SPENDABLE_UNTIL, SPENDABLE_UNTIL + DAY)]

    assert booked == [1, 1, 0]
    assert sum(Entry.objects.values_list("points", flat=True)) == 0
    assert list(ledger.differences(shop)) == []


def test_other_programs_keep_their_points(shop):
    closing(factories.program(shop, name="Ending"))
    factories.program(shop, name="Other")
    till = Till(Membership.objects.get(customer=factories.member(shop)))
    ledger.post([till.posting(10)], at=AT)

    assert ledger.expire(at=SPENDABLE_UNTIL) == 0
    assert ledger.balance(till.place.account_id, at=SPENDABLE_UNTIL, now=AT).available == 10


def test_closing_taken_back_leaves_no_trace_in_the_points(shop):
    made = factories.program(shop)
    person = factories.member(shop)
    till = Till(factories.membership(person))
    ledger.post([till.posting(10)], at=AT)
    closing(made, actor="one")
    ledger.post([till.posting(5, expires_at=SPENDABLE_UNTIL + DAY)], at=AT)

    made = programs.reopen(program=made, at=EARNS_UNTIL - MOMENT, actor="two")

    assert made.state(AT) == State.ACTIVE
    assert [available(person, at) for at in (SPENDABLE_UNTIL, SPENDABLE_UNTIL + DAY)] == [15, 10]
    row = ProgramClosing.objects.get()
    assert (row.actor, row.withdrawn_at, row.withdrawn_by) == ("one", EARNS_UNTIL - MOMENT, "two")
    closing(made)
    assert ProgramClosing.objects.count() == 2


def test_closing_stands_once_earning_has_ended(shop):
    made = closing(factories.program(shop))

    with pytest.raises(programs.WrongStatus):
        programs.reopen(program=made, at=EARNS_UNTIL)


@pytest.mark.parametrize(
    ("earning_on", "spending_on", "field"),
    [
        (date(2026, 3, 9), SPENDING, "last_earning_on"),
        (EARNING, date(2026, 4, 9), "last_spending_on"),
        (EARNING, date(2036, 3, 10), "last_spending_on"),
    ],
)
def test_days_that_cannot_be_are_refused(shop, earning_on, spending_on, field):
    made = factories.program(shop)

    with pytest.raises(programs.WrongDays) as refused:
        closing(made, earning_on=earning_on, spending_on=spending_on)

    assert refused.value.field == field
    assert ProgramClosing.objects.count() == 0


def test_today_may_be_the_last_day_of_both_at_the_shop(shop):
    made = factories.program(shop)
    near_midnight = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # the 11th in Madrid

    with pytest.raises(programs.WrongDays):
        closing(made, earning_on=date(2026, 3, 10), spending_on=date(2026, 3, 10), at=near_midnight)
    made = closing(made, earning_on=date(2026, 3, 11), spending_on=date(2026, 3, 11), at=near_midnight)

    assert made.earns_until == made.spendable_until == datetime(2026, 3, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hold_now", "spending_on", "can_be"),
    [
        (30, date(2026, 5, 10), True),
        (31, date(2026, 5, 10), False),
        (0, date(2026, 5, 10), True),  # the earlier version holds for 60 days, from the 10th of March
        (0, date(2026, 5, 8), False),
    ],
)
def test_points_held_longer_than_they_could_be_spent_refuse_the_days(shop, hold_now, spending_on, can_be):
    made = factories.program(shop, policies={"hold_days": 60})
    programs.publish(program=made, policies={"hold_days": hold_now}, at=AT)

    if can_be:
        assert closing(made, spending_on=spending_on).earns_until == EARNS_UNTIL
    else:
        with pytest.raises(programs.WrongDays):
            closing(made, spending_on=spending_on)


def test_draft_has_nothing_to_close(shop):
    draft = programs.create(merchant=shop, name="Draft", rules=factories.RULES, at=AT)

    with pytest.raises(programs.WrongStatus):
        closing(draft)


def test_what_closes_is_not_closed_again_nor_changed(shop):
    made = closing(factories.program(shop))

    with pytest.raises(programs.WrongStatus):
        closing(made)
    with pytest.raises(programs.WrongStatus):
        programs.publish(program=made, policies={"hold_days": 90}, at=AT)


def test_closed_program_neither_pauses_nor_goes_on(shop):
    made = factories.program(shop)
    programs.pause(program=made, at=AT)
    closing(made)

    programs.activate(program=made, at=EARNS_UNTIL - DAY)
    for verb in (programs.activate, programs.pause):
        with pytest.raises(programs.WrongStatus, match="closed"):
            verb(program=made, at=SPENDABLE_UNTIL)


@pytest.mark.parametrize(
    ("earning_on", "spending_on", "short"),
    [
        (date(2026, 4, 9), date(2026, 5, 9), False),
        (date(2026, 4, 8), date(2026, 5, 9), True),
        (date(2026, 4, 9), date(2026, 5, 8), True),
    ],
)
def test_less_than_a_month_to_earn_and_two_to_spend_is_short_notice(earning_on, spending_on, short):
    found = programs.is_short_notice(last_earning_on=earning_on, last_spending_on=spending_on, today=date(2026, 3, 10))

    assert found == short
