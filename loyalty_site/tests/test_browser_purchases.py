"""One purchase in a browser: giving back products, voiding and moving, by keyboard and without JavaScript."""

import pytest
from playwright.sync_api import expect

from customers.models import Purchase, RefundLine
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in
from loyalty_site.tests.receipts import line, recorded

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bought() -> Purchase:
    shop = factories.merchant()
    factories.program(shop)
    factories.customer(shop, name="Ben")
    lines = [line(900, "coffee", 3, name="Coffee"), line(500, "cake", 2, name="Cake")]
    return recorded(shop, factories.customer(shop, name="Ana"), lines)


@pytest.fixture
def here(live_server, bought) -> str:
    return f"{live_server.url}/m/a/purchases/{bought.public_id}/"


def test_pages_have_no_finding_and_fit(page, live_server, bought, here):
    heard = []
    page.on("console", lambda message: heard.append(message.text))
    sign_in(page.context, live_server)
    ben = bought.merchant.customers.get(name="Ben").public_id

    for path in ("", "give-back/?line-1=2", "reassign/?q=Ben", f"reassign/?to={ben}"):
        page.goto(here + path)
        assert (path, findings(page)) == (path, [])

    page.goto(here)
    page.get_by_role("button", name="Void").click()
    expect(page.get_by_role("dialog")).to_contain_text("14 points taken back")
    assert (findings(page), heard) == ([], [])


def test_products_come_back_as_they_are_typed(page, live_server, here):
    sign_in(page.context, live_server)
    page.goto(here)
    page.get_by_role("link", name="Give back").click()
    expect(page.locator("#happens")).to_contain_text("Write how many")
    page.wait_for_load_state()  # only then does htmx hear the typing

    page.get_by_label("Cake").fill("1")
    expect(page.locator("#happens")).to_contain_text("2.50")
    page.get_by_role("button", name="Give back").click()

    expect(page.locator("main")).to_contain_text("1 × Cake")
    assert list(RefundLine.objects.values_list("line__number", "quantity")) == [(2, 1)]


def test_purchase_moves_by_keyboard(page, live_server, here):
    sign_in(page.context, live_server)
    page.goto(f"{here}reassign/")
    page.wait_for_load_state()

    page.keyboard.type("Ben")
    expect(page.locator("#results")).to_contain_text("Ben")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Is this the purchase of Ben?")
    page.get_by_role("button", name="Yes, it belongs to Ben").press("Enter")

    expect(page.locator("main")).to_contain_text("belongs to Ben now")
    assert Purchase.objects.get().customer.name == "Ben"


def test_without_javascript_products_come_back_and_the_rest_is_voided(browser, live_server, here):
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server)
    page = context.new_page()
    page.goto(f"{here}give-back/")

    page.get_by_label("Coffee").fill("2")
    page.get_by_role("button", name="Show what happens").click()
    expect(page.locator("#happens")).to_contain_text("6 points taken back")
    page.get_by_role("button", name="Give back").click()
    expect(page.locator("main")).to_contain_text("2 × Coffee")
    page.get_by_role("button", name="Void").click()
    page.get_by_role("dialog").get_by_role("button", name="Void it").click()

    expect(page.locator("main")).to_contain_text("it counts for nothing now")
    assert Purchase.objects.get().voided_at
    context.close()
