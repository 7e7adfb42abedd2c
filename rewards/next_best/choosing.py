"""Gathering what the ranking looks at, and the reason beside each reward."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from customers import tastes
from customers.merchants.templatetags.ficha import points as written
from customers.models import Customer
from rewards.catalog import Option
from rewards.models import Redemption
from rewards.models.rewards import RedemptionStatus

from .scoring import Candidate, Scored, ranked
from .wording import sentence

POSSIBLE = (None, "insufficient_points")  # everything else no patience helps


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reward worth proposing: `why` is the reason in a sentence, `scored` the figures behind it."""

    option: Option
    scored: Scored
    why: str

    @property
    def reward(self):
        return self.option.reward


def suggestions(*, customer: Customer, options: Iterable[Option], at: datetime) -> list[Suggestion]:
    """The rewards that suit a customer, the best first, of those that they can take or save for.

    Out of what the customer bought on the latest 20 visits, of what those buy who buy alike among the shop's latest
    2,000 purchases, of what they redeemed, and of their pace. Five queries at most; none without an option.
    """
    possible = {one.reward: one for one in options if one.reason in POSSIBLE}
    if not possible:
        return []
    taste = tastes.of(customer, before=at)
    taken = redeemed({one.membership.pk for one in possible.values()})
    crowd = similar(customer, taste, possible, at=at)
    found = ranked([candidate(one, taken) for one in possible.values()], taste, crowd, at=at)
    return [Suggestion(possible[one.candidate.reward], one, why(one, taste)) for one in found if one.practicality]


def similar(customer: Customer, taste: tastes.Taste, rewards: Iterable, *, at: datetime) -> list[set[tastes.Item]]:
    """What those bought who buy alike; not looked for where no reward gives a product."""
    if not taste.favourites or all(reward.benefit["kind"] != "free_product" for reward in rewards):
        return []
    others = tastes.crowd(customer.merchant, before=at, without=customer)
    return tastes.alike(taste.favourites, others)


def redeemed(members: set[int]) -> dict[int, int]:
    """How often these memberships took each reward (one query)."""
    found = Redemption.objects.filter(membership__in=members, status=RedemptionStatus.CAPTURED)
    return dict(found.values("reward").annotate(times=Sum("quantity")).values_list("reward", "times"))


def candidate(option: Option, taken: dict[int, int]) -> Candidate:
    """An option as the ranking takes it."""
    return Candidate(
        reward=option.reward,
        missing=option.missing,
        days=option.days_to_reach,
        taken=taken.get(option.reward.pk, 0),
        redeemed=sum(taken.values()),
    )


def why(one: Scored, taste: tastes.Taste) -> str:
    """The reason, points written in the words of the reward's program."""
    unit = one.candidate.reward.program.unit
    return sentence(one, taste, points=lambda count: written(count, unit))
