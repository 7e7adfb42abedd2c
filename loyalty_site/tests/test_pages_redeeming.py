"""Redeeming on a customer's page, taking it back with the outcome shown before, and the menu that customers see."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from customers import audiences
from customers.merchants import ids
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import assert_sound
from rewards import catalog, redemption, vouchers
from rewards.models import Redemption, Reward

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}


@pytest.fixture
def program(shop):
    return factories.program(shop)


@pytest.fixture
def ana(shop, program):
    """A customer with 50 points."""
    person = factories.customer(shop, name="Ana")
    factories.purchase(shop, person, amount=5000, at=timezone.now() - timedelta(hours=1))
    return person


def offered(program, **fields) -> Reward:
    terms = {"name": "Coffee", "cost": 10, "benefit": COFFEE, **fields}
    return catalog.create(program=program, at=factories.AT, **terms)


def rewards_page(customer) -> str:
    return f"/m/a/customers/{customer.public_id}/rewards/"


def button(shown, reward) -> dict:
    """What the button of a reward sends."""
    forms = re.findall(r"<form method=\"post\">(.*?)</form>", shown.content.decode(), re.DOTALL)
    [form] = [one for one in forms if reward.public_id in one]
    return dict(re.findall(r'name="(membership|reward|receipt)" value="([^"]+)"', form))


def taken(customer, reward, **more) -> Redemption:
    member = customer.memberships.select_related("program__merchant").get()
    return redemption.redeem(membership=member, reward=reward, at=timezone.now(), **more)


def test_a_customer_finds_what_can_be_redeemed_and_what_is_missing(dora, program, ana):
    offered(program)
    offered(program, name="Feast", cost=80)
    offered(program, name="Hidden", status="draft")

    shown = unescape(text(dora.get(rewards_page(ana))))

    assert "50 points to spend." in shown
    assert "Feast 80 points · 1 × coffee for free 30 points short, about 18 days at this customer's pace." in shown
    assert "Hidden" not in shown
    assert "Redeem a reward" in text(dora.get(f"/m/a/customers/{ana.public_id}/"))


def test_without_a_reward_or_a_program_the_page_says_what_is_missing(alice, shop):
    ben = factories.customer(shop)
    assert "in no program yet" in text(alice.get(rewards_page(ben)))

    factories.program(shop)

    assert "No reward is on the menu" in text(alice.get(rewards_page(ben)))


def test_a_button_redeems_at_once_and_pressed_twice_once(dora, shop, program, ana):
    coffee = offered(program)
    sent = button(dora.get(rewards_page(ana)), coffee)

    for __ in range(2):
        response = dora.post(rewards_page(ana), sent, follow=True)

    made = Redemption.objects.get()
    assert (made.public_id, made.status, made.points) == (sent["receipt"], "captured", 10)
    assert made.staff.user.email == "dora@a.test"
    assert made.vouchers.get().code in text(response)
    assert "Coffee is redeemed. The voucher is below." in text(response)
    assert_sound(shop)


def test_a_receipt_of_something_else_is_refused(dora, program, ana):
    coffee, cake = offered(program), offered(program, name="Cake")
    made = taken(ana, coffee)
    sent = {**button(dora.get(rewards_page(ana)), cake), "receipt": made.public_id}

    assert "was redeemed for something else already" in text(dora.post(rewards_page(ana), sent))
    assert "Load the page again and redeem once more." in text(dora.post(rewards_page(ana), {**sent, "receipt": "x"}))
    assert Redemption.objects.count() == 1


def test_what_is_refused_is_said_on_the_page(dora, program, ana):
    coffee = offered(program)
    sent = button(dora.get(rewards_page(ana)), coffee)
    catalog.update(reward=coffee, at=factories.AT, cost=60)

    response = dora.post(rewards_page(ana), sent)

    assert "There are not enough points: 50 can be used, and 60 are asked for." in text(response)
    assert not Redemption.objects.exists()


def test_another_shops_reward_or_somebody_elses_membership_does_not_exist(dora, shop, program, ana):
    rival = factories.merchant(slug="b", owner="charlie@b.test")
    theirs, other = offered(factories.program(rival)), factories.customer(shop).memberships.get()
    mine = {"membership": ana.memberships.get().public_id, "receipt": ids.new("rdm")}

    assert dora.post(rewards_page(ana), {**mine, "reward": theirs.public_id}).status_code == 404
    sent = {**mine, "membership": other.public_id, "reward": offered(program).public_id}
    assert dora.post(rewards_page(ana), sent).status_code == 404


def test_cancelling_says_what_comes_back_and_then_does_it(dora, shop, program, ana):
    made = taken(ana, offered(program, stock=5), quantity=2)
    page = f"/m/a/redemptions/{made.public_id}/cancel/"

    asked = text(dora.get(page))
    assert "20 points come back, 50 points to spend then." in asked
    assert "Its 2 vouchers can no longer be used." in asked
    assert "It is in stock again." in asked
    made.refresh_from_db()
    assert made.status == "captured"

    for __ in range(2):
        done = dora.post(page, follow=True)

    made.refresh_from_db()
    assert (made.status, Reward.objects.get().stock) == ("cancelled", 5)
    assert "Coffee is cancelled." in text(done)
    assert "This is over already" in text(dora.get(page))
    assert_sound(shop)


def test_what_costs_nothing_or_is_held_is_cancelled_too(dora, program, ana):
    free, held = taken(ana, offered(program, cost=0)), taken(ana, offered(program), capture=False)

    assert "It cost nothing, so no points move." in text(dora.get(f"/m/a/redemptions/{free.public_id}/cancel/"))
    assert "10 points come back, 50 points to spend then." in text(
        dora.get(f"/m/a/redemptions/{held.public_id}/cancel/")
    )


def test_a_used_voucher_is_said_and_its_redemption_has_no_button(dora, program, ana):
    made = taken(ana, offered(program))
    vouchers.use(voucher=made.vouchers.get(), at=timezone.now())

    asked = text(dora.get(f"/m/a/redemptions/{made.public_id}/cancel/"))
    assert "has been used, so its points do not come back" in asked
    assert f"redemptions/{made.public_id}" not in dora.get(rewards_page(ana)).content.decode()


def test_the_ledger_leads_to_cancelling_while_it_stands(dora, program, ana):
    made = taken(ana, offered(program))
    page = f"/m/a/customers/{ana.public_id}/ledger/"
    assert f"/m/a/redemptions/{made.public_id}/cancel/" in dora.get(page).content.decode()

    redemption.cancel(redemption=made, at=timezone.now())

    assert "/m/a/redemptions/" not in dora.get(page).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_the_same_queries(dora, shop, program, ana, count, django_assert_num_queries):
    regulars = audiences.create(merchant=shop, name="Regulars", at=factories.AT)
    for number in range(count):
        offered(program, name=f"r{number}", stock=3, per_customer=1, audience=regulars)
    free = offered(program, cost=0)
    for __ in range(count):
        taken(ana, free)

    # Session, person, place, customer, memberships; 8 for the options, balances (2), redemptions, vouchers.
    with django_assert_num_queries(17):
        dora.get(rewards_page(ana))


def test_the_menu_is_for_everybody_in_every_language_without_what_is_not_theirs(client, shop, program):
    regulars = audiences.create(merchant=shop, name="Regulars", at=factories.AT)
    offered(program, description="Any size.", per_customer=1, limit_period="week", voucher_days=30)
    offered(program, name="Soon", starts_at=datetime(2099, 1, 1, tzinfo=UTC))
    offered(program, name="Sold", stock=0, cost=0)
    offered(program, name="Draft", status="draft")
    offered(program, name="Over", ends_at=factories.AT)
    offered(program, name="Secret", audience=regulars)

    response = client.get("/rewards/a/")

    shown = text(response)
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in response
    assert re.findall(r'<section lang="(\w+)"', response.content.decode()) == ["en", "es"]
    assert "Coffee 1 × coffee for free Any size. At most 1 a week for each customer." in shown
    assert "From 1 Jan 2099." in shown
    assert "None left at the moment." in shown
    assert [name in shown for name in ("Draft", "Over", "Secret", "unit")] == [False] * 4
    assert client.get("/rewards/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("query", "size", "languages"),
    [
        ("", "a4", ["en", "es"]),
        ("?size=a5&language=es", "a5", ["es"]),
        ("?size=letter&language=en", "letter", ["en"]),
        ("?size=%00&language=xx", "a4", ["en", "es"]),
    ],
)
def test_the_menu_is_printed_on_the_paper_and_in_the_language_that_is_asked_for(client, shop, query, size, languages):
    shown = client.get(f"/rewards/a/{query}").content.decode()

    assert re.findall(r'class="menu running (\w+)"', shown) == [size]
    assert re.findall(r'<section lang="(\w+)"', shown) == languages
    assert "Nothing is on the menu at the moment." in shown or languages == ["es"]


def test_early_access_and_tiers_are_said_on_the_menu(client, shop):
    program = factories.program(shop, tiers=[{"name": "Friend", "threshold": 0}])
    early = {"early_at": datetime(2098, 12, 1, 12, tzinfo=UTC), "early_tiers": ["Friend"]}
    offered(program, tiers=["Friend"], starts_at=datetime(2099, 1, 1, tzinfo=UTC), **early)

    shown = text(client.get("/rewards/a/"))

    assert "For Friend. From 1 Jan 2099. For Friend from 1 Dec 2098." in shown
