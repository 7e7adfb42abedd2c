"""Whose purchases a device keeps, in a browser: shared tills, sessions that end, signing out."""

import pytest
from playwright.sync_api import expect

from customers.models import Purchase
from loyalty_site.tests import factories, network
from loyalty_site.tests.browsing import sign_in
from loyalty_site.tests.network import COUNTER, QUEUE, bought, cut, get_ready, mend, sell

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ana():
    return network.served_yesterday()


@pytest.fixture
def alice(page, live_server, ana):
    return network.at_the_counter(page, live_server)


def test_discarding_asks_and_signing_out_warns_and_forgets(alice, live_server, ana):
    cut(alice.context)
    alice.goto(live_server.url + COUNTER)
    for amount in ("5", "6"):
        sell(alice, "ana", amount)
        alice.locator("text=Next customer").click()
    alice.goto(live_server.url + QUEUE)
    alice.locator("[data-do=discard]").first.click()
    alice.locator("#discarding >> text=Keep it").click()
    expect(alice.locator("#queue .tag")).to_have_text(["waiting", "waiting"])
    alice.locator("[data-do=discard]").first.click()
    alice.locator("#discarding button[value=yes]").click()
    expect(alice.locator("[data-list=done]")).to_contain_text("Not sent from here, by: Alice")

    alice.context.set_offline(False)
    alice.goto(f"{live_server.url}/m/a/")
    alice.locator(".person > summary").click()
    alice.locator("text=Sign out").first.click()
    expect(alice.locator("#leaving [data-count]")).to_have_text("1")
    alice.locator("#leaving button[value=yes]").click()
    alice.wait_for_url("**/login/")
    expect(alice.locator("#unsent [data-count]")).to_have_text("1")
    cut(alice.context)
    alice.goto(live_server.url + COUNTER)
    expect(alice.locator("[data-shown=stranger]")).to_be_visible()

    assert alice.locator("#results button").count() == 0
    assert bought() == []


def test_somebody_else_sends_only_when_asked(alice, live_server, ana):
    factories.staff(ana.merchant, email="dora@a.test", role="staff")
    cut(alice.context)
    alice.goto(live_server.url + COUNTER)
    sell(alice, "ana", "5")
    sign_in(alice.context, live_server, "dora@a.test")
    mend(alice.context)
    alice.goto(live_server.url + COUNTER)
    get_ready(alice)
    alice.goto(live_server.url + QUEUE)
    expect(alice.locator("[data-list=others] .queued")).to_contain_text("Alice")
    assert bought() == []

    alice.locator("[data-do=send-others]").click()
    alice.locator("#sending-others button[value=yes]").click()
    expect(alice.locator("[data-list=done] .tag")).to_have_text("confirmed")

    assert bought() == [("Ana Álvarez", 500)]
    assert str(Purchase.objects.latest("pk").staff) == "Alice"


def test_page_that_the_worker_kept_knows_who_stands_there_now(alice, live_server, ana):
    factories.staff(ana.merchant, email="dora@a.test", role="staff")
    sign_in(alice.context, live_server, "dora@a.test")
    alice.goto(live_server.url + COUNTER)
    get_ready(alice)
    cut(alice.context)
    alice.goto(live_server.url + COUNTER)
    expect(alice.locator("[data-person]")).to_have_text("Dora")
    sell(alice, "ana", "5")
    mend(alice.context)
    alice.goto(live_server.url + QUEUE)
    expect(alice.locator("[data-list=done] .tag")).to_have_text("confirmed")

    assert str(Purchase.objects.latest("pk").staff) == "Dora"


def test_session_that_ran_out_keeps_the_queue_and_says_so(alice, live_server, ana):
    cut(alice.context)
    alice.goto(live_server.url + COUNTER)
    sell(alice, "ana", "5")
    alice.goto(live_server.url + QUEUE)
    alice.context.clear_cookies()
    mend(alice.context)

    expect(alice.locator("[data-shown=signed-out]")).to_be_visible()
    expect(alice.locator("#queue .tag")).to_have_text("waiting")
    sign_in(alice.context, live_server)
    alice.goto(live_server.url + COUNTER)
    alice.goto(live_server.url + QUEUE)
    alice.locator("[data-do=send]").dispatch_event("click")  # unless it was sent by itself before
    expect(alice.locator("#queue .tag")).to_have_text("confirmed")
    assert bought() == [("Ana Álvarez", 500)]
