"""The budget of a program: an alarm at home and in the API, that never changes what is earned."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from loyalty_site import flows
from loyalty_site.selectors import home
from loyalty_site.selectors.programs import program_page
from loyalty_site.tests import api_client, factories
from rewards import budgets

pytestmark = pytest.mark.django_db

AT = factories.AT


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def program(shop):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return factories.program(shop, point_value="1.5", budget={"per_month": 30}, starts_at=start)


def test_what_is_granted_counts_in_its_month_less_what_came_back(shop, program):
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer, amount=900, at=datetime(2026, 2, 28, 22, 59, tzinfo=UTC))
    factories.purchase(shop, buyer, amount=1000, at=datetime(2026, 2, 28, 23, 0, tzinfo=UTC))
    bought = factories.purchase(shop, buyer, amount=1100, at=AT)
    flows.refund_purchase(merchant=shop, purchase_id=bought.draft.pk, amount=300, at=AT)

    [found] = budgets.this_month(shop, at=AT)

    assert (found.granted, found.worth, found.budget, found.is_over) == (18, 27, 30, False)


def test_worth_of_the_budget_itself_is_no_alarm(shop, program):
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer, amount=2000)
    assert budgets.over(shop, at=AT) == []

    factories.purchase(shop, buyer, amount=100)

    [found] = budgets.over(shop, at=AT)
    assert (found.granted, found.worth) == (21, 32)


def test_alerts_say_what_is_over(shop, program):
    till, buyer = api_client.api(shop, scope="read"), factories.customer(shop)
    assert till.get("alerts").json() == {"data": [], "has_more": False, "next_cursor": None}

    factories.purchase(shop, buyer, amount=4000, at=timezone.now())

    [alert] = till.get("alerts").json()["data"]
    assert {name: alert[name] for name in ("kind", "program", "granted", "worth", "budget", "message")} == {
        "kind": "budget",
        "program": program.public_id,
        "granted": 40,
        "worth": 60,
        "budget": 30,
        "message": "Points granted points worth €0.60 this month; the budget is €0.30.",
    }
    assert till.get("alerts", csv=True).getvalue().decode().splitlines()[0].startswith("kind,program,month")


def test_home_and_the_program_say_it_too(shop, program):
    factories.purchase(shop, factories.customer(shop), amount=4000)

    todo = home.home(factories.place(shop), at=AT).todos[0]

    assert todo.title == "Points is over its budget this month"
    assert todo.href == reverse("program", args=["a", program.public_id])
    assert program_page(program, at=AT).goals == [
        "0.30\xa0€ are planned for a month. This month it granted 0.60\xa0€: over the budget."
    ]


def test_budget_changes_nothing_that_is_earned(shop, program):
    buyer = factories.customer(shop)

    earned = [factories.purchase(shop, buyer, amount=4000).earned[0].points for __ in range(2)]

    assert earned == [40, 40]


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (("repeat_rate_90d", 0.45), "45.0% (share of customers who come back within 90 days)"),
        (("average_purchase", 1250), "12.50\xa0€ (average purchase)"),
        (("active_customers", 300), "300 (customers who bought within the month)"),
    ],
)
def test_aim_of_a_program_is_said_in_words(shop, objective, said):
    metric, target = objective
    made = factories.program(shop, objective={"metric": metric, "target": target, "by": "2027-06-30"})

    assert program_page(made, at=AT).goals == [f"Aim by 30 Jun 2027: {said}."]


def test_shop_without_a_budget_asks_once(shop, django_assert_num_queries):
    factories.program(shop)

    with django_assert_num_queries(1):
        assert budgets.over(shop, at=AT) == []
