"""The page of one purchase; voiding it, and moving it to the customer whose it is."""

import pytest
from django.urls import reverse
from django.utils import translation

from customers.merchants.models import Role
from customers.models import Purchase
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import snapshot
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import assert_sound, line, points, program_with, recorded, rule
from rewards import ledger
from rewards.models import Entry
from rewards.tests import factories as promises

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    return factories.customer(shop, name="Ana", phone="+34600111222")


@pytest.fixture
def ben(shop):
    return factories.customer(shop, name="Ben", phone="+34600333444")


def page(purchase, name="purchase") -> str:
    return reverse(name, args=["a", purchase.public_id])


def written(before: dict) -> set[str]:
    """The tables that changed since a snapshot, sessions aside."""
    after = snapshot()
    return {name for name in after if after[name] != before[name]} - {"sessions.Session"}


@pytest.mark.any_database
def test_page_says_what_was_bought_what_it_earned_and_why_what_came_back_and_what_stands(dora, shop):
    program_with(shop, rule(1, "Base"), rule({"fixed": 5}, "Coffee", when={"categories": ["coffee"]}))
    lines = [line(900, "coffee", 3, name="Flat white"), line(500, "cake", 2, name="Carrot cake")]
    purchase = recorded(shop, factories.customer(shop, name="Ana"), lines, external_id="T-77", code="hello")
    flows.refund_purchase(merchant=shop, purchase_id=purchase.pk, lines=[(2, 1)], at=AT)

    said = text(dora.get(page(purchase)))

    for words in (
        "Purchase of 14.00 €", "2.50 € came back, 11.50 € stands.", "T-77", "hello", "Flat white", "coffee", "Ana",
        "+19 points", "Base +14: 1 for each full 1.00 € of 14.00 €", "Coffee +5: 5 for the purchase (of coffee)",
        "16 points of it stand today.", "1 × Carrot cake", "taken back", "−3",
    ):  # fmt: skip
        assert words in said.replace("</strong>", "")


@pytest.mark.any_database
def test_looking_writes_nothing_and_offers_changes_only_to_those_who_may(client, dora, shop, ana):
    program_with(shop)
    purchase = recorded(shop, ana)
    bob = factories.staff(shop, email="bob@a.test", role=Role.ANALYST)
    before = snapshot()

    served = dora.get(page(purchase)).content.decode()
    client.force_login(bob)
    looked = client.get(page(purchase)).content.decode()

    offers = [page(purchase, name) for name in ("give_back", "purchase_void", "purchase_reassign")]
    assert [offer in served for offer in offers] == [True] * 3
    assert [offer in looked for offer in offers] == [False] * 3
    assert written(before) == {"merchants.User", "axes.AccessLog"}  # the sign-in alone


@pytest.mark.any_database
def test_page_says_why_its_points_moved_and_by_whom(dora, shop, ana, ben):
    program_with(shop)
    purchase = recorded(shop, ana)
    dora.post(page(purchase, "give_back"), {"amount": "4", "receipt": "back-0123456789abcdefghijkl"})
    dora.post(page(purchase, "purchase_reassign"), {"to": ben.public_id})
    dora.post(page(purchase, "purchase_void"))

    said = text(dora.get(page(purchase)))

    for words in (
        "Ben Points taken back the purchase was voided by Dora −6",
        "Ben Points taken back for what had come back before by Dora −4",
        "Ben Points earned it was moved here by Dora +10",
        "Ana Points taken back it was moved to somebody else by Dora −6",
        "Ana Points taken back 4.00 € came back by Dora −4",
        "Ana Points earned +10",
    ):
        assert words in said


@pytest.mark.any_database
def test_profile_and_receipt_lead_to_the_page(dora, shop, ana):
    purchase = recorded(shop, ana)

    profile = dora.get(reverse("customer", args=["a", ana.public_id]))
    receipt = dora.get(reverse("counter_card", args=["a", ana.public_id]), {"receipt": purchase.public_id})

    assert [page(purchase) in answer.content.decode() for answer in (profile, receipt)] == [True, True]


@pytest.mark.parametrize("count", [1, 30])
def test_page_takes_the_same_queries(client, shop, ana, django_assert_num_queries, count):
    program_with(shop)
    purchase = recorded(shop, ana, [line(100) for __ in range(count)])
    for number in range(1, count + 1):
        flows.refund_purchase(merchant=shop, purchase_id=purchase.pk, lines=[(number, 1)], at=AT, actor="stf_x")
    client.force_login(factories.staff(shop, email="bob@a.test", role=Role.ANALYST))
    client.get(page(purchase))

    # session, user, place; purchase; refunds with lines (3); entries with people and keys (3); lines, kept, judgements
    with django_assert_num_queries(13):
        client.get(page(purchase))


@pytest.mark.any_database
def test_question_says_what_a_void_does_to_the_points(dora, shop, ana):
    program = program_with(shop)
    purchase = recorded(shop, ana)
    ledger.post([promises.Till(promises.membership(ana, program)).posting(-7, kind="adjust")], at=AT)
    before = snapshot()

    asked, alone = text(dora.get(page(purchase))), text(dora.get(page(purchase, "purchase_void")))

    for said in (asked, alone):
        assert "Void this purchase?" in said
        assert "10 points taken back" in said
        assert "7 points are owed then, and the next purchases repay them." in said
    assert written(before) == set()


@pytest.mark.any_database
def test_staff_voids_and_is_named_and_once_more_changes_nothing(dora, shop, ana):
    program_with(shop)
    purchase = recorded(shop, ana)

    answers = [dora.post(page(purchase, "purchase_void"), follow=True) for __ in range(2)]

    assert [answer.redirect_chain for answer in answers] == [[(page(purchase), 302)]] * 2
    assert "The purchase is void: it counts for nothing now." in text(answers[0])
    taken = Entry.objects.get(kind="reverse")
    assert (taken.points, taken.actor) == (-10, shop.staff.get(user__email="dora@a.test").public_id)
    assert "Void this purchase?" not in text(dora.get(page(purchase)))
    assert "This purchase is void already" in text(dora.get(page(purchase, "purchase_void")))
    assert_sound(shop)


def test_customer_is_found_as_at_the_counter_and_who_has_it_is_no_choice(dora, shop, ana, ben):
    purchase = recorded(shop, ana)
    search = page(purchase, "purchase_reassign")

    found = dora.get(search, {"q": "3444"}, headers={"HX-Request": "true"})
    own = dora.get(search, {"q": "Ana"})
    nobody = text(dora.get(search, {"q": "Zoe"}))

    assert "<html" not in found.content.decode()
    assert f"{search}?to={ben.public_id}" in found.content.decode()
    assert "+34600333444" not in found.content.decode()
    assert f"?to={ana.public_id}" not in own.content.decode()
    assert "has this purchase now" in text(own)
    assert "Nobody answers to “Zoe”." in nobody


@pytest.mark.any_database
def test_both_sides_are_shown_before_a_purchase_moves(dora, shop, ana, ben):
    program_with(shop, rule(1), rule({"fixed": 9}, "First", when={"first_purchase": True}))
    recorded(shop, ben, amount=100)
    purchase = recorded(shop, ana)
    before = snapshot()

    said = text(dora.get(page(purchase, "purchase_reassign"), {"to": ben.public_id}))

    assert "Is this the purchase of Ben?" in said
    assert "Ana Points: 19 points taken back . 0 points to spend are left." in said
    assert "Ben Points: 10 points earned . 20 points to spend are left." in said
    assert "Yes, it belongs to Ben" in said
    assert written(before) == set()


@pytest.mark.any_database
def test_purchase_moves_once_however_often_the_button_is_pressed(dora, shop, ana, ben):
    program_with(shop)
    purchase = recorded(shop, ana)
    sent = {"to": ben.public_id, "had": ana.public_id}

    answers = [dora.post(page(purchase, "purchase_reassign"), sent, follow=True) for __ in range(2)]

    assert [answer.redirect_chain for answer in answers] == [[(page(purchase), 302)]] * 2
    assert "The purchase belongs to Ben now." in text(answers[0])
    assert (points(ana), points(ben)) == (0, 10)
    assert {entry.actor for entry in Entry.objects.filter(kind="reverse")} == {
        shop.staff.get(user__email="dora@a.test").public_id
    }
    assert_sound(shop)


@pytest.mark.any_database
def test_anonymous_sale_is_claimed(dora, shop, ana):
    program_with(shop)
    purchase = recorded(shop, None)

    asked = text(dora.get(page(purchase)))
    said = text(dora.get(page(purchase, "purchase_reassign"), {"to": ana.public_id}))
    dora.post(page(purchase, "purchase_reassign"), {"to": ana.public_id, "had": ""})

    assert "Claim for a customer" in asked
    assert "10 points earned" in said
    assert points(ana) == 10


def test_purchase_that_somebody_else_moved_meanwhile_stays_where_it_is(dora, shop, ana, ben):
    eva = factories.customer(shop, name="Eva")
    purchase = recorded(shop, ana)
    flows.reassign_purchase(merchant=shop, purchase_id=purchase.pk, customer_id=eva.pk, at=AT)

    response = dora.post(page(purchase, "purchase_reassign"), {"to": ben.public_id, "had": ana.public_id})

    assert "This purchase was moved by somebody else meanwhile." in text(response)
    assert Purchase.objects.get().customer == eva


def test_void_purchase_is_not_moved(dora, shop, ana, ben):
    purchase = recorded(shop, ana)
    flows.void_purchase(merchant=shop, purchase_id=purchase.pk, at=AT)

    asked = text(dora.get(page(purchase, "purchase_reassign")))
    refused = text(dora.post(page(purchase, "purchase_reassign"), {"to": ben.public_id}))

    assert "This purchase was voided: it counts for nothing, so it cannot be moved." in asked
    assert "so nothing of it can be given back or moved." in refused
    assert Purchase.objects.get().customer == ana
