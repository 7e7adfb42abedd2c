"""The words of a promise, read: rules with their conditions and limits; what they look at, and what they give."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

MULTIPLY = "multiply"


@dataclass(frozen=True, slots=True)
class When:
    """Conditions that must all hold. Those on products narrow the rule to the lines that match."""

    min_amount: int = 0
    categories: frozenset[str] | None = None
    skus: frozenset[str] | None = None
    exclude_categories: frozenset[str] | None = None
    exclude_skus: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    locations: frozenset[str] | None = None
    weekdays: frozenset[int] | None = None
    hours: tuple[int, int] | None = None  # minutes of the local day, the end exclusive; across midnight if it is less
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    first_purchase: bool | None = None
    birthday_window_days: int | None = None
    code: str | None = None
    tiers: frozenset[str] | None = None  # in small letters
    audiences: frozenset[str] | None = None

    @property
    def picks_lines(self) -> bool:
        """Whether it narrows the rule to some products."""
        return any((self.categories, self.skus, self.exclude_categories, self.exclude_skus))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many times or points in a calendar period: day, week, month, year or ever."""

    period: str
    times: int | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a rule: for each customer, for all together, and for each purchase."""

    per_customer: Limit | None = None
    total: Limit | None = None
    max_per_purchase: int | None = None

    @property
    def is_counted(self) -> bool:
        """Whether what was used before matters."""
        return bool(self.per_customer or self.total)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the promise: its name, what sets it off, `kind` of award, conditions and limits.

    `said` keeps `when` as it was sent. The factor of a tier is one more rule, which names the `tier`.
    """

    name: str
    kind: str
    trigger: str = "purchase"
    points: int = 0
    every: int = 0
    factor: Fraction | None = None
    when: When | None = None
    limits: Limits | None = None
    exclusive: bool = False
    priority: int = 0
    said: Mapping | None = None
    tier: str = ""

    @property
    def is_counted(self) -> bool:
        """Whether what was used before matters."""
        return self.limits is not None and self.limits.is_counted


@dataclass(frozen=True)
class Ruleset:
    """The rules of one version with the policies that say how they add up; `tiered` where members hold tiers,
    `full_price` where they count what lines cost before discounts.
    """

    rules: tuple[Rule, ...]
    rounding: str = "down"
    multipliers: str = "best"
    tiered: bool = False
    full_price: bool = False

    def on(self, trigger: str) -> "Ruleset":
        """Only the rules that a trigger sets off; what they need and count is theirs alone."""
        return self.by_trigger.get(trigger) or replace(self, rules=())

    @cached_property
    def by_trigger(self) -> Mapping[str, "Ruleset"]:
        """The rules by what sets them off."""
        return {
            trigger: replace(self, rules=tuple(rule for rule in self.rules if rule.trigger == trigger))
            for trigger in {rule.trigger for rule in self.rules}
        }

    @cached_property
    def needs(self) -> frozenset[str]:
        """Which facts beyond amount, channel and moment its rules look at, so that nothing else is fetched."""
        whens = [rule.when for rule in self.rules if rule.when]
        asked = {
            "lines": any(when.picks_lines for when in whens) or any(rule.kind == "per_item" for rule in self.rules),
            "clock": any(when.weekdays or when.hours for when in whens),
            "first": any(when.first_purchase is not None for when in whens),
            "birthday": any(when.birthday_window_days is not None for when in whens),
            "location": any(when.locations for when in whens),
            "code": any(when.code for when in whens),
            "uses": bool(self.counted),
            "tier": self.tiered,
            "audiences": bool(self.audiences),
        }
        return frozenset(name for name, wanted in asked.items() if wanted)

    @cached_property
    def audiences(self) -> frozenset[str]:
        """The audiences that its rules ask about, by id."""
        return frozenset().union(*(rule.when.audiences or () for rule in self.rules if rule.when))

    @cached_property
    def counted(self) -> tuple[Rule, ...]:
        """The rules for which what was used before matters."""
        return tuple(rule for rule in self.rules if rule.is_counted)


@dataclass(slots=True)
class Line:
    """A line that may earn: what the customer pays for it, how many units, and what it is (in small letters)."""

    amount: int | Fraction
    quantity: Decimal = Decimal(0)
    sku: str = ""
    category: str = ""


@dataclass(slots=True)
class Facts:
    """What rules may look at.

    `trigger` is what happened; only rules for it award. `base` is what the customer pays for all lines that may earn
    (before discounts, if that counts), in minor units (a fraction of one after a refund by amount); `lines` only where
    rules pick lines or count items. `local` is the moment on the shop's clock, `birthday` the days to the nearest one,
    `left` what is left of the limits of rules that have any, in points. `tier` was held before the purchase; of the
    `audiences` that rules ask about, those that the customer was in.
    """

    base: int | Fraction
    trigger: str = "purchase"
    lines: tuple[Line, ...] = ()
    channel: str = ""
    location: str | None = None
    moment: datetime | None = None
    local: datetime | None = None
    first_purchase: bool = False
    birthday: int | None = None
    code: str = ""
    left: Mapping[str, int] = field(default_factory=dict)
    tier: str | None = None
    audiences: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Award:
    """What one rule gave: whole points, on which base, by which terms. `why` says it in a sentence.

    `when` are the rule's conditions as they were sent. They may be long and are the same for every purchase, so a
    judgement does not keep them: it names its version, and the version's rule of that name has them (`with_whens`).
    """

    rule: str
    kind: str
    points: int
    base: int
    terms: dict
    when: Mapping | None = None

    def stored(self) -> dict:
        """The award as a judgement keeps it."""
        return {"rule": self.rule, "kind": self.kind, "points": self.points, "base": self.base, "terms": self.terms}
