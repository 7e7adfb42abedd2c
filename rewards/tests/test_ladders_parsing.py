"""Tiers that could not work are refused with the place named."""

import pytest

from rewards import ladders
from rewards.expiry import InvalidPolicy
from rewards.ladders import InvalidTiers


def tier(name="Friend", threshold=1, **parts) -> dict:
    return {"name": name, "threshold": threshold, **parts}


def test_the_contracts_example_is_read_with_defaults():
    known = ladders.parse(
        [tier("Regular", 0), tier("Friend", 20000, multiply="1.5", perks=["Early access"])], {"basis": "visits"}, "UTC"
    )

    assert [(one.name, one.threshold, one.factor and float(one.factor), one.perks) for one in known.tiers] == [
        ("Regular", 0, None, ()),
        ("Friend", 20000, 1.5, ("Early access",)),
    ]
    assert (known.basis, known.window_months, known.grace_days) == ("visits", 12, 30)


def test_no_tiers_are_no_ladder():
    assert ladders.parse([], None, "UTC") is None


@pytest.mark.parametrize(
    ("tiers", "field"),
    [
        (None, "tiers"),
        ({"name": "Friend"}, "tiers"),
        ([tier(f"t{number}", number) for number in range(21)], "tiers"),
        (["Friend"], "tiers[0]"),
        ([{"threshold": 1}], "tiers[0].name"),
        ([tier(" ")], "tiers[0].name"),
        ([tier("x" * 51)], "tiers[0].name"),
        ([tier(), tier("FRIEND", 2)], "tiers[1].name"),
        ([{"name": "Friend"}], "tiers[0].threshold"),
        ([tier(threshold=True)], "tiers[0].threshold"),
        ([tier(threshold=-1)], "tiers[0].threshold"),
        ([tier(threshold="1")], "tiers[0].threshold"),
        ([tier(threshold=1.5)], "tiers[0].threshold"),
        ([tier("a", 2), tier("b", 2)], "tiers[1].threshold"),
        ([tier("a", 2), tier("b", 1)], "tiers[1].threshold"),
        ([tier(multiply="1")], "tiers[0].multiply"),
        ([tier(multiply=1.5)], "tiers[0].multiply"),
        ([tier(multiply="x")], "tiers[0].multiply"),
        ([tier(perks="Coffee")], "tiers[0].perks"),
        ([tier(perks=[""])], "tiers[0].perks"),
        ([tier(perks=[1])], "tiers[0].perks"),
        ([tier(perks=["x" * 201])], "tiers[0].perks"),
    ],
)
def test_tiers_that_cannot_work_are_refused_with_the_place_named(tiers, field):
    with pytest.raises(InvalidTiers) as refusal:
        ladders.parse(tiers, None, "UTC")

    assert (refusal.value.field, refusal.value.code) == (field, "invalid_tiers")
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ("spend", "tier_policy"),
        ({"basis": "sum"}, "tier_policy.basis"),
        ({"basis": []}, "tier_policy.basis"),
        ({"window_months": 0}, "tier_policy.window_months"),
        ({"window_months": 121}, "tier_policy.window_months"),
        ({"window_months": "12"}, "tier_policy.window_months"),
        ({"grace_days": -1}, "tier_policy.grace_days"),
        ({"grace_days": 366}, "tier_policy.grace_days"),
        ({"grace_days": True}, "tier_policy.grace_days"),
        ({"downgrade": "at_once"}, "tier_policy.downgrade"),
    ],
)
def test_policies_that_cannot_work_are_refused_with_the_place_named(policy, field):
    with pytest.raises(InvalidPolicy) as refusal:
        ladders.parse([tier()], policy, "UTC")

    assert (refusal.value.field, refusal.value.code) == (field, "invalid_policy")
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("tiers", "policy", "field"),
    [([tier(perk=["x"])], None, "tiers[0].perk"), ([tier()], {"window": 12}, "tier_policy.window")],
)
def test_what_nobody_knows_is_refused_by_name(tiers, policy, field):
    with pytest.raises((InvalidTiers, InvalidPolicy)) as refusal:
        ladders.parse(tiers, policy, "UTC")

    assert (refusal.value.field, refusal.value.code) == (field, "unknown_field")
