"""Changing a promise in a browser: sentences and example follow the typing; without JavaScript the same in steps."""

import pytest
from playwright.sync_api import expect

from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in
from loyalty_site.tests.receipts import rule
from rewards import programs
from rewards.models import Program, ProgramVersion

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def made() -> Program:
    shop = factories.merchant()
    made = factories.program(shop, rules=[rule(1, "Euro")])
    factories.purchase(shop, factories.customer(shop), amount=2000)
    return made


def address(live_server, made) -> str:
    return f"{live_server.url}/m/a/programs/{made.public_id}/"


def test_promise_is_changed_in_words_and_published(page, live_server, made):
    said = []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page.context, live_server)
    page.goto(address(live_server, made))
    page.get_by_role("link", name="Change rules and policies").click()
    expect(page.get_by_role("heading", name="Change the promise")).to_be_visible()
    page.wait_for_load_state()  # only then does htmx hear the typing

    page.get_by_label("Points", exact=True).fill("2")
    expect(page.locator("#r0-reads")).to_have_text("2 points for each full 1.00\xa0€.")
    page.get_by_text("When it applies").click()
    page.get_by_label("Tuesdays").check()
    expect(page.locator("#r0-reads")).to_contain_text("on Tuesdays")
    expect(page.locator("#reads")).to_contain_text("It becomes version 2")
    assert findings(page) == []
    page.get_by_role("button", name="Publish version 2").click()

    expect(page.locator("main")).to_contain_text("The promise of Points is changed.")
    assert ProgramVersion.objects.get(number=2).rules == [rule(2, "Euro", when={"weekdays": [2]})]
    assert findings(page) == []
    assert said == []


def test_without_javascript_rules_are_added_looked_at_and_published(browser, live_server, made):
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server)
    page = context.new_page()
    page.goto(address(live_server, made) + "edit/")

    page.get_by_role("button", name="Add a rule").click()
    page.locator("[name=r1-points]").fill("50")
    page.get_by_role("button", name="Show what it says").last.click()
    expect(page.locator("#r1-reads")).to_have_text("50 points for a purchase.")
    expect(page.locator("#reads")).to_contain_text("Is that meant?")
    page.get_by_role("button", name="Publish all the same").click()

    expect(page.locator("main")).to_contain_text("The promise of Points is changed.")
    assert ProgramVersion.objects.get(number=2).rules == [rule(1, "Euro"), rule({"fixed": 50}, "Rule 1")]
    context.close()


def test_versions_terms_and_closing_have_no_finding(page, live_server, made):
    for points in (2, 3):
        programs.publish(program=made, rules=[rule(points, "Euro")], at=factories.AT)
    sign_in(page.context, live_server)
    page.goto(address(live_server, made) + "close/")
    assert findings(page) == []
    page.goto(address(live_server, made).replace("/m/a/programs/", "/terms/a/"))
    assert findings(page) == []

    page.goto(address(live_server, made))
    page.wait_for_load_state()
    page.get_by_label("From version").select_option("1")
    expect(page.locator("#difference")).to_contain_text("From version 1 to version 3")
    assert findings(page) == []
