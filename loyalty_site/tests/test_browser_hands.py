"""A morning at the counter by the keyboard alone, and once more without JavaScript."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Customer, Purchase, Refund
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import sign_in
from loyalty_site.tests.receipts import assert_sound, points
from rewards import catalog

pytestmark = [pytest.mark.django_db(transaction=True)]
BELOW = """document.querySelector(".record").getBoundingClientRect().top
    >= document.querySelector(".amount").getBoundingClientRect().bottom"""
RING = "getComputedStyle(document.activeElement).outlineStyle"
WITHIN = """(() => {
    const here = document.activeElement, { x, y, width, height } = here.getClientRects()[0];
    return here.contains(document.elementFromPoint(x + width / 2, y + height / 2));
})()"""  # nothing, as what is outside the screen, is contained in nothing


@pytest.fixture
def bakery():
    """A point for each euro; Ana has 40 points, and a reward to take."""
    shop, at = factories.merchant(), timezone.now()
    program = factories.program(shop)
    ana = factories.customer(shop, name="Ana Álvarez", phone="+34600111222")
    factories.purchase(shop, ana, at=at - timedelta(days=1), amount=4000)
    catalog.create(program=program, name="3 euros off", cost=20, benefit={"kind": "amount_off", "amount": 300}, at=at)
    return shop


def tab_to(page, name: str, *, most: int = 30):
    """Press Tab until what is called so has the focus; on the way every stop has a ring, is on the screen and bare."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(RING) != "none", page.evaluate("document.activeElement.outerHTML")
        assert page.evaluate(WITHIN), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()") == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")


def enrol_and_sell(page):
    """Nobody answers to the number: the card is made where one stands, and sold to."""
    page.keyboard.type("600333444")
    expect(page.locator("#results [name=phone]")).to_have_value("600333444")
    expect(page.locator("[name=q]")).to_be_focused()
    tab_to(page, "by text message")
    page.keyboard.press("Space")
    tab_to(page, "Make the card")
    page.keyboard.press("Enter")
    amount = page.locator(".till [name=amount]")
    expect(amount).to_be_focused()
    page.wait_for_load_state()
    page.keyboard.type("12,50")
    expect(page.locator("#earns")).to_contain_text("+12 points")
    expect(amount).to_be_focused()  # also after the preview came
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Next customer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[name=q]")).to_be_focused()
    page.wait_for_load_state()


def redeem_and_undo(page):
    """Ana takes a reward, and changes her mind."""
    page.keyboard.type("alv")
    expect(page.locator("#results strong")).to_have_text("Ana Álvarez")
    tab_to(page, page.locator("#results a").inner_text().strip())
    page.keyboard.press("Enter")
    expect(page.locator(".till [name=amount]")).to_be_focused()
    page.wait_for_load_state()
    page.keyboard.type("8,40")
    tab_to(page, page.locator(".claims label").inner_text().strip())
    page.keyboard.press("Space")
    expect(page.locator("#earns")).to_contain_text("To pay 5.40\xa0€")
    expect(page.get_by_label("3 euros off")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".receipt")).to_contain_text("To pay 5.40\xa0€")
    tab_to(page, "Undo")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Undone: the purchase of 5.40\xa0€ counts for nothing now.")
    page.wait_for_load_state()


def sell_and_give_back(page):
    """She buys without it, and half comes back; the question before a void is left with Escape."""
    for top in (0, 100, 200, 300, 400):  # wherever one has scrolled to, the button that stays is below the amount
        page.evaluate(f"scrollTo(0, {top})")
        assert page.evaluate(BELOW), top
    tab_to(page, "Amount in EUR")
    page.keyboard.type("20")
    expect(page.locator("#earns")).to_contain_text("+20 points")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Next customer")).to_be_focused()
    tab_to(page, "Something is wrong with it")
    page.keyboard.press("Enter")
    page.wait_for_url("**/purchases/*/")
    tab_to(page, "Void")
    page.keyboard.press("Enter")
    expect(page.locator("#void")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#void")).to_be_hidden()
    expect(page.get_by_role("button", name="Void")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("link", name="Give back")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/give-back/")
    page.wait_for_load_state()
    tab_to(page, "Amount that comes back")
    page.keyboard.press("Control+A")
    page.keyboard.type("10")
    expect(page.locator("#happens")).to_contain_text("10 points taken back")
    tab_to(page, "Give back 10.00\xa0€")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("10.00\xa0€ came back")


def test_morning_by_the_keyboard_alone(page, live_server, bakery):
    sign_in(page.context, live_server)
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(f"{live_server.url}/m/a/counter/")
    page.wait_for_load_state()

    enrol_and_sell(page)
    redeem_and_undo(page)
    sell_and_give_back(page)

    assert_morning(bakery)


def test_morning_without_javascript(browser, live_server, bakery):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    sign_in(context, live_server)
    page = context.new_page()

    page.goto(f"{live_server.url}/m/a/counter/?q=600333444")
    page.check("[name=consent-sms]")
    page.click("text=Make the card")
    page.fill(".till [name=amount]", "12,50")
    page.click("noscript button")
    expect(page.locator("#earns")).to_contain_text("+12 points")
    page.click(".record > .primary")
    page.click("text=Next customer")
    page.fill("[name=q]", "alv")
    page.keyboard.press("Enter")
    page.click(".found a")
    page.fill(".till [name=amount]", "8,40")
    page.get_by_label("3 euros off").check()
    page.click(".record > .primary")
    expect(page.locator(".receipt")).to_contain_text("To pay 5.40\xa0€")
    page.click("text=Undo")
    expect(page.locator(".messages")).to_contain_text("Undone: the purchase of 5.40\xa0€ counts for nothing now.")
    page.fill(".till [name=amount]", "20")
    page.click(".record > .primary")
    page.click("text=Something is wrong with it")
    page.click("text=Give back")
    page.fill("[name=amount]", "10")
    page.click("text=Show what happens")
    expect(page.locator("#happens")).to_contain_text("10 points taken back")
    page.click("button:has-text('Give back')")
    expect(page.locator("main")).to_contain_text("10.00\xa0€ came back")
    context.close()

    assert_morning(bakery)


def assert_morning(bakery):
    """What stands after it: one sale to somebody new, one to Ana of which half came back, one undone."""
    new = Customer.objects.get(phone="+34600333444")
    ana = Customer.objects.get(name="Ana Álvarez")
    assert list(new.consents.values_list("channel", "granted")) == [("sms", True)]
    sold = Purchase.objects.filter(channel="store", external_id__startswith="till-").order_by("pk")
    assert [(one.customer, one.amount, bool(one.voided_at)) for one in sold] == [
        (new, 1250, False),
        (ana, 540, True),
        (ana, 2000, False),
    ]
    assert Refund.objects.get().amount == 1000
    assert (points(new), points(ana)) == (12, 40 + 20 - 10)
    assert_sound(bakery)
