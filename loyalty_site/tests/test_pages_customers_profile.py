from datetime import timedelta

import pytest
from django.utils import timezone, translation

from customers.merchants import shops
from customers.purchases import LineDraft, ReturnDraft
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from rewards import catalog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_customer_page_shows_what_was_bought_and_why_it_earned(alice, shop):
    station = shops.add_location(merchant=shop, name="Station")
    factories.program(shop)
    ana = factories.customer(shop, name="Ana")
    factories.purchase(shop, ana, amount=1299, channel="web", location_id=station.pk)

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "1 purchase, the last 10 Mar 2026" in page
    assert "12.99 € web, Station +12 points Points 1 for each full 1.00 € of 12.99 €" in page
    assert "earned Points 1 for each full 1.00 € of 12.99 € Purchase of 12.99 € on 10 Mar 2026. +12 12" in page


@pytest.mark.any_database
def test_customer_page_says_what_came_back(alice, shop):
    factories.program(shop)
    ana = factories.customer(shop, name="Ana")
    bought = factories.purchase(shop, ana, amount=1000).draft
    back = ReturnDraft(amount=400, occurred_at=factories.AT, purchase_id=bought.pk)
    flows.record_returns(merchant=shop, drafts=[back], at=factories.AT)

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "10.00 € 4.00 € came back" in page
    assert "taken back Points 4.00 € came back on 10 Mar 2026. Purchase of 10.00 € on 10 Mar 2026. −4 6" in page


@pytest.mark.parametrize(("number", "queries"), [(1, 21), (30, 21)])
def test_customer_page_costs_the_same_for_one_purchase_and_for_many(
    alice, shop, django_assert_num_queries, number, queries
):
    # session, user, place, customer; how many purchases, they, lines, judgements; memberships, sums of entries,
    # lots; entries and their judgements; visit days; consents; open lots; life cycle: days, kept gaps, all gaps
    factories.program(shop)
    ana = factories.customer(shop)
    for __ in range(number):
        factories.purchase(shop, ana)

    with django_assert_num_queries(queries):
        alice.get(f"/m/a/customers/{ana.public_id}/")


def test_customer_page_says_where_somebody_stands_and_why(alice, shop):
    ana = factories.customer(shop)
    for days in (30, 37, 44):
        factories.purchase(shop, ana, at=timezone.now() - timedelta(days=days))

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert (
        "Life cycle Lost Usually comes every 7 days. Came 30 days ago, more than three times as long." in page
    )  # fmt: skip


def test_customer_page_shows_twenty_purchases_at_a_time(alice, shop):
    ana = factories.customer(shop)
    for days in range(21):
        factories.purchase(shop, ana, amount=100 + days, at=factories.AT - timedelta(days=days))

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "1.19 €" in page
    assert "1.20 €" not in page
    assert "1.20 €" in text(alice.get(f"/m/a/customers/{ana.public_id}/", {"page": 2}))


def test_customer_without_anything_is_shown(alice, shop):
    ana = factories.customer(shop, name="", phone="600 111 222")

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "No purchase yet." in page
    assert "In no program yet." in page


def test_customer_page_shows_lines(alice, shop):
    ana = factories.customer(shop)
    lines = [LineDraft(amount=700, name="Rye", quantity=2), LineDraft(amount=300, name="Bag", excluded=True)]
    factories.purchase(shop, ana, lines=lines)

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "2 lines 2 × Rye 7.00 € 1 × Bag 3.00 €, earns nothing" in page


@pytest.mark.any_database
def test_customer_page_knows_the_rhythm_once_there_are_visits_enough(alice, shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    for weeks in range(4):
        factories.purchase(shop, ana, at=factories.AT - timedelta(weeks=weeks))
    factories.purchase(shop, ben)

    often, once = (text(alice.get(f"/m/a/customers/{one.public_id}/")) for one in (ana, ben))

    assert "Usually comes every 7 days" in often
    assert "Usual day Tuesday, 4 of 4 visits" in often
    assert "Usually comes not known yet: it takes visits on three days" in once


def test_customer_page_shows_when_points_expire(alice, shop):
    factories.program(shop)
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=1200)

    assert "When they expire 12 points without an end" in text(alice.get(f"/m/a/customers/{ana.public_id}/"))


def test_customer_page_shows_consents_and_facts(alice, shop):
    said = [{"channel": "email", "purpose": "marketing", "granted": granted} for granted in (True, False)]
    fields = {"name": "Ana", "attributes": {"shoe": 42, "tags": ["press"], "nested": {}}}
    ana = flows.enrol(merchant=shop, fields=fields, consents=said, at=factories.AT)[0]

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "E-mail, News and offers no" in page
    assert "shoe 42" in page
    assert "nested" not in page


@pytest.mark.any_database
@pytest.mark.parametrize("number", [3, 12])
def test_customer_page_proposes_three_rewards_with_reasons(alice, shop, django_assert_num_queries, number):
    program = factories.program(shop)
    ana = factories.customer(shop)
    factories.purchase(shop, ana)
    off = {"kind": "amount_off", "amount": 100}
    for place in range(number):
        catalog.create(program=program, name=f"R{place}", cost=5 + place, benefit=off, at=factories.AT)

    with django_assert_num_queries(29):  # 21 without rewards; five of what can be had, and three of what suits
        page = " ".join(text(alice.get(f"/m/a/customers/{ana.public_id}/")).replace("\xa0", " ").split())

    assert "Rewards that suit them R0 5 points Of use to anybody. Enough points now. R1 6 points" in page
    assert page.count("Of use to anybody") == 3
