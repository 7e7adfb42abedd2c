"""The counter without a network, in a browser whose network is cut: nothing is lost, and nothing counts twice."""

import gzip

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from loyalty_site.tests import factories, network
from loyalty_site.tests.browsing import findings, sign_in
from loyalty_site.tests.network import COUNTER, QUEUE, SENDING, bought, cut, get_ready, mend, sell
from loyalty_site.tests.relay import Relay
from rewards.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ana():
    return network.served_yesterday()


@pytest.fixture
def alice(page, live_server, ana):
    return network.at_the_counter(page, live_server)


def test_two_sales_without_a_network_survive_a_reload_and_count_once(alice, live_server, ana):
    cut(alice.context)
    alice.goto(f"{live_server.url}{COUNTER}{ana.public_id}/")
    expect(alice.locator("#whose")).to_contain_text("Points: 40 points")
    alice.locator("#amount").fill("12,5x")
    alice.locator("#amount").press("Enter")
    expect(alice.locator("#amount_error")).to_be_visible()
    alice.locator("#amount").fill("12,50")
    alice.locator("#amount").press("Enter")
    expect(alice.locator("#kept")).to_contain_text("12,50 EUR")
    alice.reload()
    alice.goto(live_server.url + COUNTER)
    expect(alice.locator("#results button")).to_be_visible()
    alice.locator("#q").press_sequentially("1222\n")
    expect(alice.locator("#amount")).to_be_focused()
    alice.locator("#amount").press_sequentially("3\n")
    expect(alice.locator("#kept")).to_be_visible()
    alice.goto(live_server.url + QUEUE)
    expect(alice.locator("#queue .tag")).to_have_text(["waiting", "waiting"])
    alice.reload()
    expect(alice.locator("[data-count]").first).to_have_text("2")
    assert bought() == []

    other = alice.context.new_page()  # a second tab: both hear that the network is back
    other.goto(live_server.url + QUEUE)
    expect(other.locator("#queue .tag")).to_have_text(["waiting", "waiting"])
    mend(alice.context)
    for tab in (alice, other):
        expect(tab.locator("#queue .tag")).to_have_text(["confirmed", "confirmed"])
    alice.reload()
    expect(alice.locator("#queue .tag")).to_have_text(["confirmed", "confirmed"])
    expect(alice.locator("[data-shown=unsent]")).to_be_hidden()

    assert bought() == [("Ana Álvarez", 1250), ("Ana Álvarez", 300)]
    assert sum(Entry.objects.values_list("points", flat=True)) == 40 + 12 + 3


def test_an_address_sells_nothing_by_itself(alice, live_server, ana):
    forged = f"receipt=till-{'x' * 22}&amount=9&customer={ana.public_id}&left=till-{'x' * 22}"

    alice.goto(f"{live_server.url}/m/a/counter/offline/?{forged}#{forged}")

    expect(alice.locator("#whose")).to_contain_text("Ana Álvarez")
    assert alice.locator("#amount").input_value() == ""
    assert bought() == []


def test_form_whose_answer_is_lost_is_queued_and_counts_once(alice, live_server, ana):
    alice.goto(f"{live_server.url}{COUNTER}{ana.public_id}/")
    receipt = alice.locator("[name=receipt]").input_value()
    alice.locator("[name=amount]").fill("8,00")
    factories.purchase(ana.merchant, ana, amount=800, at=timezone.now(), external_id=receipt)  # it did arrive
    cut(alice.context)
    leads = f"/m/a/counter/offline/#customer={ana.public_id}"
    expect(alice.locator("[data-shown=away] a")).to_have_attribute("href", leads)
    alice.locator("[name=amount]").press("Enter")
    expect(alice.locator("#kept")).to_contain_text("It may have arrived; it is counted once either way.")
    alice.reload()
    expect(alice.locator("[data-shown=unsent] [data-count]")).to_have_text("1")

    mend(alice.context)
    alice.goto(live_server.url + QUEUE)

    expect(alice.locator("#queue .queued")).to_contain_text("It had arrived before: 8.00\xa0€ for Ana Álvarez.")
    assert bought() == [("Ana Álvarez", 800)]


def test_products_on_a_form_whose_answer_is_lost_are_queued_with_it(alice, live_server, ana):
    loaf = {"name": "Loaf", "trigger": "purchase", "award": {"per_item": 3}, "when": {"skus": ["loaf"]}}
    factories.program(ana.merchant, name="Loaves", rules=[loaf])
    alice.goto(f"{live_server.url}{COUNTER}{ana.public_id}/")
    alice.locator("[name=many-sku-loaf]").fill("2")
    alice.locator("[name=each-sku-loaf]").fill("1,50")
    cut(alice.context)
    alice.locator("[name=many-sku-loaf]").press("Enter")
    expect(alice.locator("#kept")).to_contain_text("what the products come to")
    mend(alice.context)
    alice.goto(live_server.url + QUEUE)
    expect(alice.locator("#queue .tag")).to_have_text("confirmed")

    assert bought() == [("Ana Álvarez", 300)]
    assert sum(Entry.objects.values_list("points", flat=True)) == 40 + 3 + 6


def fail_over_thirteen(route):
    """A server that breaks over one purchase."""
    if '"amount":"13"' in route.request.post_data:
        route.fulfill(status=500)
    else:
        route.continue_()


def test_conflict_is_explained_corrected_and_nothing_else_stops(alice, live_server, ana):
    ben = factories.customer(ana.merchant, name="Ben")
    cut(alice.context)
    alice.goto(live_server.url + COUNTER)
    alice.locator("#q").fill("nobodys-card-0001")
    alice.locator("[data-do=unknown]").click()
    alice.locator("#amount").fill("5")
    alice.locator("#amount").press("Enter")
    alice.locator("text=Next customer").click()
    for amount in ("13", "6"):
        sell(alice, "alv", amount)
        alice.locator("text=Next customer").click()
    alice.goto(live_server.url + QUEUE)
    alice.route(SENDING, fail_over_thirteen)
    mend(alice.context)
    failed = alice.locator(".queued", has_text="The server failed over this one, and recorded nothing.")
    expect(failed.locator(".tag")).to_have_text("waiting")
    refused = alice.locator(".queued", has_text="No customer has this card or id.")
    expect(refused.locator(".tag")).to_have_text("refused")
    expect(alice.locator("[data-shown=refused]")).to_be_visible()
    expect(alice.locator("[data-list=done] .tag")).to_have_text("confirmed")
    assert bought() == [("Ana Álvarez", 600)]

    refused.locator("text=Correct").click()
    expect(alice.locator("#amount")).to_have_value("5")
    alice.locator("[data-do=another]").click()
    alice.locator("#q").fill(ben.card_code)
    alice.locator("[data-do=unknown]").click()
    alice.unroute(SENDING)
    alice.locator("#amount").press("Enter")
    expect(alice.locator("#kept")).to_be_visible()
    alice.goto(live_server.url + QUEUE)
    expect(alice.locator("#queue .tag")).to_have_text(["confirmed"] * 3)

    assert bought() == [("Ben", 500), ("Ana Álvarez", 1300), ("Ana Álvarez", 600)]


@pytest.fixture
def relay(live_server):
    """The server by a way that can be cut."""
    relay = Relay(live_server.thread.host, live_server.thread.port)
    yield relay
    relay.kill()


def test_server_that_is_killed_before_it_answers_counts_once_when_it_is_back(page, live_server, relay, ana):
    sign_in(page.context, live_server)
    page.goto(relay.url + COUNTER)
    get_ready(page)
    page.goto(f"{relay.url}/m/a/counter/offline/")

    def lose(route):
        """It is recorded, and the server dies before its answer is there."""
        route.fetch()
        relay.kill()
        route.abort()

    page.route(SENDING, lose, times=1)
    with page.expect_event("requestfailed"):
        sell(page, "ana", "5")
    page.goto(relay.url + QUEUE)
    expect(page.locator("#queue .tag")).to_have_text("waiting")
    assert bought() == [("Ana Álvarez", 500)]
    page.reload()
    expect(page.locator("#queue .tag")).to_have_text("waiting")
    relay.start()
    expect(page.locator("#queue .queued")).to_contain_text("It had arrived before", timeout=15_000)

    assert bought() == [("Ana Álvarez", 500)]


def test_pages_have_no_finding_and_fit(alice, live_server, ana):
    cut(alice.context)
    alice.goto(live_server.url + COUNTER)
    found = [findings(alice)]
    alice.locator("#results button").click()
    found.append(findings(alice))
    alice.locator("#amount").fill("5")
    alice.locator("#amount").press("Enter")
    expect(alice.locator("#kept")).to_be_visible()
    found.append(findings(alice))
    alice.goto(live_server.url + QUEUE)
    expect(alice.locator("#queue .tag")).to_have_text("waiting")
    found.append(findings(alice))
    alice.locator("[data-do=discard]").click()
    found.append(findings(alice))

    assert found == [[]] * 5


def test_what_the_counter_loads_for_it_is_small(alice, live_server, ana):
    sizes = {}
    alice.on("response", lambda answer: sizes.update({answer.url: len(gzip.compress(answer.body(), 6))}))
    alice.goto(f"{live_server.url}{COUNTER}{ana.public_id}/", wait_until="networkidle")

    assert sum(size for url, size in sizes.items() if "/offline/" in url) <= 5_500
