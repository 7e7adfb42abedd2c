"""Vouchers in a browser: a sentence follows the typing, a question comes before revoking, every page is readable."""

import pytest
from playwright.sync_api import expect

from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in
from rewards.models import Voucher

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop():
    return factories.merchant()


def test_batch_is_made_looked_at_printed_and_revoked(browser, live_server, shop):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    sign_in(context, live_server)
    page, heard = context.new_page(), []
    page.on("console", lambda message: heard.append(message.text))
    page.goto(f"{live_server.url}/m/a/vouchers/")
    page.get_by_role("link", name="Make vouchers").first.click()
    page.get_by_role("link", name="A gift card").click()
    page.wait_for_load_state()  # only then does htmx hear the typing
    expect(page.locator("#said")).to_contain_text("once the form is filled in")

    page.get_by_label("Amount, in EUR").fill("25")
    page.get_by_label("How many").fill("2")
    expect(page.locator("#said")).to_contain_text("Makes 2 vouchers: Gift card of 25.00")
    assert findings(page) == []
    page.get_by_role("button", name="Make them").click()
    expect(page.locator("main")).to_contain_text("2 vouchers are made.")
    assert findings(page) == []

    page.get_by_role("link", name="Show the vouchers").click()
    page.get_by_role("link", name=Voucher.objects.latest("pk").code).click()
    expect(page.get_by_role("heading", name="Use it")).to_be_visible()
    assert findings(page) == []
    page.get_by_label("Pays, in EUR").fill("5")
    page.get_by_role("button", name="Pay with it").click()
    expect(page.locator("main")).to_contain_text("has paid.")

    page.get_by_role("link", name="Gift card of 25.00").click()
    page.get_by_role("button", name="Show the sheets").click()
    expect(page.locator(".slip")).to_have_count(1)
    assert findings(page) == []
    page.get_by_role("link", name="Gift card of 25.00").click()
    page.get_by_role("button", name="Revoke what is unused").click()
    page.get_by_role("button", name="Revoke them").click()
    expect(page.locator("main")).to_contain_text("1 voucher is revoked.")
    assert (sorted(Voucher.objects.values_list("status", flat=True)), heard) == (["open", "revoked"], [])
