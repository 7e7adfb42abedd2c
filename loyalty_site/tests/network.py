"""What the browser tests of the counter without a network share: its pages, who is there, the cut, and a sale."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Customer, Purchase
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import sign_in

COUNTER, QUEUE = "/m/a/counter/", "/m/a/counter/queue/"
READY = """navigator.serviceWorker.ready.then(found => new Promise(done => {
    const look = () => found.active.state === 'activated' && navigator.serviceWorker.controller
        ? done(true) : setTimeout(look, 20);
    look();
}))"""
KEPT = """new Promise(done => {
    const look = () => {
        const asked = indexedDB.open('ficha-counter');
        asked.onsuccess = () => {
            const about = asked.result.transaction('about').objectStore('about').get('kept');
            about.onsuccess = () => {
                asked.result.close();
                const { place } = document.getElementById('offline').dataset;
                about.result?.place === place ? done(true) : setTimeout(look, 20);
            };
        };
    };
    look();
})"""
SENDING = "**/counter/send/"


def served_yesterday() -> Customer:
    """Ana with her 40 points, in a shop of her own: one of those that the device keeps."""
    shop = factories.merchant()
    factories.program(shop)
    ana = factories.customer(shop, name="Ana Álvarez", phone="+34600111222")
    factories.purchase(shop, ana, at=timezone.now() - timedelta(days=1), amount=4000)
    return ana


def at_the_counter(page, live_server):
    """The counter of Alice, with everything on the device that it needs without a network."""
    sign_in(page.context, live_server)
    page.goto(live_server.url + COUNTER)
    get_ready(page)
    return page


def get_ready(page):
    """Wait until the worker answers for this page, and the customers are on the device."""
    page.evaluate(READY)
    page.evaluate(KEPT)


def cut(context):
    """Take the network away. The browser lets a page that has just loaded slip through now and then: not to send."""
    context.set_offline(True)
    context.route(SENDING, lambda route: route.abort())


def mend(context):
    """Give it back."""
    context.unroute(SENDING)
    context.set_offline(False)


def sell(page, who: str, amount: str):
    """Type a purchase on the page that goes on without a network."""
    page.locator("#q").fill(who)
    page.locator("#results button").click()
    page.locator("#amount").fill(amount)
    page.locator("#amount").press("Enter")
    expect(page.locator("#kept")).to_be_visible()  # only then it is written down


def bought() -> list[tuple[str, int]]:
    """Who bought what, of the purchases that the counter recorded."""
    found = Purchase.objects.filter(external_id__startswith="till-").order_by("occurred_at")
    return [(str(one.customer or "nobody"), one.amount) for one in found]
