"""The counter and the customer list in a browser: by keyboard, by thumb, without JavaScript, and in 40 KB."""

import gzip
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from customers.merchants import shops
from customers.merchants.models import User
from customers.models import Customer, Purchase
from loyalty_site.tests import factories

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ana():
    shop = factories.merchant()
    factories.program(shop)
    ana = factories.customer(shop, name="Ana Álvarez", phone="+34600111222", email="ana@mail.test")
    for month in (1, 2, 3):
        factories.purchase(shop, ana, at=datetime(2026, month, 10, 12, tzinfo=UTC))
    shops.add_location(merchant=shop, name="Main Street")
    return ana


@pytest.fixture
def alice(page, live_server, ana):
    """A browser in which Alice has signed in."""
    return signed_in(page, live_server)


def signed_in(page, live_server):
    client = Client()
    client.force_login(User.objects.get(email="alice@a.test"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return page


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "customers/?search=ana&city=Vigo", "customers/?col=tags&col=city", "customers/new/", "customers/{id}/edit/",
        "customers/{id}/points/", "customers/{id}/delete/", "customers/views/?query=search%3Dana",
    ],
)  # fmt: skip
def test_page_has_no_finding_and_fits(alice, live_server, ana, path, scheme, width):
    alice.set_viewport_size({"width": width, "height": 844})
    alice.emulate_media(color_scheme=scheme)
    alice.goto(f"{live_server.url}/m/a/{path.format(id=ana.public_id)}")
    alice.evaluate("document.querySelectorAll('main details').forEach(fold => fold.open = true)")

    found = [violation["id"] for violation in Axe().run(alice).response["violations"]]
    too_wide = alice.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")

    assert (found, too_wide) == ([], False)


def test_two_sales_by_keyboard_alone(alice, live_server, ana):
    alice.goto(f"{live_server.url}/m/a/counter/")
    alice.keyboard.type("alv")
    expect(alice.locator(".found strong")).to_have_text("Ana Álvarez")
    alice.keyboard.press("Tab")
    alice.keyboard.press("Tab")
    alice.keyboard.press("Enter")
    alice.locator("[name=amount]:focus").press_sequentially("12,50")
    expect(alice.locator("#earns")).to_contain_text("+12 points")
    alice.keyboard.press("Enter")
    expect(alice.locator(".receipt")).to_contain_text("New balance in Points: 22 points")
    alice.keyboard.press("Enter")
    expect(alice.locator(".recent strong")).to_have_text("Ana Álvarez")

    alice.keyboard.type("1222")
    expect(alice.locator("#results > .found strong")).to_have_text("Ana Álvarez")
    assert Purchase.objects.filter(channel="store", staff__isnull=False).count() == 1


def test_counter_weighs_forty_kilobytes_at_the_most(alice, live_server, ana):
    sizes = {}
    alice.on("response", lambda response: sizes.update({response.url: len(packed(response.body()))}))
    alice.goto(f"{live_server.url}/m/a/counter/{ana.public_id}/", wait_until="networkidle")

    assert len(sizes) >= 4
    assert sum(sizes.values()) <= 40_000


def packed(body: bytes) -> bytes:
    """As the slower of the two compressions sends it."""
    return gzip.compress(body, 6)


def test_list_follows_the_typing_and_keeps_the_address(alice, live_server, ana):
    factories.customer(ana.merchant, name="Ben")
    alice.goto(f"{live_server.url}/m/a/customers/")
    alice.locator("#search").press_sequentially("alva")
    expect(alice.locator(".people tbody th")).to_have_text(["Ana Álvarez"])

    expect(alice).to_have_url(f"{live_server.url}/m/a/customers/?search=alva")


def test_card_is_made_tagged_and_saved_as_a_view_without_javascript(browser, live_server, ana):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = signed_in(context.new_page(), live_server)

    page.goto(f"{live_server.url}/m/a/customers/new/")
    page.fill("[name=name]", "Zoe")
    page.click("text=Make the card")
    page.goto(f"{live_server.url}/m/a/customers/?search=zoe")
    page.check(".tick input")
    page.fill(".bulk [name=tag]", "press")
    page.click("text=Continue")
    page.click("text=Tag 1 customer")
    page.goto(f"{live_server.url}/m/a/customers/?tag=press")
    page.click("text=Save this view")
    page.fill("[name=name]", "The press")
    page.click("button:has-text('Save this view')")

    expect(page.locator(".saved [aria-current]")).to_have_text("The press")
    assert Customer.objects.get(name="Zoe").attributes == {"tags": ["press"]}
    context.close()
