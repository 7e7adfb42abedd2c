"""What a member finds in the catalog: each reward with whether, why not, and how far."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from customers import audiences
from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import catalog, ledger, programs, redemption
from rewards.models import Membership
from rewards.tests import factories, tiered
from rewards.tests.factories import Till
from rewards.tests.ladders import FRIEND

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NUMBERS = count(1)


@pytest.fixture
def shop():
    return shops.merchant()


@pytest.fixture
def program(shop):
    return factories.program(shop)


@pytest.fixture
def ana(program):
    return factories.membership(factories.member(program.merchant))


def give(member, points, at=AT, **fields):
    """Points, earned at a moment."""
    ledger.post([Till(member, [None] * next(NUMBERS)).posting(points, at=at, **fields)], at=at)


def found(member, at=AT, **more):
    """Reason and missing by the reward's name."""
    return {one.reward.name: (one.reason, one.missing) for one in catalog.options(membership=member, at=at, **more)}


def refusal(reward, member, at=AT, quantity=1):
    """The code and reason with which `check` refuses; None where it does not."""
    reward.refresh_from_db()
    try:
        catalog.check(reward=reward, membership=member, quantity=quantity, at=at)
    except (catalog.NotEligible, catalog.OutOfStock, catalog.LimitReached) as error:
        return error.code, error.extra["reason"]


def test_points_decide_and_the_menu_gives_the_order(program, ana):
    factories.reward(program, name="Coffee", cost=10)
    factories.reward(program, name="Hello", cost=0)
    factories.reward(program, name="Cake", cost=25)
    factories.reward(program, name="Draft", cost=1, status="draft")
    factories.reward(program, name="Gone", cost=1, status="archived")
    give(ana, 12)

    assert found(ana) == {"Coffee": (None, 0), "Hello": (None, 0), "Cake": ("insufficient_points", 13)}


def test_a_deficit_is_missing_too_and_what_costs_nothing_is_still_there(program, ana):
    factories.reward(program, name="Coffee", cost=10)
    factories.reward(program, name="Hello", cost=0)
    ledger.post([Till(ana).posting(-5)], at=AT)

    assert found(ana) == {"Coffee": ("insufficient_points", 15), "Hello": (None, 0)}


def test_a_window_begins_with_its_start_and_ends_before_its_end(program, ana):
    reward = factories.reward(program, cost=0, starts_at=AT, ends_at=AT + DAY)

    said = [found(ana, at)["Coffee"][0] for at in (AT - DAY, AT, AT + DAY)]

    assert said == ["window", None, "window"]
    assert refusal(reward, ana, AT + DAY) == ("not_eligible", "window")


def test_early_access_opens_the_window_for_its_tiers_alone(shop):
    program = tiered.promise(shop, levels=FRIEND)
    ana, ben = (factories.membership(factories.member(shop)) for __ in range(2))
    friend = FRIEND[1]["name"]
    Membership.objects.filter(pk=ana.pk).update(tier=friend)
    Membership.objects.filter(pk=ben.pk).update(tier=FRIEND[0]["name"])
    factories.reward(program, cost=0, starts_at=AT + DAY, early_at=AT, early_tiers=[friend])

    assert [found(one, AT)["Coffee"][0] for one in (ana, ben)] == [None, "window"]
    assert [found(one, AT - DAY)["Coffee"][0] for one in (ana, ben)] == ["window", "window"]
    assert [found(one, AT + DAY)["Coffee"][0] for one in (ana, ben)] == [None, None]


def test_tiers_are_those_held_at_the_moment(shop):
    program = tiered.promise(shop, levels=FRIEND)
    ana = factories.membership(factories.member(shop))
    friend = FRIEND[1]["name"]
    reward = factories.reward(program, cost=0, tiers=[friend])
    assert found(ana)["Coffee"][0] == "tier"
    assert refusal(reward, ana) == ("not_eligible", "tier")

    Membership.objects.filter(pk=ana.pk).update(tier=friend, tier_until=AT + DAY, tier_after=[[None, None]])

    assert (found(ana)["Coffee"][0], found(ana, AT + DAY)["Coffee"][0]) == (None, "tier")


def test_an_audience_is_who_is_on_the_list_now(shop, program, ana):
    regulars = audiences.create(merchant=shop, name="Regulars", at=AT)
    reward = factories.reward(program, cost=0, audience=regulars)
    assert refusal(reward, ana) == ("not_eligible", "audience")

    audiences.add(audience=regulars, customers=[ana.customer_id], at=AT)

    assert found(ana)["Coffee"][0] is None
    assert refusal(reward, ana) is None


def test_stock_counts_what_is_set_aside_until_that_is_over(program, ana):
    reward = factories.reward(program, stock=1)
    give(ana, 50)
    redemption.redeem(membership=ana, reward=reward, at=AT, capture=False)

    assert found(ana)["Coffee"][0] == "stock"
    assert refusal(reward, ana) == ("out_of_stock", "stock")
    assert found(ana, AT + timedelta(minutes=15))["Coffee"][0] is None
    assert refusal(reward, ana, AT + timedelta(minutes=15)) is None


@pytest.mark.parametrize(
    ("period", "same", "later"),
    [
        # AT is Tuesday, 10 March 2026, 13:00 in Madrid: in the local calendar, weeks from Monday.
        ("day", datetime(2026, 3, 10, 22, 59, tzinfo=UTC), datetime(2026, 3, 10, 23, tzinfo=UTC)),
        ("week", datetime(2026, 3, 15, 22, 59, tzinfo=UTC), datetime(2026, 3, 15, 23, tzinfo=UTC)),
        ("month", datetime(2026, 3, 31, 21, 59, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)),
        ("year", datetime(2026, 12, 31, 22, 59, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("ever", datetime(2036, 12, 31, tzinfo=UTC), None),
    ],
)
def test_limits_count_in_local_calendar_periods(program, ana, period, same, later):
    reward = factories.reward(program, cost=0, per_customer=2, limit_period=period)
    redemption.redeem(membership=ana, reward=reward, at=AT)
    assert (refusal(reward, ana), refusal(reward, ana, quantity=2)) == (None, ("limit_reached", "limit"))

    redemption.redeem(membership=ana, reward=reward, at=AT)

    assert (found(ana, same)["Coffee"][0], refusal(reward, ana, same)) == ("limit", ("limit_reached", "limit"))
    if later:
        assert (found(ana, later)["Coffee"][0], refusal(reward, ana, later)) == (None, None)


def test_what_is_set_aside_counts_while_it_is_and_what_was_cancelled_does_not(program, ana):
    reward = factories.reward(program, cost=0, per_customer=1)
    made = redemption.redeem(membership=ana, reward=reward, at=AT, capture=False)
    assert refusal(reward, ana) == ("limit_reached", "limit")
    assert refusal(reward, ana, AT + timedelta(minutes=15)) is None

    redemption.cancel(redemption=made, at=AT)

    assert refusal(reward, ana) is None


def test_a_limit_is_each_customers_own(program, ana):
    reward = factories.reward(program, cost=0, per_customer=1)
    redemption.redeem(membership=ana, reward=reward, at=AT)
    ben = factories.membership(factories.member(program.merchant))

    assert (found(ana)["Coffee"][0], found(ben)["Coffee"][0]) == ("limit", None)


def test_nothing_is_offered_any_more_when_a_program_has_closed(program, ana):
    factories.reward(program, cost=0)
    days = {"last_earning_on": AT.date(), "last_spending_on": AT.date()}
    programs.close(program=program, at=AT, **days)

    assert (found(ana)["Coffee"][0], found(ana, AT + DAY)["Coffee"][0]) == (None, "window")


def test_another_programs_reward_is_refused(shop, program, ana):
    other = factories.reward(factories.program(shop, name="Other"))

    with pytest.raises(catalog.OtherProgram):
        catalog.check(reward=other, membership=ana, at=AT)


@pytest.mark.parametrize(
    ("fields", "at", "said"),
    [
        ({}, AT, "Can be redeemed now."),
        ({"cost": 13}, AT, "1 point short, about 3 days at this customer's pace."),
        ({"cost": 14}, AT + 200 * DAY, "2 points short."),
        ({"starts_at": AT + DAY}, AT, "Not offered at the moment."),
        ({"stock": 0}, AT, "None left."),
        ({"tiers": ["Friend"]}, AT, "For Friend only."),
    ],
)
def test_each_reason_is_said_in_words(shop, fields, at, said):
    program = tiered.promise(shop, levels=FRIEND)
    ana = factories.membership(factories.member(shop))
    factories.reward(program, **fields)
    give(ana, 12)

    [option] = catalog.options(membership=ana, at=at)

    assert option.staff_message == said


@pytest.mark.parametrize(
    ("period", "said"),
    [("day", "Taken as often as allowed today."), ("ever", "Taken as often as allowed.")],
)
def test_a_limit_says_its_period(program, ana, period, said):
    reward = factories.reward(program, cost=0, per_customer=1, limit_period=period)
    redemption.redeem(membership=ana, reward=reward, at=AT)

    assert catalog.options(membership=ana, at=AT)[0].staff_message == said


def test_cashback_that_is_missing_is_money(shop):
    program = factories.program(shop, kind="cashback")
    factories.reward(program, cost=250)
    ana = factories.membership(factories.member(shop))

    assert catalog.options(membership=ana, at=AT)[0].staff_message == "2.50\xa0€ short."


def test_the_next_reward_is_the_nearest_that_only_points_are_missing_for(shop, program, ana):
    for name, cost, fields in (
        ("Coffee", 10, {}),
        ("Cake", 25, {}),
        ("Feast", 90, {}),
        ("None left", 20, {"stock": 0}),
    ):
        factories.reward(program, name=name, cost=cost, **fields)
    give(ana, 12)

    near = catalog.next_reward(catalog.options(membership=ana, at=AT))

    assert (near.reward.name, near.missing) == ("Cake", 13)
    assert catalog.next_reward([]) is None


def test_of_several_programs_the_next_reward_is_the_one_most_of_which_is_there(shop, program):
    other = factories.program(shop, name="Other")
    ana = factories.member(shop)
    places = list(Membership.objects.filter(customer=ana).order_by("pk"))
    factories.reward(program, name="Coffee", cost=10)
    factories.reward(other, name="Cake", cost=100)
    give(factories.membership(ana, other), 95)

    every = catalog.options_of(places, at=AT)
    near = catalog.next_reward(one for each in every.values() for one in each)

    assert near.reward.name == "Cake"
    assert catalog.options_of([], at=AT) == {}


@pytest.mark.parametrize("rewards", [1, 30])
def test_the_number_of_queries_does_not_grow_with_the_catalog(shop, program, ana, rewards, django_assert_num_queries):
    regulars = audiences.create(merchant=shop, name="Regulars", at=AT)
    for number in range(rewards):
        factories.reward(program, name=f"r{number}", stock=3, per_customer=1, audience=regulars)
    give(ana, 12)

    with django_assert_num_queries(8):
        # The membership, rewards, balances (2), the pace, what was taken, the audience, and what holds gave back.
        catalog.options(membership=ana, at=AT)
