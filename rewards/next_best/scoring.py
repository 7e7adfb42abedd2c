"""How well a reward suits somebody: relevant, achievable, practical. Pure.

The three parts are shares between 0 and 1, and a reward's score is their product, so that one of them near nothing
cannot be made up for. The constants are judgement, not measurement: they order a handful of rewards for one person, and
the sentence beside each says which facts did it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.tastes import Item, Taste

ANYBODY = 0.3  # the relevance of money off: of use to anybody, meant for nobody
SMALLEST_CROWD = 5  # of fewer people who buy alike nothing is concluded
HALF_AFTER = 30  # days: what is a month away is worth half of what can be had now
NEVER = 0.05  # points short, and none coming
DELIVERED = ("web", "app", "phone", "marketplace")
EASE = {"gift_card": 0.9, "experience": 0.8, "donation": 0.6}  # of use now, later, with an appointment, to others


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reward that somebody may have, now or as soon as they have the points.

    `missing` points, which come in `days` at their pace (None: not at this pace); `taken` is how often they took it
    before, of `redeemed` rewards in all.
    """

    reward: object
    missing: int
    days: int | None
    taken: int = 0
    redeemed: int = 0


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its parts and the facts behind them; `buyers` of `crowd` people who buy alike buy it."""

    candidate: Candidate
    item: Item | None
    own: int
    visits: int
    buyers: int
    crowd: int
    delivered: int
    relevance: float
    achievability: float
    practicality: float

    @property
    def score(self) -> float:
        return self.relevance * self.achievability * self.practicality


def ranked(candidates: list[Candidate], taste: Taste, crowd: list[set[Item]], *, at: datetime) -> list[Scored]:
    """Candidates by how well they suit, the best first; what is equal by cost, then in the order of the menu."""
    found = [scored(candidate, taste, crowd, at=at) for candidate in candidates]
    return sorted(found, key=lambda one: (-one.score, one.candidate.reward.cost))


def scored(candidate: Candidate, taste: Taste, crowd: list[set[Item]], *, at: datetime) -> Scored:
    """One candidate, for somebody of this taste, beside a `crowd` of people who buy alike."""
    item = wanted(candidate.reward.benefit)
    own = taste.bought[item] if item else 0
    buyers = sum(item in basket for basket in crowd) if item else 0
    delivered = sum(taste.channels[channel] for channel in DELIVERED)
    return Scored(
        candidate=candidate,
        item=item,
        own=own,
        visits=taste.visits,
        buyers=buyers,
        crowd=len(crowd),
        delivered=delivered,
        relevance=max(relevance(item, own, taste.visits, buyers, len(crowd)), share(candidate)),
        achievability=achievability(candidate),
        practicality=practicality(candidate, delivered, taste.visits, at=at),
    )


def wanted(benefit: dict) -> Item | None:
    """The product or category that a reward gives, if it gives one."""
    if benefit["kind"] != "free_product":
        return None
    return Item.product(benefit["sku"]) if benefit.get("sku") else Item.category(benefit["category"])


def relevance(item: Item | None, own: int, visits: int, buyers: int, crowd: int) -> float:
    """The share of their visits with the product, or of the people who buy alike and buy it, whichever is larger."""
    if item is None:
        return ANYBODY
    others = buyers / crowd if crowd >= SMALLEST_CROWD else 0
    return max(own / visits if visits else 0, others, NEVER)


def share(candidate: Candidate) -> float:
    """Which part of what they redeemed before was this reward."""
    return candidate.taken / candidate.redeemed if candidate.redeemed else 0


def achievability(candidate: Candidate) -> float:
    """1 for what can be had now, falling to a half in a month."""
    if not candidate.missing:
        return 1
    return NEVER if candidate.days is None else HALF_AFTER / (HALF_AFTER + candidate.days)


def practicality(candidate: Candidate, delivered: int, visits: int, *, at: datetime) -> float:
    """How easily this person can use it: nothing comes of free shipping for who collects, or of what ends too soon."""
    reward = candidate.reward
    if too_late(candidate, at=at):
        return 0
    if reward.benefit["kind"] == "free_shipping":
        return delivered / visits if visits else 0
    return EASE.get(reward.benefit["kind"], 1)


def too_late(candidate: Candidate, *, at: datetime) -> bool:
    """Whether the reward is over before the points are there."""
    ends_at = candidate.reward.ends_at
    if ends_at is None or not candidate.missing:
        return False
    return candidate.days is None or at + timedelta(days=candidate.days) >= ends_at
