"""Rules that ask for audiences, and programs that ask for what is not there."""

from datetime import timedelta

import pytest

from customers import audiences
from customers.tests import factories as shops
from rewards import programs
from rewards.expiry import InvalidPolicy
from rewards.ladders import InvalidTiers
from rewards.models import Judgement
from rewards.programs import UnknownAudience
from rewards.rules import InvalidRule
from rewards.tests import factories
from rewards.tests.factories import AT, RULES
from rewards.tests.ladders import FRIEND

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return shops.merchant()


def asking(*lists) -> list[dict]:
    return [*RULES, {"name": "List", "award": {"fixed": 5}, "when": {"audiences": [one.public_id for one in lists]}}]


def test_who_is_on_the_list_when_the_purchase_is_recorded_earns_by_it(shop):
    press, other = (audiences.create(merchant=shop, name=name, at=AT) for name in ("Press", "Other"))
    factories.program(shop, rules=asking(press))
    ana, ben = factories.member(shop), factories.member(shop)
    audiences.add(audience=press, customers=[ana.pk], at=AT)
    audiences.add(audience=other, customers=[ana.pk, ben.pk], at=AT)

    for who in (ana, ben):
        factories.judged(shop, who)

    found = Judgement.objects.order_by("pk").values_list("points", "facts__audiences")
    assert list(found) == [(15, [press.public_id]), (10, [])]


def test_a_refund_judges_again_with_the_lists_of_then(shop):
    press = audiences.create(merchant=shop, name="Press", at=AT)
    factories.program(shop, rules=asking(press))
    ana = factories.member(shop)
    audiences.add(audience=press, customers=[ana.pk], at=AT)
    bought = factories.judged(shop, ana)
    audiences.remove(audience=press, customers=[ana.pk], at=AT)

    factories.returned(shop, bought, amount=200, at=AT + DAY)

    assert sum(entry.points for entry in factories.membership(ana).entries.all()) == 13


def test_an_audience_of_nobody_or_of_another_shop_is_unknown(shop):
    strange = audiences.create(merchant=shops.merchant("b"), name="Press", at=AT)

    with pytest.raises(UnknownAudience) as refusal:
        programs.create(merchant=shop, name="Points", rules=asking(strange), at=AT)

    assert (refusal.value.field, refusal.value.code) == ("rules[1].when.audiences", "unknown_audience")


@pytest.mark.parametrize("levels", [[], FRIEND])
def test_a_rule_for_a_tier_that_there_is_not_is_refused(shop, levels):
    rules = [*RULES, {"name": "r", "award": {"fixed": 1}, "when": {"tiers": ["Friend", "Gold"]}}]

    with pytest.raises(InvalidRule) as refusal:
        programs.create(merchant=shop, name="Points", rules=rules, tiers=levels, at=AT)

    assert refusal.value.field == "rules[1].when.tiers"
    assert str(refusal.value).endswith(f"no tier '{'Gold' if levels else 'Friend'}'.")


def test_a_rule_has_not_the_name_of_a_tier_that_multiplies(shop):
    rules = [{**RULES[0], "name": "friend"}]

    with pytest.raises(InvalidRule) as refusal:
        programs.create(merchant=shop, name="Points", rules=rules, tiers=FRIEND, at=AT)

    assert refusal.value.field == "rules[0].name"


def test_a_tier_multiplies_points_for_amounts_or_items(shop):
    rules = [{"name": "r", "award": {"fixed": 1}}]

    with pytest.raises(InvalidTiers) as refusal:
        programs.create(merchant=shop, name="Points", rules=rules, tiers=FRIEND, at=AT)

    assert refusal.value.field == "tiers[1].multiply"


def test_how_tiers_are_kept_needs_tiers(shop):
    with pytest.raises(InvalidPolicy) as refusal:
        programs.create(merchant=shop, name="Points", rules=RULES, tier_policy={"basis": "visits"}, at=AT)

    assert refusal.value.field == "tier_policy"


def test_a_change_of_the_policy_keeps_its_other_parts(shop):
    made = factories.program(shop, tiers=FRIEND, tier_policy={"basis": "visits", "grace_days": 5})

    programs.publish(program=made, tier_policy={"grace_days": 7}, at=AT + DAY)

    assert made.versions.last().tier_policy == {
        "basis": "visits",
        "window_months": 12,
        "downgrade": "after_window",
        "grace_days": 7,
    }
