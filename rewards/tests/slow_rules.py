"""A slow and obvious model of what rules give, written from the contract's words alone, and random promises for it."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

CATEGORIES = ["", "coffee", "cake"]


@dataclass
class Bought:
    """A basket in plain values: lines of (amount, units, category)."""

    lines: list[tuple[int, int, str]]
    left: dict[str, int]


def slow(wanted: list[dict], bought: Bought, rounding: str, multipliers: str) -> dict[str, int]:
    """The contract, sentence by sentence."""
    applying = [one for one in wanted if applies(one, bought)]
    plain = [one for one in applying if "multiply" not in one["award"]]
    exclusive = [one for one in plain if one.get("exclusive")]
    if exclusive:  # only the exclusive one with the highest priority awards, on a tie the first listed
        highest = max(one.get("priority", 0) for one in exclusive)
        plain = [next(one for one in exclusive if one.get("priority", 0) == highest)]
    result = {one["name"]: bounded(one, amount(one, lines_of(one, bought)), bought) for one in plain}
    factors = [one for one in applying if "multiply" in one["award"]]
    result |= slow_best(factors, plain, result, bought, rounding) if multipliers == "best" else slow_all(
        factors, plain, result, bought, rounding
    )  # fmt: skip
    return {name: points for name, points in result.items() if points}


def applies(one, bought):
    lines = lines_of(one, bought)
    worth = sum(line[0] for line in lines)
    least = one.get("when", {}).get("min_amount", 0)
    return bool(lines) and worth >= least and bought.left.get(one["name"]) != 0


def lines_of(one, bought):
    when = one.get("when", {})
    return [
        line
        for line in bought.lines
        if ("categories" not in when or line[2] in when["categories"])
        and ("exclude_categories" not in when or line[2] not in when["exclude_categories"])
    ]


def amount(one, lines):
    """What a rule that does not multiply gives for lines, step by step."""
    award = one["award"]
    if "fixed" in award:
        return award["fixed"]
    if "per_item" in award:
        return award["per_item"] * sum(line[1] for line in lines)
    points, worth = 0, sum(line[0] for line in lines)
    while worth >= award["per_amount"]["every"]:
        worth -= award["per_amount"]["every"]
        points += award["per_amount"]["points"]
    return points


def bounded(one, points, bought):
    bounds = [points]
    if "max_per_purchase" in one.get("limits", {}):
        bounds.append(one["limits"]["max_per_purchase"])
    if one["name"] in bought.left:
        bounds.append(bought.left[one["name"]])
    return min(bounds)


def multiplied(factor, plain, result, bought):
    """What per_amount and per_item rules award, after their own limits, on the lines that the factor matches."""
    total = 0
    for one in plain:
        if "fixed" not in one["award"]:
            both = [line for line in lines_of(one, bought) if line in lines_of(factor, bought)]
            total += min(amount(one, both), result[one["name"]])
    return total


def rounded(exact: Fraction, rounding: str) -> int:
    below = 0
    while below + 1 <= exact:
        below += 1
    part = exact - below
    if rounding == "up":
        return below + (part > 0)
    return below + (rounding == "half_up" and part >= Fraction(1, 2))


def slow_best(factors, plain, result, bought, rounding):
    extras = []
    for one in factors:
        extra = multiplied(one, plain, result, bought) * (Fraction(one["award"]["multiply"]) - 1)
        extras.append((one["name"], bounded(one, rounded(extra, rounding), bought)))
    most = max((points for __, points in extras), default=0)
    return dict([next(extra for extra in extras if extra[1] == most)]) if extras else {}


def slow_all(factors, plain, result, bought, rounding):
    extras, product = {}, Fraction(1)
    for one in sorted(factors, key=lambda one: -one.get("priority", 0)):
        base = multiplied(one, plain, result, bought)
        grown = product * Fraction(one["award"]["multiply"])
        wanted = rounded(base * grown, rounding) - rounded(base * product, rounding)
        extras[one["name"]] = bounded(one, wanted, bought)
        product = grown
    return extras


WHEN = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"categories": st.lists(st.sampled_from(CATEGORIES[1:]), min_size=1)}),
    st.fixed_dictionaries({"exclude_categories": st.just(["cake"]), "min_amount": st.integers(0, 500)}),
)
PARTS = {"priority": st.integers(-1, 1), "limits": st.sampled_from([None, {"max_per_purchase": 3}])}
PLAIN = st.fixed_dictionaries(
    {
        "award": st.one_of(
            st.builds(
                lambda points, every: {"per_amount": {"points": points, "every": every}},
                st.integers(1, 5),
                st.integers(30, 200),
            ),
            st.builds(lambda points: {"per_item": points}, st.integers(1, 5)),
            st.builds(lambda points: {"fixed": points}, st.integers(1, 5)),
        ),
        "when": WHEN,
        "exclusive": st.booleans(),
        **PARTS,
    }
)
FACTORS = {"award": st.sampled_from(["1.01", "1.5", "2", "3.25"]).map(lambda factor: {"multiply": factor})}
FACTOR = st.fixed_dictionaries({**FACTORS, **PARTS})
NARROW = st.fixed_dictionaries({**FACTORS, "when": WHEN})
LINES = st.lists(
    st.tuples(st.integers(-50, 600), st.integers(0, 3), st.sampled_from(CATEGORIES)),
    min_size=1,
    max_size=4,
    unique=True,
)


def named(parts: list[dict]) -> list[dict]:
    """Rules with names, without the limits that are none."""
    kept = [{name: value for name, value in one.items() if value is not None} for one in parts]
    return [{**one, "name": f"r{number}"} for number, one in enumerate(kept)]


@st.composite
def promises(draw, *, multipliers: str):
    plain = draw(st.lists(PLAIN, min_size=1, max_size=4))
    factors = draw(st.lists(st.one_of(FACTOR, NARROW) if multipliers == "best" else FACTOR, max_size=3))
    anchor = {"award": {"per_amount": {"points": 1, "every": 100}}}
    return named(draw(st.permutations([anchor, *plain, *factors])))
