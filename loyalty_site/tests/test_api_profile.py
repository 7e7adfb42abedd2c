"""One customer from all sides over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from customers.purchases import LineDraft
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import refused
from rewards.tests.factories import reward

pytestmark = pytest.mark.django_db
NOTHING_YET = {
    "rfv": None,
    "lifecycle": None,
    "clv": None,
    "favourite_products": [],
    "usual": {"weekday": None, "hour": None, "gap_days": None},
    "channel_mix": [],
    "memberships": [],
    "open_vouchers": [],
    "next_best_reward": None,
}


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="read")


@pytest.fixture
def now():
    """Noon of yesterday at the shop, so that every purchase of these tests lies in the past."""
    return timezone.now().replace(hour=11, minute=0) - timedelta(days=1)


def test_somebody_who_never_bought_has_an_identity_and_nothing_made_up(till, shop):
    ann = factories.customer(shop, name="Ann", preferences=["no sugar"])

    profile = till.get(f"customers/{ann.public_id}/profile").json()

    assert profile["id"] == profile["identity"]["id"] == ann.public_id
    assert profile["preferences"] == ["no sugar"]
    assert {name: profile[name] for name in NOTHING_YET} == NOTHING_YET


def test_profile_tells_rhythm_taste_channels_and_scores(till, shop, now):
    ann, jo = factories.customer(shop), factories.customer(shop)
    for weeks, channel in [(4, "web"), (3, "store"), (2, "store"), (1, "store")]:
        factories.purchase(
            shop,
            ann,
            amount=400,
            at=now - timedelta(weeks=weeks),
            channel=channel,
            lines=[LineDraft(amount=400, name="Rye")],
        )
    factories.purchase(shop, jo, amount=9000, at=now - timedelta(weeks=30))

    profile = till.get(f"customers/{ann.public_id}/profile").json()

    assert profile["rfv"] == {
        "recency_days": 8,
        "frequency": 4,
        "value": 1600,
        "scores": {"recency": 3, "frequency": 3, "value": 1},
    }
    assert profile["lifecycle"]["state"] == "active"
    assert profile["lifecycle"]["gap_days"] == 7
    assert profile["favourite_products"] == [{"product": "Rye", "purchases": 4}]
    assert profile["usual"]["weekday"] == now.isoweekday()
    assert profile["usual"]["gap_days"] == 7
    assert profile["channel_mix"] == [
        {"channel": "store", "purchases": 3, "share": 0.75},
        {"channel": "web", "purchases": 1, "share": 0.25},
    ]


def test_profile_tells_what_is_held_and_what_to_propose(till, shop, now):
    program = factories.program(shop, at=now - timedelta(days=3))
    coffee = reward(program, name="Coffee", cost=5)
    ann = factories.customer(shop)
    factories.purchase(shop, ann, amount=1000, at=now)

    profile = till.get(f"customers/{ann.public_id}/profile").json()

    [held] = profile["memberships"]
    assert held["balance"]["available"] == 10
    assert (profile["next_best_reward"]["reward"], profile["next_best_reward"]["missing"]) == (coffee.public_id, 0)
    assert profile["next_best_reward"]["membership"] == held["id"]
    assert profile["next_best_reward"]["why"]


def test_every_figure_of_the_profile_has_its_definition(till, shop):
    ann = factories.customer(shop)

    found = till.get(f"customers/{ann.public_id}/profile").json()["definitions"]

    assert set(found) >= {"rfv", "clv", "favourite_products", "usual", "channel_mix", "next_best_reward", "at_risk"}


def test_profile_costs_the_same_for_five_purchases_and_for_thirty(till, shop, now, django_assert_num_queries):
    ann, jo = factories.customer(shop), factories.customer(shop)
    for count, buyer in ((5, ann), (30, jo)):
        for number in range(count):
            factories.purchase(shop, buyer, at=now - timedelta(days=number))
    till.get(f"customers/{ann.public_id}/profile")

    for buyer in (ann, jo):
        with django_assert_num_queries(16):
            till.get(f"customers/{buyer.public_id}/profile")


def test_profile_of_another_shops_customer_is_not_found(till):
    stranger = factories.customer(factories.merchant(slug="b", owner="charlie@b.test"))

    assert refused(till.get(f"customers/{stranger.public_id}/profile")) == (404, "not_found")
    assert Customer.objects.count() == 1


def test_a_name_in_the_address_that_the_profile_does_not_read_is_refused(till, shop):
    ann = factories.customer(shop)

    assert refused(till.get(f"customers/{ann.public_id}/profile", as_of="2026-01-01")) == (400, "unknown_field")
