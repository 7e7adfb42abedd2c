"""Rewards: made, changed, refused, moved in the menu, removed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from customers import audiences
from customers.merchants.refusals import Refusal
from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import catalog, ledger, redemption
from rewards.models import Redemption, Reward
from rewards.tests import factories, tiered
from rewards.tests.factories import Till
from rewards.tests.ladders import FRIEND

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return shops.merchant()


@pytest.fixture
def program(shop):
    return factories.program(shop)


def taken(program, reward, quantity=1):
    """Somebody took a reward."""
    member = factories.membership(factories.member(program.merchant))
    ledger.post([Till(member).posting(1000)], at=AT)
    return redemption.redeem(membership=member, reward=reward, quantity=quantity, at=AT)


def menu(shop):
    return list(Reward.objects.for_merchant(shop).order_by("position", "pk").values_list("name", flat=True))


def test_a_reward_is_offered_at_once_and_comes_last_in_the_menu(program):
    factories.reward(program, name="Coffee")

    second = factories.reward(program, name="  Cake  ", description=" Of the day. ")

    assert (second.name, second.description, second.status, second.stock) == ("Cake", "Of the day.", "active", None)
    assert menu(program.merchant) == ["Coffee", "Cake"]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"name": " "}, "invalid_reward", "name"),
        ({"name": "a" * 101}, "invalid_reward", "name"),
        ({"description": "a" * 1001}, "invalid_reward", "description"),
        ({"status": "gone"}, "invalid_reward", "status"),
        ({"cost": -1}, "invalid_reward", "cost"),
        ({"cost": 1.5}, "invalid_reward", "cost"),
        ({"cost": None}, "invalid_reward", "cost"),
        ({"stock": -1}, "invalid_reward", "stock"),
        ({"per_customer": 0}, "invalid_reward", "limits.per_customer"),
        ({"limit_period": "hour"}, "invalid_reward", "limits.period"),
        ({"unit_cost": -1}, "invalid_reward", "unit_cost"),
        ({"perceived_value": "5"}, "invalid_reward", "perceived_value"),
        ({"voucher_days": 0}, "invalid_reward", "voucher_days"),
        ({"benefit": {"kind": "kiss"}}, "invalid_benefit", "benefit.kind"),
        ({"benefit": {"kind": "amount_off", "amount": 0}}, "invalid_benefit", "benefit.amount"),
        ({"starts_at": AT, "ends_at": AT}, "invalid_reward", "ends_at"),
        ({"tiers": ["Nobody"]}, "unknown_tier", "tiers"),
        ({"tiers": "Friend"}, "invalid_reward", "tiers"),
        ({"tiers": ["Friend", "Friend"]}, "invalid_reward", "tiers"),
        ({"early_at": AT}, "invalid_reward", "early_access.tiers"),
        ({"early_tiers": ["Friend"]}, "invalid_reward", "early_access.starts_at"),
        ({"early_at": AT, "early_tiers": ["Friend"]}, "invalid_reward", "early_access.starts_at"),
        ({"early_at": AT, "early_tiers": ["Friend"], "starts_at": AT}, "invalid_reward", "early_access.starts_at"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused_with_their_place(shop, fields, code, place):
    program = tiered.promise(shop, levels=FRIEND)

    with pytest.raises(Refusal) as refused:
        factories.reward(program, **fields)

    assert (refused.value.code, refused.value.field) == (code, place)
    assert str(refused.value)
    assert not Reward.objects.exists()


def test_the_audience_is_the_shops_own(program):
    foreign = audiences.create(merchant=shops.merchant("b"), name="Theirs", at=AT)

    with pytest.raises(catalog.UnknownAudience):
        factories.reward(program, audience=foreign)


def test_a_membership_has_rewards_that_cost_nothing(shop):
    program = factories.program(shop, kind="membership", rules=[], tiers=[{"name": "Friend", "threshold": 0}])

    with pytest.raises(catalog.InvalidReward):
        factories.reward(program, cost=1)
    assert factories.reward(program, cost=0).cost == 0


def test_a_change_touches_what_it_names(program):
    reward = factories.reward(program, stock=5)

    changed = catalog.update(reward=reward, at=AT, cost=20, per_customer=2, limit_period="week")

    assert (changed.cost, changed.per_customer, changed.limit_period) == (20, 2, "week")
    assert (changed.name, changed.stock, changed.stocked) == ("Coffee", 5, 5)


def test_a_slip_in_a_name_of_a_field_is_an_error_of_ours(program):
    with pytest.raises(TypeError):
        factories.reward(program, costs=1)


def test_what_is_left_can_be_counted_anew(program):
    reward = factories.reward(program, stock=5)
    taken(program, reward, 2)

    changed = catalog.update(reward=reward, at=AT, stock=10)

    assert (changed.stock, changed.stocked) == (10, 12)
    assert list(redemption.differences()) == []
    assert catalog.update(reward=reward, at=AT, stock=None).stocked is None


def test_a_hold_that_is_over_gives_back_before_the_stock_is_counted_anew(program):
    reward = factories.reward(program, stock=5)
    member = factories.membership(factories.member(program.merchant))
    ledger.post([Till(member).posting(10)], at=AT)
    redemption.redeem(membership=member, reward=reward, at=AT, capture=False)

    changed = catalog.update(reward=reward, at=AT + DAY, name="Tea")

    assert (changed.stock, changed.stocked) == (5, 5)


def test_what_somebody_has_redeemed_is_withdrawn_and_neither_removed_nor_a_draft_again(program):
    reward = factories.reward(program)
    taken(program, reward)

    with pytest.raises(catalog.HasRedemptions):
        catalog.remove(reward=reward)
    with pytest.raises(catalog.WrongStatus):
        catalog.update(reward=reward, at=AT, status="draft")
    assert catalog.update(reward=reward, at=AT, status="archived").status == "archived"
    assert catalog.update(reward=reward, at=AT, status="active").status == "active"


def test_what_nobody_took_can_go(program):
    reward = factories.reward(program)

    catalog.remove(reward=reward)

    assert not Reward.objects.exists()


def test_rewards_change_places_with_their_neighbours(program):
    for name in ("a", "b", "c"):
        factories.reward(program, name=name)
    first, second, __ = Reward.objects.order_by("position")

    catalog.move(reward=second, up=True)
    assert menu(program.merchant) == ["b", "a", "c"]

    catalog.move(reward=first, up=False)
    assert menu(program.merchant) == ["b", "c", "a"]

    catalog.move(reward=first, up=False)
    assert menu(program.merchant) == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"stock": 6}, "what_is_left_was_put_into_stock"),
        ({"stock": None}, "what_is_left_was_put_into_stock"),
        ({"per_customer": 0}, "a_limit_of_a_reward_lets_something_through"),
        ({"voucher_days": 0}, "a_voucher_of_a_reward_lives_a_day"),
        ({"starts_at": AT, "ends_at": AT}, "a_reward_ends_after_it_starts"),
        ({"early_at": AT}, "early_access_comes_before_the_start"),
    ],
)
def test_the_database_refuses_what_must_never_be(program, change, constraint):
    factories.reward(program, stock=5)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Reward.objects.update(**change)


def test_a_redemption_is_of_something_and_says_until_when_it_is_held(program):
    taken(program, factories.reward(program))

    for change, constraint in (
        ({"quantity": 0}, "a_redemption_is_of_something"),
        ({"status": "held"}, "what_is_set_aside_says_until_when"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Redemption.objects.update(**change)
