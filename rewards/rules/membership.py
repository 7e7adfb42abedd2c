"""The tiers of a program among its rules: the names that rules may ask for, and the factors that tiers bring."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .refusal import InvalidRule
from .terms import MULTIPLY, Rule, Ruleset, When

Named = tuple[str, Fraction | None]  # a tier and its factor, if it has one


def with_tiers(rules: Ruleset, tiers: Iterable[Named]) -> Ruleset:
    """The rules of members who hold tiers: each tier's factor is one more rule that multiplies, listed last."""
    factors = [
        Rule(name=name, kind=MULTIPLY, factor=factor, when=When(tiers=frozenset({name.casefold()})), tier=name)
        for name, factor in tiers
        if factor
    ]
    return replace(rules, rules=(*rules.rules, *factors), tiered=True)


def check_tiers(rules: Ruleset, tiers: Iterable[Named]) -> None:
    """Rules ask only for tiers that there are, and share no name with a tier that multiplies; raises InvalidRule."""
    factors = dict(tiers)
    names = {name.casefold() for name in factors}
    taken = {name.casefold() for name, factor in factors.items() if factor}
    for place, rule in enumerate(rules.rules):
        if rule.when and rule.when.tiers and (unknown := sorted(rule.when.tiers - names)):
            raise InvalidRule(
                _("This rule can never apply: the program has no tier '%(tier)s'."),
                values={"tier": next(one for one in rule.said["tiers"] if one.strip().casefold() in unknown)},
                field=f"rules[{place}].when.tiers",
            )
        if rule.name.casefold() in taken:
            raise InvalidRule(
                _("'%(name)s' is a tier that multiplies points. Give the rule another name, to tell what each gave."),
                values={"name": rule.name},
                field=f"rules[{place}].name",
            )


def can_multiply(rules: Ruleset) -> bool:
    """Whether there are points for amounts or items, which factors multiply."""
    return any(rule.kind in {"per_amount", "per_item"} for rule in rules.rules)
