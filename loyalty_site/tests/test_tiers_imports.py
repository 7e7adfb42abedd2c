"""Tiers through files: history climbs in order, and an import taken back takes its tiers along."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from loyalty_site import imports, publishing, undoing
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound
from rewards import tiers
from rewards.models import Judgement, Membership, TierChange
from rewards.tests.ladders import FRIEND

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def ana(shop):
    """A member of a program that has long begun."""
    factories.program(shop, tiers=FRIEND, starts_at=AT - 900 * DAY)
    return factories.customer(shop, email="ana@a.test")


def read(shop, *lines: str):
    """A file of purchases, read."""
    file = ContentFile("\n".join(["receipt,date,email,amount", *lines]).encode(), name="sales.csv")
    sent = imports.create(merchant=shop, kind="purchases", content=file, filename="sales.csv", at=AT)
    return imports.run(sent.pk, at=AT)


def causes(who) -> list[tuple]:
    found = TierChange.objects.filter(membership__customer=who).order_by("pk")
    return [(one.to_tier, one.cause) for one in found]


def test_a_file_over_years_is_judged_in_order_whatever_its_own(shop, ana):
    read(shop, "3,2026-03-02,ana@a.test,10.00", "1,2026-03-01,ana@a.test,200.00", "0,2024-03-01,ana@a.test,200.00")

    points = Judgement.objects.order_by("purchase__occurred_at").values_list("points", flat=True)
    assert list(points) == [200, 200, 15]
    assert causes(ana) == [("Friend", "purchase"), ("Regular", "window"), ("Friend", "purchase")]
    assert_sound(shop)


@pytest.mark.any_database
def test_a_return_in_the_file_takes_the_tier(shop, ana):
    read(shop, "1,2026-03-01,ana@a.test,200.00", "2,2026-03-03,ana@a.test,-0.01")

    assert causes(ana) == [("Friend", "purchase"), ("Regular", "refund")]
    assert_sound(shop)


@pytest.mark.parametrize("basis", ["spend", "points", "visits"])
def test_an_import_taken_back_takes_its_tiers_along(shop, basis):
    levels = [FRIEND[0], {**FRIEND[1], "threshold": {"spend": 20000, "points": 200, "visits": 2}[basis]}]
    factories.program(shop, tiers=levels, tier_policy={"basis": basis}, starts_at=AT - 900 * DAY)
    ana = factories.customer(shop, email="ana@a.test")
    factories.purchase(shop, ana, amount=100, at=AT - 20 * DAY)
    done = read(shop, "1,2026-03-01,ana@a.test,200.00", "2,2026-03-02,eva@a.test,200.00")

    undoing.undo_import(imported=done, at=AT + DAY)

    assert causes(ana) == [("Friend", "purchase"), ("Regular", "undo")]
    assert Membership.objects.count() == 1
    assert_sound(shop)


@pytest.mark.any_database
def test_a_return_taken_back_gives_the_tier_back(shop, ana):
    factories.purchase(shop, ana, amount=20000, external_id="r1", at=AT - 9 * DAY)
    done = read(shop, "r1,2026-03-03,ana@a.test,-50.00")

    undoing.undo_import(imported=done, at=AT + DAY)

    assert causes(ana) == [("Friend", "purchase"), ("Regular", "refund"), ("Friend", "undo")]
    assert_sound(shop)


def test_a_draft_published_asks_no_member_and_no_worker(shop):
    made = factories.programs.create(merchant=shop, name="P", rules=RULES, at=AT)

    publishing.publish(program=made, at=AT, later=pytest.fail, tiers=FRIEND)

    assert made.versions.get().tiers == FRIEND
    assert list(tiers.differences(at=AT)) == []


RULES = [{"name": "1 per euro", "award": {"per_amount": {"points": 1, "every": 100}}}]
