"""The pages of rewards: the list, the form with every kind, drafts, places in the menu, and one with its figures."""

import re

import pytest

from customers import audiences
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from rewards import catalog, redemption
from rewards.models import Reward

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/m/a/rewards/"
COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}
TYPED = {
    "name": "A coffee",
    "kind": "free_product",
    "by": "category",
    "product": "coffee",
    "quantity": "1",
    "cost": "50",
}


@pytest.fixture
def program(shop):
    return factories.program(shop, point_value=5)


def page(response) -> str:
    return response.content.decode()


def errors(response) -> list[str]:
    return re.findall(r'id="id_(\w+)_error"', page(response))


def offered(program, **fields) -> Reward:
    return catalog.create(
        program=program, at=factories.AT, **{"name": "Coffee", "cost": 10, "benefit": COFFEE, **fields}
    )


def names() -> list[str]:
    return list(Reward.objects.order_by("position").values_list("name", flat=True))


def test_an_empty_list_teaches_with_an_example_and_asks_for_a_program_first(alice, shop):
    shown = page(alice.get(LIST))
    assert "Make the first program" in shown
    assert "Make the first program" in page(alice.get(f"{LIST}new/"))

    factories.program(shop)

    assert "Make the first reward" in page(alice.get(LIST))


def test_a_reward_is_offered_with_what_was_typed(alice, program):
    typed = {
        **TYPED,
        "description": "Any size.",
        "unit_cost": "0.60",
        "perceived_value": "1,80",
        "stock": "20",
        "per_customer": "1",
        "limit_period": "week",
        "starts_at": "2026-05-01T09:00",
        "ends_at": "2026-06-01T00:00",
        "voucher_days": "30",
    }

    response = alice.post(f"{LIST}new/", typed)

    made = Reward.objects.get()
    assert response.headers["Location"] == f"{LIST}{made.public_id}/"
    assert (made.name, made.description, made.cost, made.benefit) == ("A coffee", "Any size.", 50, COFFEE)
    assert (made.unit_cost, made.perceived_value, made.stock, made.voucher_days) == (60, 180, 20, 30)
    assert (made.per_customer, made.limit_period, made.status) == (1, "week", "active")
    assert made.starts_at.isoformat() == "2026-05-01T07:00:00+00:00"  # 09:00 in Madrid
    assert made.ends_at.isoformat() == "2026-05-31T22:00:00+00:00"


@pytest.mark.parametrize(
    ("typed", "benefit"),
    [
        ({"kind": "amount_off", "amount": "5.00"}, {"kind": "amount_off", "amount": 500}),
        ({"kind": "percent_off", "percent": "10"}, {"kind": "percent_off", "percent": 10}),
        (
            {"kind": "percent_off", "percent": "10", "most": "20"},
            {"kind": "percent_off", "percent": 10, "max_amount": 2000},
        ),
        (
            {"kind": "free_product", "by": "sku", "product": "B1", "quantity": "2"},
            {"kind": "free_product", "sku": "B1", "quantity": 2},
        ),
        ({"kind": "free_shipping"}, {"kind": "free_shipping"}),
        ({"kind": "gift_card", "amount": "20"}, {"kind": "gift_card", "amount": 2000}),
        ({"kind": "experience", "text": "A morning"}, {"kind": "experience", "text": "A morning"}),
        ({"kind": "donation", "to": "Bank", "amount": "2"}, {"kind": "donation", "to": "Bank", "amount": 200}),
    ],
)
def test_every_kind_of_benefit_is_typed_and_shown_again(alice, program, typed, benefit):
    alice.post(f"{LIST}new/", {"name": "R", "cost": "50", **typed})

    made = Reward.objects.get()
    assert made.benefit == benefit
    again = page(alice.get(f"{LIST}{made.public_id}/edit/"))
    fields = {**dict(re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', again)), **kinds(again)}
    alice.post(f"{LIST}{made.public_id}/edit/", fields)
    made.refresh_from_db()
    assert (made.benefit, made.name, made.cost) == (benefit, "R", 50)


def kinds(shown: str) -> dict:
    """What is chosen in the selects of a form."""
    selects = re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', shown, re.DOTALL)
    return {name: re.findall(r'value="([^"]*)" selected', options)[0] for name, options in selects}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"cost": ""}, "cost"),
        ({"cost": "1.5"}, "cost"),
        ({"product": ""}, "product"),
        ({"quantity": "0"}, "quantity"),
        ({"kind": "amount_off", "amount": ""}, "amount"),
        ({"kind": "amount_off", "amount": "x"}, "amount"),
        ({"kind": "percent_off", "percent": "101"}, "percent"),
        ({"kind": "donation", "amount": "5"}, "to"),
        ({"stock": "-1"}, "stock"),
        ({"per_customer": "0"}, "per_customer"),
        ({"unit_cost": "-5"}, "unit_cost"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": "2026-05-01T09:00", "ends_at": "2026-05-01T09:00"}, "ends_at"),
    ],
)
def test_a_slip_is_said_beside_its_field_and_nothing_is_saved(alice, program, typed, field):
    response = alice.post(f"{LIST}new/", {**TYPED, **typed})

    assert errors(response) == [field]
    assert not Reward.objects.exists()


def test_fields_of_another_kind_do_not_matter(alice, program):
    alice.post(f"{LIST}new/", {**TYPED, "kind": "free_shipping", "amount": "x", "percent": "900"})

    assert Reward.objects.get().benefit == {"kind": "free_shipping"}


def test_another_kind_asks_for_its_own_fields_and_judges_nothing_yet(alice, program):
    look = {**TYPED, "name": "", "kind": "donation", "look": "1"}

    whole = alice.post(f"{LIST}new/", look)
    part = alice.post(f"{LIST}new/", look, headers={"HX-Request": "true"})

    assert (errors(whole), "id_to" in page(whole), "id_percent" in page(whole)) == ([], True, False)
    assert re.findall(r'name="(\w+)"', page(part)) == ["to", "amount"]
    assert not Reward.objects.exists()


def test_a_draft_is_offered_later_and_withdrawn_again(alice, program):
    alice.post(f"{LIST}new/", {**TYPED, "draft": "1"})
    made = Reward.objects.get()
    assert made.status == "draft"

    for button, status in (("offer", "active"), ("withdraw", "archived"), ("offer", "active")):
        alice.post(f"{LIST}{made.public_id}/state/", {button: "1"})
        made.refresh_from_db()
        assert made.status == status


def test_what_nobody_took_can_be_removed_and_what_somebody_took_stays(alice, shop, program):
    unwanted, free = offered(program), offered(program, cost=0)
    member = factories.customer(shop).memberships.select_related("program__merchant").get()
    redemption.redeem(membership=member, reward=free, at=factories.AT)

    alice.post(f"{LIST}{unwanted.public_id}/remove/")
    refused = alice.post(f"{LIST}{free.public_id}/remove/", follow=True)

    assert names() == ["Coffee"]
    assert "so it stays on record" in page(refused)


def test_rewards_change_places(alice, program):
    for name in ("a", "b", "c"):
        offered(program, name=name)
    last = Reward.objects.get(name="c")

    alice.post(f"{LIST}{last.public_id}/move/", {"up": "1"})
    assert names() == ["a", "c", "b"]
    alice.post(f"{LIST}{last.public_id}/move/", {"down": "1"})
    assert names() == ["a", "b", "c"]


def test_several_programs_are_chosen_from_first(alice, shop, program):
    other = factories.program(shop, name="Other", tiers=[{"name": "Friend", "threshold": 0}])

    chooser = page(alice.get(f"{LIST}new/"))
    alice.post(f"{LIST}new/?program={other.public_id}", {**TYPED, "tiers": ["Friend"]})

    assert f"{LIST}new/?program={other.public_id}" in chooser
    assert (Reward.objects.get().program, Reward.objects.get().tiers) == (other, ["Friend"])


def test_early_access_and_lists_are_asked_where_there_are_tiers_and_lists(alice, shop):
    factories.program(shop, tiers=[{"name": "Friend", "threshold": 0}])
    regulars = audiences.create(merchant=shop, name="Regulars", at=factories.AT)
    typed = {**TYPED, "starts_at": "2026-05-01T09:00", "early_at": "2026-04-24T09:00", "early_tiers": ["Friend"]}

    alone = alice.post(f"{LIST}new/", {**typed, "early_tiers": []})
    alice.post(f"{LIST}new/", {**typed, "audience": regulars.public_id})

    made = Reward.objects.get()
    assert errors(alone) == []
    assert "Early access needs both a start and the tiers" in text(alone)
    assert (made.early_tiers, made.audience) == (["Friend"], regulars)


def test_cashback_costs_money_and_a_membership_nothing(alice, shop):
    factories.program(shop, name="Cash", kind="cashback")
    alice.post(f"{LIST}new/", {**TYPED, "cost": "2.50"})
    assert Reward.objects.get().cost == 250

    club = factories.program(shop, name="Club", kind="membership", rules=[])
    alice.post(f"{LIST}new/?program={club.public_id}", {**TYPED, "name": "Hello"})
    assert Reward.objects.get(name="Hello").cost == 0


def test_the_list_says_cost_worth_stock_state_and_how_often_and_goes_as_a_file(alice, shop, program):
    free = offered(program, name="Hello", cost=0, unit_cost=60, stock=5)
    offered(program, name="Gone", status="archived")
    member = factories.customer(shop).memberships.select_related("program__merchant").get()
    redemption.redeem(membership=member, reward=free, quantity=2, at=factories.AT)

    shown, file = text(alice.get(LIST)), page(alice.get("/m/a/rewards.csv"))

    assert "offered nothing 0.60 € not known yet 3 2" in shown
    assert "1 withdrawn" in shown
    assert file.splitlines()[1].split(",")[2:] == ["Hello", "offered", "0", "1 × coffee for free", "60", "", "3", "2"]


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries(alice, program, count, django_assert_num_queries):
    for number in range(count):
        offered(program, name=f"r{number}", stock=3)

    with django_assert_num_queries(6):  # session, person, place, rewards, what lapsed holds give back, programs
        alice.get(LIST)


@pytest.mark.parametrize("count", [1, 30])
def test_who_took_it_takes_the_same_queries(alice, shop, program, count, django_assert_num_queries):
    free = offered(program, cost=0)
    for __ in range(count):
        member = factories.customer(shop).memberships.select_related("program__merchant").get()
        redemption.redeem(membership=member, reward=free, at=factories.AT)

    with django_assert_num_queries(8):  # session, person, place, reward, what lapsed, count, redemptions, vouchers
        shown = alice.get(f"{LIST}{free.public_id}/")

    assert page(shown).count("Customer ") >= count


def test_one_reward_says_what_a_point_buys_and_costs(alice, program):
    cake = offered(program, name="Cake", cost=100, unit_cost=300, perceived_value=900)

    shown = text(alice.get(f"{LIST}{cake.public_id}/"))

    assert "0.09 €" in shown
    assert "0.03 €" in shown
    assert "The program reckons with 0.05 € a point." in shown
    assert "costs you more" not in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"unit_cost": 300, "perceived_value": 200}, "It costs you more than it is worth to customers."),
        ({"unit_cost": 600, "perceived_value": 900}, "costs you more than the program reckons with"),
        ({"unit_cost": 100, "perceived_value": 400}, "Customers get less for a point here"),
    ],
)
def test_figures_that_are_odd_are_said(alice, program, fields, said):
    cake = offered(program, name="Cake", cost=100, **fields)

    assert said in text(alice.get(f"{LIST}{cake.public_id}/"))


def test_a_reward_of_another_shop_does_not_exist(alice, shop):
    rival = factories.merchant(slug="b", owner="charlie@b.test")
    theirs = offered(factories.program(rival))

    for path in ("", "edit/"):
        assert alice.get(f"{LIST}{theirs.public_id}/{path}").status_code == 404
    for path in ("state/", "move/", "remove/"):
        assert alice.post(f"{LIST}{theirs.public_id}/{path}").status_code == 404
