"""In a browser: the parts of the look as they are, questions in front of their page, and messages that are put away."""

import pytest
from playwright.sync_api import expect

from customers.merchants.models import ApiKey, User
from customers.models import Customer
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in

pytestmark = [pytest.mark.django_db(transaction=True)]
WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False])


@pytest.fixture
def shop(settings):
    settings.DEBUG = True
    return factories.merchant()


@pytest.fixture
def alice(browser, live_server, shop, request):
    """A browser in which Alice has signed in, with JavaScript or, where the test says so, without."""
    User.objects.update(is_staff=True)
    javascript = request.node.callspec.params.get("javascript", True) if hasattr(request.node, "callspec") else True
    context = browser.new_context(java_script_enabled=javascript)
    sign_in(context, live_server)
    yield context.new_page()
    context.close()


def test_parts_have_no_finding_and_fit(alice, live_server):
    heard = []
    alice.on("console", lambda message: heard.append(message.text))

    alice.goto(f"{live_server.url}/design/")

    assert (findings(alice), heard) == ([], [])


def test_open_question_has_no_finding(alice, live_server):
    alice.goto(f"{live_server.url}/design/")

    alice.get_by_role("button", name="Open the example").click()

    expect(alice.get_by_role("dialog")).to_be_visible()
    assert findings(alice) == []


def test_question_begins_at_the_harmless_answer_keeps_the_keyboard_and_gives_it_back(alice, live_server, shop):
    factories.things(factories.place(shop))
    alice.goto(f"{live_server.url}/m/a/settings/keys/")
    opener = alice.get_by_role("button", name="Revoke till")

    opener.focus()
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("button", name="Keep it")).to_be_focused()
    alice.keyboard.press("Shift+Tab")
    expect(alice.get_by_role("button", name="Revoke it")).to_be_focused()
    alice.keyboard.press("Escape")

    expect(alice.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()
    assert ApiKey.objects.get().revoked_at is None


@WITH_AND_WITHOUT
def test_key_is_revoked_from_its_list(alice, live_server, shop, javascript):
    factories.things(factories.place(shop))
    alice.goto(f"{live_server.url}/m/a/settings/keys/")

    alice.get_by_role("button", name="Revoke till").click()
    alice.get_by_role("button", name="Revoke it").click()

    expect(alice.locator(".messages")).to_have_text("The key till no longer works.")
    assert ApiKey.objects.get().revoked_at is not None


@WITH_AND_WITHOUT
def test_card_is_kept_and_then_deleted_from_its_page(alice, live_server, shop, javascript):
    card = factories.customer(shop)
    alice.goto(f"{live_server.url}/m/a/customers/{card.public_id}/")
    opener, dialog = alice.get_by_role("button", name="Delete this card"), alice.get_by_role("dialog")

    opener.click()
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    opener.click()
    dialog.get_by_role("button", name="Delete this card").click()

    expect(alice.locator(".messages")).to_have_text("The card is deleted.")
    assert not Customer.objects.exists()


@WITH_AND_WITHOUT
def test_message_stays_until_it_is_put_away(alice, live_server, javascript):
    alice.goto(f"{live_server.url}/design/")
    error = alice.get_by_role("alert").filter(has_text="Example: the card was not deleted")
    away = alice.get_by_role("checkbox", name="Put this message away")

    expect(error).to_be_visible()
    away.last.check()

    expect(error).to_be_hidden()
    expect(away).to_have_count(3)
