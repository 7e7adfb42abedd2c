"""In a browser: account, settings and programs, the theme, the first run; what must work without JavaScript does."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.merchants import staff
from customers.merchants.models import Role, StaffMember
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in
from rewards.models import Entry, Program

pytestmark = [pytest.mark.django_db(transaction=True)]
PAPER = {"light": "rgb(250, 247, 242)", "dark": "rgb(23, 19, 16)"}


@pytest.fixture
def alice(page, live_server, shop):
    """A browser in which Alice has signed in."""
    sign_in(page.context, live_server)
    return page


def addresses(shop):
    """Every page of this slice, with something on it."""
    owner = factories.place(shop)
    factories.things(owner)
    ids = factories.names_of_things("settings")
    mine = ["/account/", "/account/password/", "/password/", "/password/sent/", "/password/MQ/a-b/"]
    programs = ["", "new/", f"{ids['program_id']}/"]
    parts = ["", "locations/", f"locations/{ids['location_id']}/", "staff/", f"staff/{ids['staff_id']}/", "keys/"]
    parts += [f"keys/{ids['key_id']}/revoke/", "adjustments/", "mail/"]
    return [
        *mine,
        f"/invitation/{ids['token']}/",
        "/invitation/made-up/",
        *(f"/m/a/programs/{path}" for path in programs),
        *(f"/m/a/settings/{path}" for path in parts),
        "/m/a/",
    ]


def test_pages_have_no_finding_and_fit(alice, live_server, shop):
    complaints, found = [], {}
    alice.on("console", lambda message: complaints.append(message.text))

    for path in addresses(shop):
        alice.goto(live_server.url + path)
        found[path] = findings(alice)

    heard = [text for text in complaints if "status of 410" not in text]  # the invitation that is none
    assert (found, heard) == (dict.fromkeys(found, []), [])


@pytest.mark.parametrize(
    ("scheme", "chosen", "seen"), [("dark", "", "dark"), ("dark", "light", "light"), ("light", "dark", "dark")]
)
def test_theme_of_the_person_stands_over_the_devices(alice, live_server, scheme, chosen, seen):
    alice.emulate_media(color_scheme=scheme)
    alice.goto(f"{live_server.url}/account/")
    alice.select_option("[name=theme]", chosen)
    alice.click("main button.primary")

    expect(alice.locator(".messages")).to_be_visible()
    expect(alice.locator("body")).to_have_css("background-color", PAPER[seen])


def test_language_is_chosen_in_the_account(alice, live_server):
    alice.goto(f"{live_server.url}/account/")
    alice.select_option("[name=language]", "es")
    alice.click("main button.primary")

    expect(alice.locator("html")).to_have_attribute("lang", "es")


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (1280, False)])
def test_new_shop_is_led_to_its_first_program(browser, live_server, shop, width, javascript):
    context = browser.new_context(java_script_enabled=javascript, viewport={"width": width, "height": 844})
    sign_in(context, live_server)
    alice = context.new_page()

    alice.goto(f"{live_server.url}/m/a/")
    alice.get_by_role("link", name="Make the first card").click()
    alice.fill("main [name=name]", "Ana Alvarez")
    alice.get_by_role("button", name="Make the card").click()
    alice.fill("[name=amount]", "12,50")
    alice.press("[name=amount]", "Enter")
    expect(alice.locator(".receipt")).to_be_visible()
    alice.goto(f"{live_server.url}/m/a/")
    alice.get_by_role("link", name="Make the first program").click()
    alice.get_by_role("link", name="Or write it yourself, on one page").click()
    alice.fill("[name=name]", "Points")
    alice.select_option("[name=start]", "past")
    alice.fill("[name=since]", timezone.localdate().isoformat())
    alice.get_by_role("button", name="Start the program").click()
    expect(alice.locator("h1")).to_contain_text("Points")
    alice.goto(f"{live_server.url}/m/a/")

    assert (Program.objects.get().status, Entry.objects.get().points) == ("active", 12)
    expect(alice.locator(".first-run")).to_have_count(0)
    context.close()


def test_person_who_was_invited_gets_in_without_javascript(browser, live_server, shop):
    by, at = factories.place(shop), timezone.now()
    offered = staff.invite(merchant=shop, email="erin@a.test", role=Role.STAFF, by=by, at=at)
    context = browser.new_context(java_script_enabled=False)
    erin = context.new_page()

    erin.goto(f"{live_server.url}/invitation/{staff.token(offered)}/")
    erin.fill("[name=name]", "Erin")
    erin.fill("[name=new_password1]", factories.PASSWORD)
    erin.fill("[name=new_password2]", factories.PASSWORD)
    erin.keyboard.press("Enter")

    expect(erin.locator(".messages")).to_have_text("Welcome to Shop A.")
    assert StaffMember.objects.get(user__email="erin@a.test").role == Role.STAFF
    context.close()


def test_menu_opens_settings_and_account_on_a_phone(alice, live_server):
    alice.set_viewport_size({"width": 390, "height": 844})
    alice.goto(f"{live_server.url}/m/a/")
    alice.locator(".person summary").click()
    alice.locator(".sheet").get_by_role("link", name="Settings of the shop").click()
    alice.get_by_role("navigation", name="Parts of the settings").get_by_role("link", name="API keys").click()
    alice.fill("[name=name]", "till 1")
    alice.get_by_role("button", name="Make the key").click()

    expect(alice.locator("#key")).to_have_text(re.compile("^ficha_"))
