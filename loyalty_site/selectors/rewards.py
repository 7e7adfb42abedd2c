"""Rewards as the shop reads them: the list with what each costs and is worth, and one with who took it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day, money, rate, whole
from rewards import benefits, redemption
from rewards.catalog import stock
from rewards.models import Program, Redemption, Reward
from rewards.models.programs import Kind
from rewards.models.rewards import RedemptionStatus, RewardStatus
from rewards.models.vouchers import VoucherStatus

from .columns import harmless

FINER = 2  # decimals that a point may have beyond those of the currency
HEAD = ("reward", "program", "name", "state", "cost", "gives", "unit_cost", "perceived_value", "left", "redeemed")


@dataclass(frozen=True, slots=True)
class State:
    """What a reward is at a moment, in words; `open` while somebody can take it."""

    words: str
    open: bool = False


def state(reward: Reward, left: int | None, *, at: datetime) -> State:
    """Draft, withdrawn, over, none left, not yet or offered."""
    if reward.status == RewardStatus.DRAFT:
        return State(_("draft"))
    if reward.status == RewardStatus.ARCHIVED:
        return State(pgettext("reward", "withdrawn"))
    if reward.ends_at and reward.ends_at <= at:
        return State(pgettext("reward", "over"))
    if left == 0:
        return State(_("none left"))
    if reward.starts_at and reward.starts_at > at:
        if reward.early_at and reward.early_at <= at:
            return State(_("early access"), open=True)
        return State(_("from %(day)s") % {"day": day(reward.early_at or reward.starts_at)})
    return State(pgettext("reward", "offered"), open=True)


@dataclass(slots=True)
class Listed:
    """A reward of the list; `taken` is how many were redeemed and not cancelled."""

    reward: Reward
    gives: str
    state: State
    left: int | None
    taken: int

    @property
    def picture(self):
        return getattr(self.reward, "picture", None)


@dataclass(slots=True)
class Catalog:
    """The rewards in menu order: those on the menu or to come, and those that were withdrawn."""

    rows: list[Listed]

    @property
    def menu(self) -> list[Listed]:
        return [one for one in self.rows if one.reward.status != RewardStatus.ARCHIVED]

    @property
    def withdrawn(self) -> list[Listed]:
        return [one for one in self.rows if one.reward.status == RewardStatus.ARCHIVED]


def rewards(merchant: Merchant) -> QuerySet[Reward]:
    """The shop's rewards with program, list and picture (its bytes left out), and how many of each were `taken`."""
    captured = Q(redemptions__status=RedemptionStatus.CAPTURED)
    found = Reward.objects.for_merchant(merchant).select_related("program", "audience", "picture", "merchant")
    return found.defer("picture__image").annotate(taken=Sum("redemptions__quantity", filter=captured, default=0))


def catalog(merchant: Merchant, *, at: datetime) -> Catalog:
    """Every reward of the shop (two queries)."""
    return Catalog(listed(rewards(merchant).order_by("position", "pk"), merchant, at=at))


def listed(found: Iterable[Reward], merchant: Merchant, *, at: datetime) -> list[Listed]:
    """Rewards with what is left of them, in words (one query for all)."""
    found = list(found)
    left = stock.left(found, at=at)
    return [
        Listed(one, gives(one, merchant.currency), state(one, left[one.pk], at=at), left[one.pk], one.taken)
        for one in found
    ]


def gives(reward: Reward, currency: str) -> str:
    """What a reward gives, in words."""
    return benefits.sentence(reward.benefit, lambda minor: money(minor, currency))


def rows(found: Catalog) -> Iterator[tuple]:
    """The same for a spreadsheet: the API's names, money in minor units."""
    yield HEAD
    for one in found.rows:
        reward = one.reward
        cells = (
            reward.public_id, reward.program.name, reward.name, one.state.words, reward.cost, one.gives,
            reward.unit_cost, reward.perceived_value, one.left, one.taken,
        )  # fmt: skip
        yield tuple("" if cell is None else harmless(cell) for cell in cells)


@dataclass(slots=True)
class Figure:
    """A figure with its definition; without a value it says what is missing."""

    label: str
    value: str | None
    definition: str
    missing: str = ""


@dataclass
class RewardPage:
    """One reward: what it is, its figures, what is odd about them, and whether it can still go."""

    one: Listed
    currency: str

    @property
    def reward(self) -> Reward:
        return self.one.reward

    @property
    def program(self) -> Program:
        return self.one.reward.program

    @cached_property
    def figures(self) -> list[Figure]:
        """How often it was redeemed, and what a point buys and costs here beside what the program reckons with."""
        reward, cost = self.reward, self.reward.unit_cost
        so_far = None if cost is None else money(cost * self.one.taken, self.currency)
        unknown = _("Say what one costs the shop.")
        found = [
            Figure(_("Redeemed"), whole(self.one.taken), _("How many were redeemed and not cancelled.")),
            Figure(_("Cost so far"), so_far, _("What one costs the shop, times how many were redeemed."), unknown),
        ]
        if not reward.cost:
            return found
        return [
            *found,
            Figure(
                _("A point buys"),
                self.per_point(reward.perceived_value),
                _("What the reward is worth to a customer, for each point of its cost.") + self.reckoned,
                _("Say what one is worth to the customer."),
            ),
            Figure(
                _("A point costs you"),
                self.per_point(cost),
                _("What the reward costs the shop, for each point of its cost.") + self.reckoned,
                unknown,
            ),
        ]

    @property
    def reckoned(self) -> str:
        """What the program says a point is worth, if it does."""
        if not self.program.point_value:
            return ""
        value = per_point(self.program.point_value, 1, self.currency)
        return " " + _("The program reckons with %(value)s a point.") % {"value": value}

    def per_point(self, minor: int | None) -> str | None:
        """An amount for each point of the cost."""
        return None if minor is None else per_point(minor, self.reward.cost, self.currency)

    @cached_property
    def doubts(self) -> list[str]:
        """What is odd about the figures."""
        reward, value = self.reward, self.program.point_value
        said = []
        if None not in (reward.unit_cost, reward.perceived_value) and reward.perceived_value < reward.unit_cost:
            said.append(_("It costs you more than it is worth to customers. An amount off would please them more."))
        if reward.unit_cost and value and self.program.kind != Kind.STAMPS and reward.unit_cost > value * reward.cost:
            said.append(_("A point spent here costs you more than the program reckons with. Raise the cost in points."))
        if reward.perceived_value and value and reward.perceived_value < value * reward.cost:
            said.append(_("Customers get less for a point here than you tell them a point is worth."))
        return said


def per_point(minor: int | Decimal, points: int, currency: str) -> str:
    """Money for each point, as fine as it needs to be: 0.05 €, 0.0125 €."""
    return rate(round(Decimal(minor) / points, FINER), currency)


def reward_page(reward: Reward, *, at: datetime) -> RewardPage:
    """The page of a reward (of `rewards`; one query)."""
    return RewardPage(listed([reward], reward.merchant, at=at)[0], reward.merchant.currency)


@dataclass(slots=True)
class Taken:
    """A redemption of a list, with its state at a moment; `open` while it can be cancelled."""

    redemption: Redemption
    state: RedemptionStatus

    @property
    def over(self) -> bool:
        """Whether it was cancelled, or not taken in time."""
        return self.state not in (RedemptionStatus.HELD, RedemptionStatus.CAPTURED)

    @property
    def open(self) -> bool:
        used = any(one.status == VoucherStatus.USED for one in self.redemption.vouchers.all())
        return not self.over and not used


def redemptions(merchant: Merchant) -> QuerySet[Redemption]:
    """The shop's redemptions, newest first, with whose and of what."""
    made = Redemption.objects.for_merchant(merchant).select_related(
        "membership__customer", "membership__program", "reward__program", "reward__merchant", "merchant"
    )
    return made.prefetch_related("vouchers").order_by("-redeemed_at", "-pk")


def taken(page: Iterable[Redemption], *, at: datetime) -> list[Taken]:
    """Redemptions with their states."""
    return [Taken(one, RedemptionStatus(redemption.status(one, at=at))) for one in page]
