"""The counter and the customer list in a browser: by keyboard, by thumb, without JavaScript, and in 40 KB."""

import gzip
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from customers.merchants import shops
from customers.merchants.models import User
from customers.models import Customer, Purchase
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in
from loyalty_site.tests.factories import AT
from rewards import catalog

pytestmark = [pytest.mark.django_db(transaction=True)]
PAGES = [
    "/nowhere/", "/m/a/counter/?q=ana", "/m/a/counter/{id}/", "/m/a/counter/enrol/",
    "/m/a/counter/till/", "/m/a/counter/scan/", "/m/a/counter/day/?day=2026-03-10&whose=all", "/m/a/counter/pin/",
    "/m/a/purchases/{purchase}/exchange/", "/m/a/purchases/{purchase}/receipt/",
    "/m/a/customers/", "/m/a/customers/?search=ana&city=Vigo", "/m/a/customers/?col=tags&col=city",
    "/m/a/customers/new/", "/m/a/customers/{id}/", "/m/a/customers/{id}/edit/", "/m/a/customers/{id}/ledger/",
    "/m/a/customers/{id}/delete/", "/m/a/customers/views/?query=search%3Dana",
]  # fmt: skip


@pytest.fixture
def ana():
    shop = factories.merchant()
    coffee = {"name": "Coffee", "award": {"per_item": 5}, "when": {"categories": ["coffee"]}}
    plain = {"name": "1 per euro", "award": {"per_amount": {"points": 1, "every": 100}}}
    program = factories.program(shop, rules=[plain, coffee])
    for name, cost in (("Fiver", 10), ("Loaf", 500)):
        catalog.create(program=program, name=name, cost=cost, benefit={"kind": "amount_off", "amount": 500}, at=AT)
    ana = factories.customer(shop, name="Ana Álvarez", phone="+34600111222", email="ana@mail.test")
    for month in (1, 2, 3):
        factories.purchase(shop, ana, at=datetime(2026, month, 10, 12, tzinfo=UTC))
    shops.add_location(merchant=shop, name="Main Street")
    return ana


@pytest.fixture
def alice(page, live_server, ana):
    """A browser in which Alice has signed in."""
    sign_in(page.context, live_server)
    return page


def test_pages_have_no_finding_and_fit(alice, live_server, ana):
    found = {}
    for path in PAGES:
        named = {"id": ana.public_id, "purchase": Purchase.objects.latest("pk").public_id}
        alice.goto(live_server.url + path.format(**named))
        found[path] = findings(alice)

    assert found == dict.fromkeys(PAGES, [])


def type_amount(page, amount):
    """Type into the field that has the focus, once htmx hears it."""
    field = page.locator("[name=amount]:focus")
    field.wait_for()
    page.wait_for_load_state()
    field.press_sequentially(amount)


def test_two_sales_by_keyboard_alone(alice, live_server, ana):
    alice.goto(f"{live_server.url}/m/a/counter/")
    alice.keyboard.type("alv")
    expect(alice.locator(".found strong")).to_have_text("Ana Álvarez")
    alice.keyboard.press("Tab")
    alice.keyboard.press("Tab")
    alice.keyboard.press("Enter")
    type_amount(alice, "12,50")
    expect(alice.locator("#earns")).to_contain_text("+12 points")
    alice.keyboard.press("Enter")
    expect(alice.locator(".receipt")).to_contain_text("New balance in Points: 22 points")
    alice.keyboard.press("Enter")
    expect(alice.locator(".recent strong")).to_have_text("Ana Álvarez")

    alice.wait_for_load_state()
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
    sign_in(context, live_server)
    page = context.new_page()

    page.goto(f"{live_server.url}/m/a/customers/new/")
    page.fill("[name=name]", "Zoe")
    page.click("text=Make the card")
    expect(page.locator("h1")).to_have_text("Zoe")
    page.goto(f"{live_server.url}/m/a/customers/?search=zoe")
    page.check(".tick input")
    page.fill(".bulk [name=tag]", "press")
    page.click("text=Continue")
    page.click("text=Tag 1 customer")
    expect(page.locator(".messages")).to_be_visible()
    page.goto(f"{live_server.url}/m/a/customers/?tag=press")
    page.click("text=Save this view")
    page.fill("[name=name]", "The press")
    page.click("button:has-text('Save this view')")

    expect(page.locator(".saved [aria-current]")).to_have_text("The press")
    assert Customer.objects.get(name="Zoe").attributes == {"tags": ["press"]}
    context.close()


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


def test_card_that_is_scanned_opens_with_the_scanners_enter(alice, live_server, ana):
    alice.goto(f"{live_server.url}/m/a/counter/")
    alice.keyboard.type(ana.card_code)
    alice.keyboard.press("Enter")

    expect(alice.locator("h1")).to_have_text("Ana Álvarez")


def test_products_are_tapped_recorded_and_undone(alice, live_server, ana):
    alice.goto(f"{live_server.url}/m/a/counter/{ana.public_id}/")
    alice.wait_for_load_state()
    alice.fill("[name='each-category-coffee']", "2,50")
    more = alice.get_by_role("button", name="One coffee more")
    more.click()
    more.click()
    expect(alice.locator("#earns")).to_contain_text("+15 points")
    alice.get_by_role("button", name="One coffee less").click()
    expect(alice.locator("#earns")).to_contain_text("+7 points")
    alice.get_by_role("button", name="Record for Ana Álvarez").click()
    expect(alice.locator(".receipt")).to_contain_text("Recorded 2.50\xa0€")
    alice.get_by_role("button", name="Undo").click()

    expect(alice.locator(".messages")).to_contain_text("Undone: the purchase of 2.50\xa0€ counts for nothing now.")
    assert Purchase.objects.latest("pk").voided_at is not None


def test_products_without_javascript_are_typed(browser, live_server, ana):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    sign_in(context, live_server)
    page = context.new_page()

    page.goto(f"{live_server.url}/m/a/counter/{ana.public_id}/")
    page.fill("[name='many-category-coffee']", "2")
    page.fill("[name='each-category-coffee']", "2.50")
    page.fill("[name=amount]", "6")
    page.keyboard.press("Enter")

    expect(page.locator(".receipt")).to_contain_text("+16 points")
    page.goto(f"{live_server.url}/m/a/counter/{ana.public_id}/")
    assert page.locator("[data-step]").count() == 2
    assert not page.locator("[data-step]").first.is_visible()
    context.close()


def test_product_that_a_reward_misses_is_added_by_keyboard_and_the_focus_stays_with_it(alice, live_server, ana):
    program, coffee = ana.merchant.programs.get(), {"kind": "free_product", "category": "coffee"}
    catalog.create(program=program, name="A coffee", cost=5, benefit=coffee, at=AT)
    alice.goto(f"{live_server.url}/m/a/counter/{ana.public_id}/")
    type_amount(alice, "6")
    alice.fill("[name='each-category-coffee']", "2,50")
    alice.get_by_label("A coffee").press("Space")
    alice.get_by_role("button", name="Add coffee").press("Enter")

    expect(alice.locator("#earns")).to_contain_text("To pay 3.50\xa0€")
    expect(alice.locator("[name='many-category-coffee']")).to_be_focused()


def test_reward_is_redeemed_in_two_taps(alice, live_server, ana):
    alice.goto(f"{live_server.url}/m/a/counter/{ana.public_id}/")
    type_amount(alice, "12")
    alice.get_by_label("Fiver").check()
    expect(alice.locator("#earns")).to_contain_text("To pay 7.00\xa0€")
    alice.get_by_role("button", name="Record for Ana Álvarez").click()

    expect(alice.locator(".receipt")).to_contain_text("To pay 7.00\xa0€")
    assert Purchase.objects.latest("pk").amount == 700
