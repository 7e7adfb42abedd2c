"""What a purchase earns, decided by plain values alone.

`parse` turns the JSON of a program version into rules and refuses what could not work; `evaluate(rules, facts)` is
the only place where earning is decided: for the till, the preview, the batch and the import. Awards are a closed
table of kinds, each a pure function; further kinds and conditions take their place in `AWARDS` and `RULE_PARTS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.refusals import Invalid

RULE_PARTS = {"name", "trigger", "award"}
TRIGGERS = ("purchase",)
MOST_RULES = 50
LARGEST = {"points": 10**5, "every": 10**9}  # what a purchase of a billion then earns still fits the ledger


class InvalidRule(Invalid):
    code = "invalid_rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the promise: its name and `award`, for example 1 point for each full 100 minor units."""

    name: str
    kind: str
    points: int
    every: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules may look at. `base` is what the customer pays for the earning lines, in minor units."""

    base: int


@dataclass(frozen=True, slots=True)
class Award:
    """What one rule gave: whole points, on which base, by which terms. `why` says it in a sentence."""

    rule: str
    kind: str
    points: int
    base: int
    terms: dict

    def stored(self) -> dict:
        """The award as a judgement keeps it."""
        return {"rule": self.rule, "kind": self.kind, "points": self.points, "base": self.base, "terms": self.terms}


def evaluate(rules: list[Rule], facts: Facts) -> list[Award]:
    """One award per rule that gives something, in the order of the rules."""
    awards = []
    for rule in rules:
        points = AWARDS[rule.kind](rule, facts)
        if points:
            terms = {"points": rule.points, "every": rule.every}
            awards.append(Award(rule=rule.name, kind=rule.kind, points=points, base=facts.base, terms=terms))
    return awards


def per_amount(rule: Rule, facts: Facts) -> int:
    """Points for each full `every` of the base: whole steps always."""
    return max(facts.base, 0) // rule.every * rule.points


AWARDS: dict[str, Callable[[Rule, Facts], int]] = {"per_amount": per_amount}


def parse(rules: object) -> list[Rule]:
    """Read the rules of a version; raises InvalidRule with the place named."""
    if not isinstance(rules, list) or not 1 <= len(rules) <= MOST_RULES:
        raise InvalidRule(
            gettext_lazy("A program has 1 to %(most)d rules."), values={"most": MOST_RULES}, field="rules"
        )
    return [parse_one(rule, f"rules[{place}]") for place, rule in enumerate(rules)]


def parse_one(rule: object, place: str) -> Rule:
    """Read one rule."""
    if not isinstance(rule, dict):
        raise InvalidRule(gettext_lazy("A rule is an object with a name, a trigger and an award."), field=place)
    if unknown := sorted(set(rule) - RULE_PARTS):
        raise InvalidRule(
            gettext_lazy("Rules do not know '%(part)s' in this version. They know: %(known)s."),
            values={"part": unknown[0], "known": ", ".join(sorted(RULE_PARTS))},
            code="unknown_field",
            field=f"{place}.{unknown[0]}",
        )
    if rule.get("trigger", "purchase") not in TRIGGERS:
        raise InvalidRule(
            gettext_lazy("The trigger '%(trigger)s' is not known in this version. Use: purchase."),
            values={"trigger": rule["trigger"]},
            field=f"{place}.trigger",
        )
    name = rule.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 100:
        raise InvalidRule(gettext_lazy("Give the rule a name of 1 to 100 characters."), field=f"{place}.name")
    return parse_award(name.strip(), rule.get("award"), f"{place}.award")


def parse_award(name: str, award: object, place: str) -> Rule:
    """Read the award of a rule: exactly one of the kinds in `AWARDS`."""
    if not isinstance(award, dict) or len(award) != 1 or next(iter(award)) not in AWARDS:
        raise InvalidRule(
            gettext_lazy("An award is exactly one of: %(kinds)s."), values={"kinds": ", ".join(AWARDS)}, field=place
        )
    [(kind, terms)] = award.items()
    place = f"{place}.{kind}"
    if not isinstance(terms, dict) or set(terms) != {"points", "every"}:
        raise InvalidRule(
            gettext_lazy("'per_amount' takes points and every, for example 1 point for every 100 minor units."),
            field=place,
        )
    for part, value in terms.items():
        if type(value) is not int or not 1 <= value <= LARGEST[part]:
            raise InvalidRule(
                gettext_lazy("'%(part)s' must be a whole number from 1 to %(most)d."),
                values={"part": part, "most": LARGEST[part]},
                field=f"{place}.{part}",
            )
    return Rule(name=name, kind=kind, points=terms["points"], every=terms["every"])


def why(award: dict, money: Callable[[int], str]) -> str:
    """The reason of a stored award as a sentence in the active language; `money` writes minor units."""
    terms = award["terms"]
    return _("%(points)d for each full %(every)s of %(base)s") % {
        "points": terms["points"],
        "every": money(terms["every"]),
        "base": money(award["base"]),
    }
