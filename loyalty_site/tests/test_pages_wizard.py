"""A program in five steps: filled in with the shop's own sales, written only at the end, and nothing is guessed."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from loyalty_site.tests import factories
from loyalty_site.wizard.trades import TRADES
from rewards.models import Program, Reward

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NEW = "/m/a/programs/new/"


def page(response) -> str:
    return response.content.decode()


def fields(shown: str) -> dict:
    """What a browser would send of the step on a page, its buttons left out."""
    body = shown[shown.index('class="editing"') : shown.index("<aside")]
    data = {}
    for tag in re.findall(r"<input[^>]*>", body):
        read = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if read.get("type") != "radio" or " checked" in tag:
            data[read["name"]] = read.get("value", "")
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        data[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    return data


def here(shown: str) -> str:
    return re.findall(r'aria-current="step"><span[^>]*>\d</span> (\w+)', shown)[0]


def errors(shown: str) -> list[str]:
    return re.findall(r'id="id_(\w+)_error"', shown)


def walked(alice, trade, **changed) -> str:
    """The last step after a walk through all, with some answers changed on the way."""
    shown = page(alice.get(NEW, {"trade": trade, "step": "objective"}))
    while here(shown) != "Check":
        typed = fields(shown)
        shown = page(alice.get(NEW, {**typed, **{name: changed[name] for name in changed if name in typed}}))
        if errors(shown):
            return shown
    return shown


@pytest.fixture
def sales(shop):
    """Four customers who bought 8.50 each week of the last three months."""
    now = timezone.now()
    for __ in range(4):
        buyer = factories.customer(shop)
        for week in range(13):
            factories.purchase(shop, buyer, amount=850, at=now - timedelta(weeks=week))


def test_first_step_offers_eight_trades(alice, shop):
    shown = page(alice.get(NEW))

    assert here(shown) == "Trade"
    assert re.findall(r'name="trade" value="(\w+)"', shown) == [trade.name for trade in TRADES]
    assert len(TRADES) == 8


@pytest.mark.parametrize("trade", [trade.name for trade in TRADES])
def test_every_trade_leads_to_a_program_without_changing_anything(alice, shop, sales, trade):
    last = walked(alice, trade)

    answer = alice.post(NEW, fields(last))

    made = Program.objects.get()
    assert answer.status_code == 302
    assert (made.status, made.versions.count()) == ("active", 1)
    assert made.objective["target"] > 0


def test_steps_are_filled_in_with_the_shops_own_sales(alice, shop, sales):
    objective = page(alice.get(NEW, {"trade": "bakery", "step": "objective"}))
    last = walked(alice, "bakery")

    assert "The purchase in the middle: 8.50\xa0€." in objective
    assert re.findall(r"<li>(average purchase: .*?)</li>", objective) == ["average purchase: 8.50\xa0€"]
    assert "An ordinary purchase earns 8 points." in last
    assert "The first reward takes 8 visits." in last
    assert "of what known customers spend." in last
    assert "Only 4 customers come regularly." in last


def test_nothing_is_written_before_the_last_step(alice, shop, sales):
    walked(alice, "cafe")

    assert Program.objects.count() == 0


def test_program_may_stay_a_draft(alice, shop, sales):
    alice.post(NEW, {**fields(walked(alice, "cafe")), "draft": "1"})

    made = Program.objects.get()
    assert (made.kind, made.status, made.versions.get().stamps["size"]) == ("stamps", "draft", 10)


@pytest.mark.parametrize("trade", ["shop", "cafe"])
def test_last_step_pressed_twice_makes_one_program(alice, shop, sales, trade):
    last = fields(walked(alice, trade))

    answers = [alice.post(NEW, last) for __ in range(2)]

    address = f"/m/a/programs/{Program.objects.get().public_id}/"
    assert [answer["Location"] for answer in answers] == [address, address]


def test_answers_change_what_is_promised(alice, shop, sales):
    last = walked(alice, "bakery", points="2", every="5,00", value="0,05", months="", title="Ours", target="6")

    alice.post(NEW, {**fields(last), "title": "Ours"})

    made = Program.objects.get()
    assert (made.name, made.point_value, made.objective["target"]) == ("Ours", 5, 6)
    version = made.versions.get()
    assert [rule["award"] for rule in version.rules] == [{"per_amount": {"points": 2, "every": 500}}]
    assert version.policies["expiry"] == {"kind": "never"}


def test_trade_of_stamps_can_become_one_of_points(alice, shop, sales):
    shown = walked(alice, "cafe", kind="points")

    assert Program.objects.count() == 0
    alice.post(NEW, fields(shown))
    assert Program.objects.get().kind == "points"


def test_shop_is_offered_a_tier_that_its_regulars_reach(alice, shop, sales):
    last = walked(alice, "shop")

    alice.post(NEW, fields(last))

    version = Program.objects.get().versions.get()
    assert "Tiers by what was spent in 12 months: Regular from the start, Friend from 400.00\xa0€ on." in last
    assert "Friend: 1.5 times the points." in last
    assert version.tiers == [
        {"name": "Regular", "threshold": 0},
        {"name": "Friend", "threshold": 40_000, "multiply": "1.5"},
    ]
    assert version.tier_policy["window_months"] == 12


@pytest.mark.parametrize("changed", [{"tier": ""}, {"kind": "stamps"}])
def test_tiers_of_the_shop_can_be_left_out(alice, shop, sales, changed):
    alice.post(NEW, fields(walked(alice, "shop", **changed)))

    assert Program.objects.get().versions.get().tiers == []


def test_step_that_is_done_can_be_gone_back_to_with_its_answers(alice, shop, sales):
    last = walked(alice, "bakery", points="7", target="6")

    back = re.findall(r'href="(/m/a/programs/new/\?[^"]+)"', last)
    earlier = [page(alice.get(unescape(address))) for address in back]

    assert [here(shown) for shown in earlier] == ["Trade", "Objective", "Earning", "Rewards"]
    assert (fields(earlier[1])["target"], fields(earlier[2])["points"], fields(earlier[3])["goal"]) == ("6", "7", "64")


@pytest.mark.parametrize("trade", ["bakery", "cafe"])
def test_other_trades_do_not_ask_for_tiers(alice, shop, sales, trade):
    assert "tier" not in fields(walked(alice, trade))


@pytest.mark.parametrize(
    ("trade", "wrong", "field"),
    [
        ("bakery", {"target": ""}, "target"),
        ("bakery", {"target": "many"}, "target"),
        ("bakery", {"target": "nan"}, "target"),
        ("bakery", {"by": "soon"}, "by"),
        ("bakery", {"points": "0"}, "points"),
        ("bakery", {"every": ""}, "every"),
        ("cafe", {"least": "0"}, "least"),
        ("cafe", {"size": "1"}, "size"),
        ("cafe", {"reward": ""}, "reward"),
        ("bakery", {"value": "a cent"}, "value"),
        ("bakery", {"months": "0"}, "months"),
        ("shop", {"above": ""}, "above"),
        ("shop", {"times": "1"}, "times"),
        ("shop", {"times": "nan"}, "times"),
        ("shop", {"times": "1.555"}, "times"),
    ],
)
def test_answer_that_makes_no_sense_is_refused_at_its_step(alice, shop, sales, trade, wrong, field):
    assert errors(walked(alice, trade, **wrong)) == [field]


def test_shop_without_sales_is_not_guessed_about(alice, shop):
    shown = walked(alice, "bakery", target="2")

    assert "No sales of a whole month are on record, so nothing is reckoned." in shown
    assert "A regular collects" not in shown
    alice.post(NEW, fields(shown))
    assert Program.objects.get().objective["target"] == 2


def test_name_that_is_taken_is_refused_at_the_last_step(alice, shop, sales):
    factories.program(shop, name="Ours")
    last = walked(alice, "bakery")

    refused = page(alice.post(NEW, {**fields(last), "title": "Ours"}))

    assert errors(refused) == ["title"]
    assert Program.objects.count() == 1


@pytest.mark.parametrize(
    "query", [{"trade": "\0"}, {"step": "check"}, {"trade": "cafe", "step": "\0"}, {"trade": "cafe", "kind": "luck"}]
)
def test_nonsense_is_answered(alice, shop, query):
    assert alice.get(NEW, query).status_code == 200
    assert alice.post(NEW, query).status_code == 200
    assert Program.objects.count() == 0


@pytest.mark.parametrize("count", [1, 30])
def test_step_takes_the_same_queries(alice, shop, count, django_assert_num_queries):
    for __ in range(count):
        factories.purchase(shop, factories.customer(shop), at=datetime(2026, 3, 1, 12, tzinfo=UTC))

    with django_assert_num_queries(5):  # session, user, place; the oldest month, the sums of none since
        alice.get(NEW, {"trade": "cafe", "step": "check"})


def test_home_of_a_new_shop_leads_to_a_program_with_links_and_forms_alone(alice, shop):
    home = page(alice.get("/m/a/"))

    [address] = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>Make the first program</a>', home)
    last = walked(alice, "cafe", target="2")
    answer = alice.post(address, fields(last), follow=True)

    assert address == NEW
    assert "runs: purchases earn." in page(answer)


def test_the_first_reward_is_made_with_the_program_and_once(alice, sales):
    shown = walked(alice, "bakery", kind="points", value="0.05", goal="100")
    sent = fields(shown)
    assert "On the menu: 5.00\xa0€ off for 100 points." in unescape(shown)

    for __ in range(2):
        alice.post(NEW, {**sent, "draft": "1"})

    first = Reward.objects.get()
    assert (first.name, first.cost, first.status) == ("5.00\xa0€ off", 100, "active")
    assert first.benefit == {"kind": "amount_off", "amount": 500}
    assert (first.unit_cost, first.perceived_value) == (500, 500)


@pytest.mark.parametrize(("kind", "value"), [("points", "0"), ("stamps", "0.05")])
def test_points_worth_nothing_and_stamps_make_no_reward(alice, sales, kind, value):
    shown = walked(alice, "bakery", kind=kind, value=value)

    alice.post(NEW, {**fields(shown), "draft": "1"})

    assert Program.objects.exists()
    assert not Reward.objects.exists()
