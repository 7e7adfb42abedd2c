"""What rules give: each award a whole number of points, so that the parts shown add up to the total.

The order of things: rules whose conditions hold and whose limits are not used up; of those that do not multiply, only
the one exclusive rule if there is any; what each gives, cut to its limits; then the multipliers on that.
"""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

from .matching import Share, holds, share
from .terms import MULTIPLY, Award, Facts, Rule, Ruleset
from .triggers import PURCHASE

LARGEST_AWARD = 10**15  # no promise gets there but by a slip of the finger, and the ledger still takes it


def evaluate(rules: Ruleset, facts: Facts) -> list[Award]:
    """One award per rule for what happened that gives something, in the order of the rules."""
    rules = rules.on(facts.trigger)
    matched = [(rule, part) for rule in rules.rules if (part := matching_part(rule, facts))]
    given = {
        rule.name: give(rule, part, facts)
        for rule, part in exclusive_only([one for one in matched if one[0].kind != MULTIPLY])
    }
    factors = [rule for rule, __ in matched if rule.kind == MULTIPLY]
    if factors:
        given |= MULTIPLIERS[rules.multipliers](factors, rules, given, facts)
    return [given[rule.name] for rule in rules.rules if rule.name in given and given[rule.name].points]


def matching_part(rule: Rule, facts: Facts) -> Share | None:
    """The part of the purchase that the rule is about; None where it does not apply or is used up."""
    if facts.left.get(rule.name) == 0:
        return None
    part = share(facts, rule.when)
    return part if part and (rule.when is None or holds(rule.when, facts, part.base)) else None


def exclusive_only(matched: list[tuple[Rule, Share]]) -> list[tuple[Rule, Share]]:
    """The exclusive rule with the highest priority, the first listed of several, alone; all if none is exclusive."""
    exclusive = [one for one in matched if one[0].exclusive]
    return [max(exclusive, key=lambda one: one[0].priority)] if exclusive else matched


def give(rule: Rule, part: Share, facts: Facts) -> Award:
    """What a rule that does not multiply gives for its part of the purchase."""
    wanted = AWARDS[rule.kind](rule, part)
    terms: dict = {"points": rule.points}
    if rule.kind == "per_amount":
        terms["every"] = rule.every
    elif rule.kind == "per_item":
        terms["units"] = part.units
    if rule.trigger != PURCHASE:
        terms["trigger"] = rule.trigger
    return award(rule, wanted, int(part.base), terms, facts)


def award(rule: Rule, wanted: int, base: int, terms: dict, facts: Facts) -> Award:
    """An award cut to what the rule's limits leave; its terms say so, and under which conditions it was given."""
    points = cut(rule, wanted, facts)
    if points < wanted:
        terms["cut_from"] = wanted
    if rule.said:
        terms["when"] = rule.said
    return Award(rule=rule.name, kind=rule.kind, points=points, base=base, terms=terms)


def cut(rule: Rule, points: int, facts: Facts) -> int:
    """Points within what is left of the rule's limits and what it gives for one purchase at most."""
    most = rule.limits.max_per_purchase if rule.limits else None
    return min(points, LARGEST_AWARD, *(bound for bound in (facts.left.get(rule.name), most) if bound is not None))


def per_amount(rule: Rule, part: Share) -> int:
    """Points for each full `every` of the base: whole steps always."""
    return int(part.base // rule.every) * rule.points


def per_item(rule: Rule, part: Share) -> int:
    """Points for each whole unit."""
    return part.units * rule.points


def fixed(rule: Rule, part: Share) -> int:
    """The same for every purchase."""
    return rule.points


AWARDS: dict[str, Callable[[Rule, Share], int]] = {"per_amount": per_amount, "per_item": per_item, "fixed": fixed}


def multiplied(factor: Rule, rules: Ruleset, given: dict[str, Award], facts: Facts) -> int:
    """The points that a factor multiplies: what amounts and items gave on the lines that the factor means."""
    total = 0
    for rule in rules.rules:
        if rule.name not in given or rule.kind not in {"per_amount", "per_item"}:
            continue
        points = given[rule.name].points
        if factor.when and factor.when.picks_lines:
            part = share(facts, rule.when, factor.when)
            points = min(points, AWARDS[rule.kind](rule, part)) if part else 0
        total += points
    return total


def best(factors: list[Rule], rules: Ruleset, given: dict[str, Award], facts: Facts) -> dict[str, Award]:
    """Only the factor with most extra points; the earlier one on a tie."""
    chosen: Award | None = None
    for rule in factors:
        base = multiplied(rule, rules, given, facts)
        wanted = ROUNDING[rules.rounding](base * (rule.factor - 1))
        extra = award(rule, wanted, base, {"factor": written(rule.factor)}, facts)
        if chosen is None or extra.points > chosen.points:
            chosen = extra
    return {chosen.rule: chosen}


def every(factors: list[Rule], rules: Ruleset, given: dict[str, Award], facts: Facts) -> dict[str, Award]:
    """All factors on top of each other, by priority: each gives what its turn adds to the rounded product."""
    extras: dict[str, Award] = {}
    product = Fraction(1)
    for rule in sorted(factors, key=lambda one: -one.priority):
        base = multiplied(rule, rules, given, facts)
        before = ROUNDING[rules.rounding](base * product)
        product *= rule.factor
        wanted = ROUNDING[rules.rounding](base * product) - before
        turn = {"before": before} if before != base else {}
        extras[rule.name] = award(rule, wanted, base, {"factor": written(rule.factor), **turn}, facts)
    return extras


MULTIPLIERS = {"best": best, "all": every}
ROUNDING: dict[str, Callable[[Fraction], int]] = {
    "down": floor,
    "half_up": lambda exact: floor(exact + Fraction(1, 2)),
    "up": ceil,
}


def written(factor: Fraction) -> str:
    """A factor as a decimal number: 1.5."""
    whole, rest = divmod(factor.numerator * 10_000 // factor.denominator, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
