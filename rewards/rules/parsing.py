"""Rules, read from their JSON. What could not work is refused with a sentence and its place."""

import re
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from . import conditions, limits, triggers
from .awarding import AWARDS
from .refusal import InvalidRule, check_parts, whole
from .terms import MULTIPLY, Rule, Ruleset

RULE_PARTS = ("name", "trigger", "award", "when", "limits", "exclusive", "priority")
KINDS = (*AWARDS, MULTIPLY)
MOST_RULES = 50
LARGEST = {"points": 10**5, "every": 10**9}  # what a purchase of a billion then earns still fits the ledger
LARGEST_FACTOR, LARGEST_PRIORITY = 100, 1_000


def parse(
    rules: object, *, rounding: str = "down", multipliers: str = "best", zone: str = "UTC", least: int = 1
) -> Ruleset:
    """Read the rules of a version; raises InvalidRule with the place named. Moments without a zone are in `zone`."""
    if not isinstance(rules, list) or not least <= len(rules) <= MOST_RULES:
        raise InvalidRule(_("A program has 1 to %(most)d rules."), values={"most": MOST_RULES}, field="rules")
    read = tuple(parse_one(rule, f"rules[{place}]", zone) for place, rule in enumerate(rules))
    check_names(read)
    check_multipliers(read, multipliers)
    return Ruleset(rules=read, rounding=rounding, multipliers=multipliers)


def parse_one(rule: object, place: str, zone: str) -> Rule:
    """Read one rule."""
    if not isinstance(rule, dict):
        raise InvalidRule(_("A rule is an object with a name, a trigger and an award."), field=place)
    check_parts(rule, RULE_PARTS, place)
    trigger = triggers.parse(rule.get("trigger", triggers.PURCHASE), f"{place}.trigger")
    name = rule.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 100:
        raise InvalidRule(_("Give the rule a name of 1 to 100 characters."), field=f"{place}.name")
    award = parse_award(rule.get("award"), f"{place}.award")
    read = Rule(
        name=name.strip(),
        trigger=trigger,
        **award,
        when=conditions.parse(rule.get("when"), f"{place}.when", zone),
        limits=limits.parse(rule.get("limits"), f"{place}.limits"),
        **parse_rank(rule, place),
        said=rule.get("when") or None,
    )
    triggers.check(trigger, read.kind, rule, place)
    return read


def parse_award(award: object, place: str) -> dict:
    """Read the award of a rule: exactly one of the kinds there are."""
    if not isinstance(award, dict) or len(award) != 1 or next(iter(award)) not in KINDS:
        raise InvalidRule(_("An award is exactly one of: %(kinds)s."), values={"kinds": ", ".join(KINDS)}, field=place)
    [(kind, terms)] = award.items()
    place = f"{place}.{kind}"
    if kind == MULTIPLY:
        return {"kind": kind, "factor": parse_factor(terms, place)}
    if kind != "per_amount":
        return {"kind": kind, "points": whole(terms, least=1, most=LARGEST["points"], place=place)}
    if not isinstance(terms, dict) or set(terms) != {"points", "every"}:
        raise InvalidRule(
            _("'per_amount' takes points and every, for example 1 point for every 100 minor units."), field=place
        )
    read = {part: whole(value, least=1, most=LARGEST[part], place=f"{place}.{part}") for part, value in terms.items()}
    return {"kind": kind, **read}


def parse_factor(factor: object, place: str) -> Fraction:
    """A decimal number as text, such as "1.5"; more than 1, or it would give nothing."""
    if type(factor) is int:
        factor = str(factor)
    if not isinstance(factor, str) or not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,4})?", factor):
        raise InvalidRule(
            _("'multiply' is a decimal number in quotes with at most 4 decimals, such as \"1.5\"."), field=place
        )
    read = Fraction(Decimal(factor))
    if not 1 < read <= LARGEST_FACTOR:
        raise InvalidRule(
            _("A factor is more than 1 and at most %(most)d: points are multiplied by it."),
            values={"most": LARGEST_FACTOR},
            field=place,
        )
    return read


def parse_rank(rule: dict, place: str) -> dict:
    """Whether the rule stands alone, and before which others."""
    if type(rule.get("exclusive", False)) is not bool:
        raise InvalidRule(_("'%(part)s' is true or false."), values={"part": "exclusive"}, field=f"{place}.exclusive")
    if rule.get("exclusive") and MULTIPLY in rule["award"]:
        raise InvalidRule(
            _("A rule that multiplies cannot be exclusive: it gives nothing alone."), field=f"{place}.exclusive"
        )
    priority = whole(rule.get("priority", 0), least=-LARGEST_PRIORITY, most=LARGEST_PRIORITY, place=f"{place}.priority")
    return {"exclusive": rule.get("exclusive", False), "priority": priority}


def check_names(rules: tuple[Rule, ...]) -> None:
    """A rule is known by its name, also to later versions that count what it gave."""
    seen = set()
    for place, rule in enumerate(rules):
        if rule.name.casefold() in seen:
            raise InvalidRule(
                _("There are two rules of the name '%(name)s'. Give each its own."),
                values={"name": rule.name},
                field=f"rules[{place}].name",
            )
        seen.add(rule.name.casefold())


def check_multipliers(rules: tuple[Rule, ...], multipliers: str) -> None:
    """There is something to multiply; and factors on top of each other must mean the same lines."""
    counts = any(rule.kind in {"per_amount", "per_item"} for rule in rules)
    for place, rule in enumerate(rules):
        if rule.kind != MULTIPLY:
            continue
        if not counts:
            raise InvalidRule(
                _("There is nothing to multiply: no rule of this program gives points for amounts or items."),
                field=f"rules[{place}].award.multiply",
            )
        if multipliers == "all" and rule.when and rule.when.picks_lines:
            raise InvalidRule(
                _("With multipliers 'all' a factor cannot be for some products only. Use 'best'."),
                field=f"rules[{place}].when",
            )
