"""A new shop is led by the hand, and each step is ticked by what exists."""

import re

import pytest

from customers.merchants.models import Role
from loyalty_site.selectors.first_run import first_run
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db


def done(shop) -> list[str]:
    return [step.name for step in first_run(shop).steps if step.done]


def test_steps_tick_off_by_what_exists(shop, django_assert_num_queries):
    with django_assert_num_queries(3):
        begun = done(shop)
    factories.customer(shop)
    with_customer = done(shop)
    factories.program(shop)

    assert begun == ["shop"]
    assert with_customer == ["shop", "people"]
    assert (done(shop), first_run(shop).current) == (["shop", "people", "program"], None)


def test_anonymous_purchase_brings_the_second_step_off_too(shop):
    factories.purchase(shop, None)

    assert (done(shop), first_run(shop).fixed) == (["shop", "people"], True)


def test_current_step_is_the_first_open_one(shop):
    factories.program(shop)

    assert first_run(shop).current == "people"


def test_every_link_of_the_first_page_leads_somewhere(alice):
    shown = alice.get("/m/a/").content.decode()
    section = shown.partition('<section class="first-run"')[2].partition("</section>")[0]
    links = re.findall(r'href="([^"]+)"', section)

    assert len(links) >= 5
    assert [alice.get(link).status_code for link in links] == [200] * len(links)


def test_first_page_says_whether_currency_can_still_change(alice, shop):
    before = alice.get("/m/a/").content.decode()
    factories.purchase(shop, None)
    after = alice.get("/m/a/").content.decode()

    assert "With the first purchase both are fixed." in before
    assert "now for good" in after
    assert "Change name, currency or time zone" not in after


def test_shop_with_customers_and_a_program_is_led_no_more(alice, shop):
    factories.customer(shop)
    factories.program(shop)

    assert "Begin here" not in alice.get("/m/a/").content.decode()


def test_analyst_of_an_empty_shop_is_told_who_acts(client, shop):
    client.force_login(factories.staff(shop, email="bob@a.test", role=Role.ANALYST))

    shown = client.get("/m/a/").content.decode()

    assert "The owner or a manager takes these steps." in shown
    assert "/m/a/programs/new/" not in shown
