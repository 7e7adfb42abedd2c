"""The proof of uses finds each kind of damage."""

import pytest

from customers.tests import factories as shops
from rewards import earning
from rewards.earning.uses import EVER
from rewards.models import Entry, Judgement, RuleDay, RuleUse
from rewards.tests import factories
from rewards.tests.promises import rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = shops.merchant()
    limits = {"per_customer": {"times": 5}, "total": {"points": 500}}
    factories.program(shop, rules=[rule(1, "hello", limits=limits), rule(1, "free")])
    bought = factories.judged(shop, factories.member(shop))
    factories.judged(shop, factories.member(shop))
    factories.returned(shop, bought, amount=300)
    return shop


def test_sound_uses_agree(shop):
    assert list(earning.differences()) == []
    assert list(earning.differences(shop)) == []
    assert list(RuleDay.objects.filter(day=EVER).values_list("times", "points")) == [(2, 17)]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda: RuleUse.objects.filter(points=7).update(points=8), "the rule hello gives 7, but its use says 8"),
        (lambda: RuleUse.objects.filter(points=7).delete(), "the rule hello gives 7, but its use says 0"),
        (lambda: RuleUse.objects.filter(points=7).update(rule="bye"), "but no judgement gives them"),
        (lambda: RuleDay.objects.filter(day=EVER).update(points=16), "ever: [2, 16], but its uses add up to [2, 17]"),
        (lambda: RuleDay.objects.exclude(day=EVER).update(times=1), "[1, 17], but its uses add up to [2, 17]"),
        (lambda: RuleDay.objects.exclude(day=EVER).delete(), "[0, 0], but its uses add up to [2, 17]"),
        (lambda: Judgement.objects.filter(points=20).first().delete(), "but no judgement gives them"),
        (lambda: Judgement.objects.filter(points=20).update(points=21), "purchase earns 21, but 20 points are kept"),
        (lambda: Entry.objects.filter(points=20).update(points=19), "the rest of its purchase earns 20, but 19"),
        (lambda: Entry.objects.filter(kind="reverse").update(points=-5), "purchase earns 14, but 15 points are kept"),
        (lambda: Judgement.objects.update(withdrawn=1), "purchase earns 0, but 20 points are kept"),
    ],
)
def test_each_kind_of_damage_is_found(shop, damage, sentence):
    damage()

    found = list(earning.differences(shop))

    assert [one for one in found if sentence in one] != []
