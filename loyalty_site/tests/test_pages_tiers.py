"""Tiers on the pages: the program's words, the card at the counter, the receipt and the profile."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from rewards.models import Membership, TierChange

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TIERS = [
    {"name": "Regular", "threshold": 0},
    {"name": "Friend", "threshold": 20000, "multiply": "1.5", "perks": ["Early access"]},
    {"name": "Family", "threshold": 50000},
]


def promise(shop, **policy):
    return factories.program(
        shop, name="Bread", tiers=TIERS, tier_policy=policy or None, starts_at=timezone.now() - 900 * DAY
    )  # fmt: skip


def page(client, name, *args) -> str:
    return text(client.get(reverse(name, args=["a", *args])))


def test_program_says_its_tiers_in_words(alice, shop):
    made = promise(shop)

    said = page(alice, "program", made.public_id)

    levels = "Regular from the start, Friend from 200.00 € on, Family from 500.00 € on."
    assert f"Tiers by what was spent in 12 months: {levels}" in said
    assert "Friend: 1.5 times the points, Early access." in said
    assert "A tier that is no longer reached is kept for 30 days more. What comes back takes it at once." in said
    assert "Parts of a point are dropped." in said
    assert "Of several factors" not in said


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ({"basis": "visits", "window_months": 1}, "Tiers by the purchases of 1 month: Regular from the start, Friend"),
        ({"basis": "points"}, "Tiers by the points earned in 12 months: Regular from the start, Friend from 20,000"),
        ({"grace_days": 0}, "A tier that is no longer reached ends at once."),
        ({"grace_days": 1}, "A tier that is no longer reached is kept for 1 day more."),
    ],
)
def test_program_says_how_tiers_are_kept(alice, shop, policy, sentence):
    assert sentence in page(alice, "program", promise(shop, **policy).public_id)


@pytest.mark.any_database
def test_profile_says_tier_reason_end_and_progress(alice, shop):
    promise(shop)
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=30000, at=timezone.now())

    said = page(alice, "customer", ana.public_id)

    last = Membership.objects.get().tier_until - timedelta(seconds=1)
    assert f"Held through {timezone.localtime(last, shop_zone()):%-d %b %Y} if nothing more is bought." in said
    assert f"Since {timezone.localtime(timezone.now(), shop_zone()):%-d %b %Y}, reached with a purchase." in said
    assert "300.00 € in 12 months; 200.00 € more for Family." in said
    assert "1.5 times the points" in said
    assert "Early access" in said


def shop_zone():
    return timezone.zoneinfo.ZoneInfo("Europe/Madrid")


def test_profile_of_the_highest_tier_has_nothing_ahead(alice, shop):
    promise(shop)
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=50000, at=timezone.now())

    assert "500.00 € in 12 months. There is no higher tier." in page(alice, "customer", ana.public_id)


def test_profile_says_what_keeps_a_tier_in_its_days_of_grace(alice, shop):
    promise(shop)
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=20000, at=timezone.now() - 370 * DAY)

    said = page(alice, "customer", ana.public_id)

    assert "200.00 € more keep it longer." in said
    assert "0.00 € in 12 months; 500.00 € more for Family." in said


def test_profile_says_an_end_that_nobody_has_booked(alice, shop):
    promise(shop)
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=20000, at=timezone.now() - 500 * DAY)

    said = page(alice, "customer", ana.public_id)

    assert "Regular Since" in said
    assert "because older purchases no longer count." in said


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["customer", "counter_card"])
def test_pages_of_programs_without_tiers_say_nothing_of_them(alice, shop, name):
    factories.program(shop)

    assert "tier" not in page(alice, name, factories.customer(shop).public_id)


def test_profile_before_the_first_tier_says_what_leads_there(alice, shop):
    factories.program(shop, tiers=TIERS[1:])
    ana = factories.customer(shop)

    said = page(alice, "customer", ana.public_id)

    assert "In no tier yet." in said
    assert "0.00 € in 12 months; 200.00 € more for Friend." in said


def test_counter_shows_the_tier_and_what_it_brings(dora, shop):
    promise(shop)
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=20000, at=timezone.now())

    assert "Friend 1.5 times the points · Early access" in page(dora, "counter_card", ana.public_id)


def test_receipt_says_that_a_tier_was_reached(dora, shop):
    promise(shop)
    ana = factories.customer(shop)
    reached = factories.purchase(shop, ana, amount=20000, at=timezone.now()).draft
    path = reverse("counter_card", args=["a", ana.public_id])

    said = text(dora.get(path, {"receipt": reached.public_id}))

    assert "Now in the tier Friend of Bread" in said
    assert TierChange.objects.get().to_tier == "Friend"


@pytest.mark.parametrize("number", [1, 30])
def test_profile_with_tiers_costs_the_same_for_one_purchase_and_for_many(
    alice, shop, number, django_assert_num_queries
):
    promise(shop)
    ana = factories.customer(shop)
    for __ in range(number):
        factories.purchase(shop, ana, amount=20000, at=timezone.now())
    path = reverse("customer", args=["a", ana.public_id])

    with django_assert_num_queries(24):  # three more than without tiers: purchases, returns, the last change
        alice.get(path)
