"""Everything that happened with one customer, over the API."""

from datetime import timedelta

import pytest

from loyalty_site import flows
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows
from rewards.models import Membership
from rewards.tests.factories import reward

pytestmark = pytest.mark.django_db
COLUMNS = ["at", "kind", "id", "summary", "amount", "points", "program"]
AT = factories.AT


@pytest.fixture
def till(shop):
    return api_client.api(shop)


@pytest.fixture
def ann(till, shop):
    """Ann, who joined, agreed to e-mails, bought twice, brought something back and was given points."""
    program = factories.program(shop)
    buyer = factories.customer(shop)
    path = f"customers/{buyer.public_id}/consents"
    bought = [factories.purchase(shop, buyer, amount=amount, at=AT + timedelta(hours=1)) for amount in (1000, 2550)]
    till.post(f"purchases/{bought[1].draft.public_id}/refunds", {"amount": 550})
    till.post(path, {"channel": "email", "purpose": "marketing", "granted": True})
    member = Membership.objects.get(customer=buyer, program=program)
    till.post(f"memberships/{member.public_id}/adjustments", {"points": 5, "reason": "Sorry"})
    return buyer


def told(till, buyer, **params):
    return till.get(f"customers/{buyer.public_id}/timeline", **params).json()


def test_timeline_tells_everything_the_newest_first(till, ann):
    found = told(till, ann)["data"]

    assert [(one["kind"], one["summary"], one["amount"], one["points"]) for one in found] == [
        ("points", "Points: adjusted +5 (Sorry)", None, 5),
        ("consent", "Agreed: E-mail, News and offers", None, None),
        ("refund", "5.50\N{NO-BREAK SPACE}€ came back", 550, None),
        ("purchase", "Bought for 25.50\N{NO-BREAK SPACE}€ (store)", 2550, None),
        ("purchase", "Bought for 10.00\N{NO-BREAK SPACE}€ (store)", 1000, None),
        ("card", "Card made", None, None),
    ]


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_pages_of_the_timeline_add_up_to_all_of_it(till, ann, limit):
    found, cursor = [], None
    while True:
        page = told(till, ann, limit=limit, **({"cursor": cursor} if cursor else {}))
        found, cursor = found + page["data"], page["next_cursor"]
        if not page["has_more"]:
            break

    assert found == told(till, ann)["data"]
    assert cursor is None


def test_timeline_as_csv_has_all_of_it(till, ann):
    found = rows(till.get(f"customers/{ann.public_id}/timeline", csv=True))

    assert list(found[0]) == COLUMNS
    assert [row["kind"] for row in found] == ["points", "consent", "refund", "purchase", "purchase", "card"]


def test_timeline_is_in_the_language_that_is_asked_for(till, ann):
    found = till.get(f"customers/{ann.public_id}/timeline", headers={"Accept-Language": "es"}).json()["data"]

    assert found[2]["summary"] != "5.50\N{NO-BREAK SPACE}€ came back"


def test_timeline_tells_tiers_rewards_and_vouchers(till, shop):
    ladder = [{"name": "Friend", "threshold": 500}]
    policy = {"basis": "spend", "window_months": 12, "downgrade": "after_window", "grace_days": 0}
    program = factories.program(shop, tiers=ladder, tier_policy=policy)
    coffee = reward(program, name="Coffee", cost=5)
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer, amount=1000, at=AT)
    member = Membership.objects.get(customer=buyer)
    made = till.post("redemptions", {"membership": member.public_id, "reward": coffee.public_id}).json()
    till.post(f"vouchers/{made['vouchers'][0]['code']}/use", {})

    found = told(till, buyer)["data"]

    summaries = {one["kind"]: one["summary"] for one in found}
    assert summaries["redemption"].startswith("Coffee (")
    assert summaries["tier"] == "Points: no tier → Friend"


def test_timeline_of_an_activity_names_it(till, shop):
    buyer = factories.customer(shop)
    till.post("activities", {"customer": buyer.public_id, "type": "review"})
    till.post("activities", {"customer": buyer.public_id, "type": "helped_out"})

    assert [one["summary"] for one in told(till, buyer)["data"][:2]] == ["helped out", "Review"]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMiwzXQ"])
def test_a_cursor_that_is_none_is_refused(till, ann, cursor):
    response = till.get(f"customers/{ann.public_id}/timeline", cursor=cursor)

    assert refused(response) == (400, "invalid_cursor")
    assert places(response) == [("cursor", "invalid_cursor")]


def test_timeline_costs_the_same_for_one_row_and_for_thirty(till, shop, django_assert_num_queries):
    factories.program(shop)
    few, many = factories.customer(shop), factories.customer(shop)
    for buyer, count in ((few, 1), (many, 30)):
        for number in range(count):
            factories.purchase(shop, buyer, at=AT + timedelta(minutes=number))
    told(till, few)

    for buyer in (few, many):
        with django_assert_num_queries(13):
            told(till, buyer, limit=100)


def test_a_voided_purchase_stays_on_the_line_and_says_so(till, shop):
    buyer = factories.customer(shop)
    one = factories.purchase(shop, buyer, amount=700)
    flows.void_purchase(merchant=shop, purchase_id=one.draft.pk, at=AT)

    said = [row["summary"] for row in told(till, buyer)["data"]]
    assert said == [
        "Bought for 7.00\N{NO-BREAK SPACE}€; voided (store)",
        "Card made",
    ]
