"""The catalog over the API: made, changed, listed, and what a member finds in it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers import audiences
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows, snapshot
from rewards import redemption
from rewards.models import Membership, Reward

pytestmark = pytest.mark.django_db

COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}
TIERS = [{"name": "Regular", "threshold": 0}, {"name": "Friend", "threshold": 20000}]
FIELDS = [
    "id", "program", "name", "description", "status", "cost", "benefit", "stock", "limits", "starts_at", "ends_at",
    "tiers", "early_access", "audience", "unit_cost", "perceived_value", "voucher_days", "picture", "created_at",
]  # fmt: skip


@pytest.fixture
def program(shop):
    return factories.program(shop, tiers=TIERS)


@pytest.fixture
def till(shop):
    return api_client.api(shop)


@pytest.fixture
def ana(shop, program):
    """A member with 50 points."""
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer, amount=5000, at=timezone.now())
    return buyer.memberships.get()


def make(till, program, **fields):
    body = {"program": program.public_id, "name": "Coffee", "cost": 10, "benefit": COFFEE, **fields}
    return till.post("rewards", body, once=None)


def options(till, member, **params):
    return till.get(f"memberships/{member.public_id}/rewards", **params).json()


def test_reward_is_made_with_every_field_and_read_as_it_was_sent(till, shop, program):
    regulars = audiences.create(merchant=shop, name="Regulars", at=factories.AT)
    sent = {
        "description": "Any size.",
        "stock": 7,
        "limits": {"per_customer": 1, "period": "week"},
        "starts_at": "2026-05-01T00:00:00Z",
        "ends_at": "2026-06-01T00:00:00Z",
        "tiers": ["Friend"],
        "early_access": {"tiers": ["Friend"], "starts_at": "2026-04-24T00:00:00Z"},
        "audience": regulars.public_id,
        "unit_cost": 60,
        "perceived_value": 180,
        "voucher_days": 30,
        "status": "draft",
    }

    response = make(till, program, **sent)

    body = response.json()
    assert (response.status_code, list(body)) == (201, FIELDS)
    assert {name: body[name] for name in sent} == sent
    assert (body["program"], body["picture"]) == (program.public_id, None)
    assert till.get(f"rewards/{body['id']}").json() == body


def test_reward_that_says_little_is_offered_at_once_to_everybody_and_for_ever(till, program):
    body = make(till, program).json()

    empty = ("stock", "limits", "starts_at", "ends_at", "early_access", "audience", "unit_cost", "voucher_days")
    assert (body["status"], body["tiers"], [body[name] for name in empty]) == ("active", [], [None] * len(empty))


def test_times_without_a_zone_are_on_the_shops_clock(till, program):
    assert make(till, program, starts_at="2026-05-01T00:00:00").json()["starts_at"] == "2026-04-30T22:00:00Z"


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"cost": 1.5}, "invalid", "cost"),
        ({"cost": -1}, "invalid_reward", "cost"),
        ({"unit_cost": "60"}, "invalid_amount", "unit_cost"),
        ({"benefit": {"kind": "amount_off"}}, "invalid_benefit", "benefit.amount"),
        ({"benefit": {"kind": "amount_off", "amount": 5, "percent": 5}}, "unknown_field", "benefit.percent"),
        ({"tiers": ["Nobody"]}, "unknown_tier", "tiers"),
        ({"limits": {"per_customer": 0}}, "invalid_reward", "limits.per_customer"),
        ({"limits": {"times": 1, "per_customer": 1}}, "unknown_field", "limits.times"),
        ({"early_access": {"tiers": ["Friend"]}}, "required", "early_access.starts_at"),
        ({"status": "gone"}, "invalid_reward", "status"),
        ({"costs": 1}, "unknown_field", "costs"),
        ({"name": ""}, "blank", "name"),
    ],
)
def test_a_slip_is_refused_with_its_place(till, program, fields, code, place):
    response = make(till, program, **fields)

    assert refused(response) == (400, code)
    assert places(response) == [(place, code)]
    assert not Reward.objects.exists()


def test_names_of_others_are_missing(till, shop, program):
    rival = factories.merchant(slug="b", owner="charlie@b.test")
    theirs = audiences.create(merchant=rival, name="Theirs", at=factories.AT)

    assert refused(make(till, program, audience=theirs.public_id)) == (404, "unknown_audience")
    assert refused(make(till, factories.program(rival))) == (404, "not_found")


def test_dry_run_writes_nothing(till, program):
    path = "rewards?dry_run=true"
    body = {"program": program.public_id, "name": "Coffee", "cost": 10, "benefit": COFFEE}
    before = snapshot()

    reply = till.post(path, body, once=None)

    assert (reply.status_code, reply.json()["id"], reply.json()["dry_run"]) == (200, None, True)
    assert snapshot() == before


def test_change_touches_what_it_names_and_null_empties(till, program):
    reward = make(till, program, stock=5, limits={"per_customer": 2}, description="Any size.").json()

    changed = till.patch(f"rewards/{reward['id']}", {"cost": 20, "stock": None, "limits": None, "status": "archived"})

    assert changed.json() == {**reward, "cost": 20, "stock": None, "limits": None, "status": "archived"}
    assert refused(till.patch(f"rewards/{reward['id']}", {"program": "prg_1"})) == (400, "unknown_field")


@pytest.mark.any_database
def test_reward_that_nobody_took_is_deleted_and_one_that_was_taken_stays(till, program, ana):
    unwanted, coffee = make(till, program).json(), make(till, program).json()
    till.post("redemptions", {"membership": ana.public_id, "reward": coffee["id"]})

    assert till.delete(f"rewards/{unwanted['id']}").status_code == 204
    assert refused(till.delete(f"rewards/{coffee['id']}")) == (409, "has_redemptions")
    assert refused(till.patch(f"rewards/{coffee['id']}", {"status": "draft"})) == (409, "wrong_status")


def test_list_is_in_menu_order_and_filters_by_program_and_status(till, shop, program):
    other = factories.program(shop, name="Other")
    for name, of, status in (("a", program, "active"), ("b", other, "active"), ("c", program, "draft")):
        make(till, of, name=name, status=status)

    def names(**params):
        return [one["name"] for one in till.get("rewards", **params).json()["data"]]

    assert names() == ["a", "b", "c"]
    assert names(program=program.public_id) == ["a", "c"]
    assert names(program=program.public_id, status="draft") == ["c"]
    assert refused(till.get("rewards", state="draft")) == (400, "unknown_field")
    assert [row["name"] for row in rows(till.get("rewards", csv=True))] == ["a", "b", "c"]
    first = till.get("rewards", limit=2).json()
    assert [one["name"] for one in till.get("rewards", limit=2, cursor=first["next_cursor"]).json()["data"]] == ["c"]


def test_member_finds_each_reward_with_whether_why_not_and_how_far(till, program, ana):
    make(till, program)
    make(till, program, name="Feast", cost=80)
    make(till, program, name="Friends", tiers=["Friend"])
    make(till, program, name="Draft", status="draft")

    found = options(till, ana)["data"]

    said = [(one["name"], one["eligible"], one["reason"], one["missing"], one["days_to_reach"]) for one in found]
    assert said == [
        ("Coffee", True, None, 0, 0),
        ("Feast", False, "insufficient_points", 30, 18),
        ("Friends", False, "tier", 0, 0),
    ]
    assert list(found[0])[: len(FIELDS)] == FIELDS
    assert found[1]["staff_message"] == "30 points short, about 18 days at this customer's pace."


def test_member_finds_how_well_each_reward_suits_and_why(till, program, ana):
    make(till, program, name="Money", benefit={"kind": "amount_off", "amount": 100})
    make(till, program, name="Feast", cost=80)
    make(till, program, name="Friends", tiers=["Friend"])

    found = options(till, ana)["data"]

    assert [(one["name"], one["rank"], one["why"]) for one in found] == [
        ("Money", 1, "Of use to anybody. Enough points now."),
        ("Feast", 2, "Something new: not bought so far. 30 points short: about 18 days at this pace."),
        ("Friends", None, None),
    ]


def test_amount_counts_what_a_purchase_would_earn(till, program, ana):
    make(till, program, name="Feast", cost=80)

    assert options(till, ana, amount=2900)["data"][0]["missing"] == 1
    assert options(till, ana, amount=3000)["data"][0]["eligible"] is True
    assert refused(till.get(f"memberships/{ana.public_id}/rewards", amount="1.5"))[0] == 400
    assert Membership.objects.count() == 1


def test_staff_message_is_in_the_language_that_is_asked_for(till, program, ana):
    make(till, program)
    path = f"memberships/{ana.public_id}/rewards"

    said = till.get(path, headers={"Accept-Language": "en"}).json()["data"][0]["staff_message"]

    assert said == "Can be redeemed now."


@pytest.mark.parametrize("count", [1, 30])
def test_lists_take_the_same_queries(till, shop, program, ana, count, django_assert_num_queries):
    regulars = audiences.create(merchant=shop, name="Regulars", at=factories.AT)
    for number in range(count):
        make(till, program, name=f"r{number}", stock=3, limits={"per_customer": 1}, audience=regulars.public_id)

    with django_assert_num_queries(3):  # the key, the rewards, what holds that are over give back
        assert len(till.get("rewards").json()["data"]) == min(count, 25)
    with django_assert_num_queries(12):  # the key, the membership, 8 for what decides, and the two of the list
        assert len(options(till, ana)["data"]) == min(count, 25)


@pytest.mark.parametrize("count", [1, 30])
def test_ranking_takes_the_same_queries(till, program, ana, count, django_assert_num_queries):
    for number in range(count):
        make(till, program, name=f"r{number}")

    with django_assert_num_queries(12):  # 9 without it; the visits and their lines, and what was redeemed before
        options(till, ana)


def test_stock_shows_what_holds_that_are_over_give_back(till, program, shop):
    body, begun = make(till, program, cost=0, stock=5).json(), timezone.now() - timedelta(minutes=16)
    member = factories.customer(shop).memberships.select_related("program__merchant").get()
    redemption.redeem(membership=member, reward=Reward.objects.get(), at=begun, capture=False)

    assert (Reward.objects.get().stock, till.get(f"rewards/{body['id']}").json()["stock"]) == (4, 5)
