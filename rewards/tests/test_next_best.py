from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.tastes import Item, Taste
from rewards.next_best import scoring, wording
from rewards.next_best.scoring import Candidate

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
COFFEE, BUN = Item.product("C1"), Item.category("Buns")


@dataclass(frozen=True)
class Reward:
    """As much of a reward as the score looks at."""

    benefit: dict
    cost: int = 100
    ends_at: datetime | None = None
    name: str = ""


FREE_COFFEE = Reward({"kind": "free_product", "sku": "c1"})
FREE_BUN = Reward({"kind": "free_product", "category": "buns"})
MONEY_OFF = Reward({"kind": "amount_off", "amount": 300})
SHIPPING = Reward({"kind": "free_shipping"})
REGULAR = Taste(
    visits=10,
    bought=Counter({COFFEE: 8}),
    names={COFFEE: "Coffee"},
    channels=Counter({"store": 6, "web": 4}),
)


def now(reward, **more):
    return Candidate(reward, missing=0, days=0, **more)


def said(candidate, taste=REGULAR, crowd=()):
    one = scoring.scored(candidate, taste, list(crowd), at=AT)
    return wording.sentence(one, taste, points=lambda count: f"{count} points")


def parts(candidate, taste=REGULAR, crowd=()):
    one = scoring.scored(candidate, taste, list(crowd), at=AT)
    return one.relevance, one.achievability, one.practicality


def test_a_product_is_as_relevant_as_the_share_of_visits_with_it():
    assert parts(now(FREE_COFFEE)) == (0.8, 1, 1)
    assert said(now(FREE_COFFEE)) == "Bought Coffee on 8 of the last 10 visits. Enough points now."


def test_what_people_buy_who_buy_alike_counts_for_what_somebody_never_bought():
    crowd = [{COFFEE, BUN}] * 3 + [{COFFEE}] * 3
    assert parts(now(FREE_BUN), crowd=crowd) == (0.5, 1, 1)
    assert said(now(FREE_BUN), crowd=crowd).startswith("3 of 6 customers who buy alike buy it.")


def test_nothing_is_concluded_from_four_people():
    crowd = [{COFFEE, BUN}] * 4
    assert parts(now(FREE_BUN), crowd=crowd) == (scoring.NEVER, 1, 1)
    assert said(now(FREE_BUN), crowd=crowd).startswith("Something new: not bought so far.")


def test_money_off_is_of_use_to_anybody():
    assert parts(now(MONEY_OFF)) == (scoring.ANYBODY, 1, 1)
    assert said(now(MONEY_OFF)) == "Of use to anybody. Enough points now."


def test_what_somebody_took_before_is_relevant_by_its_share_of_what_they_took():
    assert parts(now(MONEY_OFF, taken=3, redeemed=4))[0] == 0.75
    assert said(now(MONEY_OFF, taken=3, redeemed=4)).startswith("Has taken it 3 times before.")


@pytest.mark.parametrize(
    ("missing", "days", "share", "words"),
    [
        (0, 0, 1, "Enough points now."),
        (20, 30, 0.5, "20 points short: about 30 days at this pace."),
        (20, 1, 30 / 31, "20 points short: about 1 day at this pace."),
        (20, None, scoring.NEVER, "20 points short."),
    ],
)
def test_what_is_far_away_is_worth_less(missing, days, share, words):
    candidate = Candidate(FREE_COFFEE, missing=missing, days=days)
    assert parts(candidate)[1] == share
    assert said(candidate).endswith(words)


def test_free_shipping_is_as_practical_as_the_share_of_purchases_that_are_delivered():
    assert parts(now(SHIPPING))[2] == 0.4
    assert said(now(SHIPPING)).endswith("4 of 10 purchases were delivered.")


@pytest.mark.parametrize(("days", "practical"), [(9, 1), (10, 0), (None, 0)])
def test_what_ends_before_the_points_are_there_is_of_no_use(days, practical):
    reward = Reward({"kind": "amount_off", "amount": 300}, ends_at=AT + timedelta(days=10))
    assert parts(Candidate(reward, missing=5, days=days))[2] == practical


def test_the_best_comes_first_and_the_cheaper_of_equals():
    dear = Reward(MONEY_OFF.benefit, cost=500)
    found = scoring.ranked([now(dear), now(MONEY_OFF), now(FREE_COFFEE)], REGULAR, [], at=AT)
    assert [one.candidate.reward for one in found] == [FREE_COFFEE, MONEY_OFF, dear]


def test_somebody_without_a_purchase_is_offered_what_suits_anybody():
    found = scoring.ranked([now(FREE_COFFEE), now(SHIPPING), now(MONEY_OFF)], Taste(), [], at=AT)
    assert [one.candidate.reward for one in found] == [MONEY_OFF, FREE_COFFEE, SHIPPING]


@given(
    visits=st.integers(0, 20),
    own=st.integers(0, 20),
    people=st.integers(0, 30),
    buyers=st.integers(0, 30),
    missing=st.integers(0, 1000),
    days=st.none() | st.integers(0, 10_000),
    reward=st.sampled_from([FREE_COFFEE, FREE_BUN, MONEY_OFF, SHIPPING]),
)
def test_every_part_is_a_share(visits, own, people, buyers, missing, days, reward):
    taste = Taste(visits=visits, bought=Counter({COFFEE: min(own, visits)}), names={COFFEE: "Coffee"})
    crowd = [{COFFEE, BUN}] * min(buyers, people) + [{COFFEE}] * (people - min(buyers, people))
    candidate = Candidate(reward, missing=missing, days=days)
    assert all(0 <= part <= 1 for part in parts(candidate, taste, crowd))
    assert said(candidate, taste, crowd).endswith(".")
