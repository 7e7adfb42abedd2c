"""The pages in a browser: no accessibility finding, nothing wider than the screen, the counter by keyboard."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from customers.merchants import shops
from customers.merchants.models import User
from customers.models import Purchase
from loyalty_site.tests import factories

pytestmark = [pytest.mark.django_db(transaction=True)]
PAGES = [
    "/m/a/",
    "/m/a/customers/",
    "/m/a/customers/{id}/",
    "/m/a/retention/",
    "/m/a/counter/?q=ana",
    "/m/a/counter/{id}/",
]
PAGES += ["/m/a/counter/enrol/", "/nowhere/"]


@pytest.fixture
def ana():
    shop = factories.merchant()
    factories.program(shop)
    ana = factories.customer(shop, name="Ana Alvarez", phone="+34600111222", email="ana@mail.test")
    for month in (1, 2, 3):
        factories.purchase(shop, ana, at=datetime(2026, month, 10, 12, tzinfo=UTC))
    shops.add_location(merchant=shop, name="Main Street")
    return ana


@pytest.fixture
def alice(page, live_server, ana):
    """A browser in which Alice has signed in."""
    client = Client()
    client.force_login(User.objects.get(email="alice@a.test"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_have_no_finding_and_fit(alice, live_server, ana, width, scheme):
    complaints = []
    alice.on("console", lambda message: complaints.append(message.text) if "Security" in message.text else None)
    alice.set_viewport_size({"width": width, "height": 844})
    alice.emulate_media(color_scheme=scheme)

    for path in PAGES:
        alice.goto(live_server.url + path.format(id=ana.public_id))
        found = [(path, violation["id"]) for violation in Axe().run(alice).response["violations"]]
        too_wide = alice.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert (found, too_wide, complaints) == ([], False, []), path


def test_counter_is_served_by_keyboard(alice, live_server, ana):
    alice.goto(f"{live_server.url}/m/a/counter/")
    alice.keyboard.type("ana")
    alice.locator(".found a").press("Enter")
    alice.locator("[name=amount]:focus").press_sequentially("12,50")
    expect(alice.locator("#earns")).to_contain_text("12 points")
    alice.keyboard.press("Enter")

    expect(alice.locator(".receipt")).to_contain_text("12.50\xa0€")
    assert Purchase.objects.latest("id").amount == 1250


def test_counter_works_without_javascript(browser, live_server, ana):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    alice = User.objects.get()
    alice.set_password(factories.PASSWORD)
    alice.save()

    page.goto(f"{live_server.url}/m/a/counter/")
    page.fill("[name=username]", alice.email)
    page.fill("[name=password]", factories.PASSWORD)
    page.keyboard.press("Enter")
    page.fill("[name=q]", "ana")
    page.keyboard.press("Enter")
    page.click(".found a")
    page.fill("[name=amount]", "3")
    page.keyboard.press("Enter")

    expect(page.locator(".receipt")).to_contain_text("3.00\xa0€")
    context.close()


def test_card_that_is_scanned_opens_with_enter(alice, live_server, ana):
    alice.goto(f"{live_server.url}/m/a/counter/?q={ana.card_code}")
    alice.locator(".found a:focus").press("Enter")

    expect(alice.locator("h1")).to_have_text("Ana Alvarez")
