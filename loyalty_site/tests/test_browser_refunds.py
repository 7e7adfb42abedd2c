"""Giving back a purchase in a browser: with what happens following the typing, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from customers.models import Purchase, Refund
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bought() -> Purchase:
    shop = factories.merchant()
    factories.program(shop)
    return Purchase.objects.get(pk=factories.purchase(shop, factories.customer(shop, name="Ana")).draft.pk)


def address(live_server, bought) -> str:
    return f"{live_server.url}/m/a/purchases/{bought.public_id}/give-back/"


def test_page_has_no_finding_and_fits(page, live_server, bought):
    sign_in(page.context, live_server)
    page.goto(address(live_server, bought))

    assert findings(page) == []


def test_what_happens_follows_the_typing_and_the_button_does_it(page, live_server, bought):
    sign_in(page.context, live_server)
    page.goto(f"{live_server.url}/m/a/customers/{bought.customer.public_id}/")
    page.get_by_role("link", name="Give back").click()
    expect(page.locator("#happens")).to_contain_text("10 points taken back")
    page.wait_for_load_state()  # only then does htmx hear the typing

    page.get_by_label("Amount that comes back").fill("3.50")
    expect(page.locator("#happens")).to_contain_text("4 points taken back")
    page.get_by_role("button", name="Give back").click()

    expect(page.locator("main")).to_contain_text("came back")
    assert Refund.objects.get().amount == 350


def test_without_javascript_the_same_is_done_in_two_steps(browser, live_server, bought):
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server)
    page = context.new_page()
    page.goto(address(live_server, bought))

    page.get_by_label("Amount that comes back").fill("3.50")
    page.get_by_role("button", name="Show what happens").click()
    expect(page.locator("#happens")).to_contain_text("4 points taken back")
    page.get_by_role("button", name="Give back").click()

    expect(page.locator("main")).to_contain_text("came back")
    assert Refund.objects.get().amount == 350
    context.close()
