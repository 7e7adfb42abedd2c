"""Whatever is sent as rules is read or refused by name, and what is read can be judged and said."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from rewards import rules
from rewards.rules import InvalidRule, Line, conditions, limits, parsing
from rewards.tests.promises import TUESDAY

TEXTS = ["", "x", "1.5", "0", "15:00", "24:00", "2026-03-10", "2026-03-10T10:00:00+99:00", "day", "purchase", "٣"]
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 200),
    st.sampled_from([10**12, 10**30]),
    st.floats(),
    st.sampled_from(TEXTS),
)
ANY = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(TEXTS), inner, max_size=2),
    max_leaves=5,
)
GOOD = {
    "min_amount": st.integers(0, 900),
    "weekdays": st.lists(st.integers(1, 7), min_size=1),
    "hours": st.lists(st.sampled_from(["00:00", "15:00", "17:00", "24:00"]), min_size=2, max_size=2),
    "starts_at": st.sampled_from(["2026-03-10", "2026-03-09T22:00:00Z"]),
    "ends_at": st.sampled_from(["2026-03-11", "2026-03-10T18:00:00+01:00"]),
    "first_purchase": st.booleans(),
    "birthday_window_days": st.integers(0, 180),
    "code": st.just("x"),
    **dict.fromkeys(
        "categories skus exclude_categories exclude_skus channels locations tiers audiences".split(), st.just(["x"])
    ),
}


def some(known: dict) -> st.SearchStrategy:
    """An object of some of these parts, one of them now and then anything else."""
    parts = {name: st.one_of(good, good, good, ANY) for name, good in known.items()}
    return st.fixed_dictionaries({}, optional=parts)


BOUND = some({"times": st.just(3), "points": st.just(9), "period": st.sampled_from(limits.PERIODS)})
AWARD = st.one_of(
    ANY,
    st.just({"per_amount": {"points": 1, "every": 100}}),
    st.sampled_from(["per_item", "fixed"]).map(lambda kind: {kind: 3}),
    st.just({"multiply": "1.5"}),
    some({"per_amount": some({"points": st.just(1), "every": st.just(100)}), "fixed": st.just(1)}),
)
RULE = st.one_of(
    ANY,
    st.fixed_dictionaries(
        {"name": st.one_of(st.sampled_from(["a", "b", "c"]), ANY), "award": AWARD},
        optional={
            "when": some(GOOD),
            "limits": some({"per_customer": BOUND, "total": BOUND, "max_per_purchase": st.just(5)}),
            "exclusive": st.one_of(st.booleans(), ANY),
            "priority": st.one_of(st.integers(-9, 9), ANY),
            "trigger": st.one_of(st.just("purchase"), ANY),
        },
    ),
)


def read(wanted: object, multipliers: str) -> rules.Ruleset | InvalidRule:
    """The rules, or how they are refused; nothing else may happen."""
    try:
        return rules.parse(wanted, multipliers=multipliers, zone="Europe/Madrid")
    except InvalidRule as refusal:
        return refusal


@settings(max_examples=400, deadline=None)
@given(wanted=st.one_of(ANY, st.lists(RULE, min_size=1, max_size=3)), multipliers=st.sampled_from(["best", "all"]))
def test_anything_sent_as_rules_is_read_or_refused_by_name(wanted, multipliers):
    found = read(wanted, multipliers)

    if isinstance(found, InvalidRule):
        assert found.code in {"invalid_rule", "unknown_field"}
        assert found.field.startswith("rules")
        assert str(found).endswith(".")
        return
    lines = (Line(Fraction(1001, 3), Decimal("1.5"), "x", "x"), Line(-20, Decimal(1), "", ""))
    facts = rules.Facts(base=Fraction(941, 3), lines=lines, moment=TUESDAY, local=TUESDAY, code="x", birthday=2)
    for award in rules.evaluate(found, facts):
        assert type(award.points) is int
        assert award.points > 0
        assert rules.why(award.stored(), str)
    for rule in found.rules:
        assert rules.sentence(rule, money=str, points=str).endswith(".")


def test_the_fuzz_knows_every_condition_and_part():
    assert set(GOOD) == set(conditions.READERS)
    assert {"name", "award", "when", "limits", "exclusive", "priority", "trigger"} == set(parsing.RULE_PARTS)
