"""An alert in a browser: read, followed to its customer, dismissed with a note; and people's cards found by typing."""

import pytest
from playwright.sync_api import expect

from customers.models import StaffCard
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in
from rewards.models import Alert

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner(context, live_server):
    shop = factories.merchant()
    sign_in(context, live_server)
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    return shop, page


def test_alert_is_dismissed_with_a_note(owner, live_server):
    shop, page = owner
    dora, ana = factories.clerk(shop, email="dora@a.test"), factories.customer(shop, name="Ana")
    what = {"kind": "customer_day", "key": "k", "count": 5, "limit": 4, "happened_on": factories.AT.date()}
    Alert.objects.create(merchant=shop, person=dora.public_id, customer=ana, found_at=factories.AT, **what)
    page.goto(f"{live_server.url}/m/a/alerts/")
    assert findings(page) == []

    page.get_by_label("Note (optional)").fill("a party")
    page.get_by_role("button", name="Dismiss: it is fine").click()

    expect(page.get_by_role("heading", name="Nothing to look at")).to_be_visible()
    page.get_by_role("link", name="Dismissed").click()
    expect(page.get_by_text("“a party”")).to_be_visible()
    assert (findings(page), page.said) == ([], [])


def test_card_of_a_person_is_found_while_typing_and_linked(owner, live_server):
    shop, page = owner
    dora, ana = factories.clerk(shop, email="dora@a.test"), factories.customer(shop, name="Ana")
    page.goto(f"{live_server.url}/m/a/settings/staff/{dora.public_id}/card/")

    page.get_by_label("Phone, name, e-mail or card").press_sequentially("an")
    link = page.get_by_role("button", name="Link this card Ana")
    expect(link).to_be_visible()
    assert findings(page) == []
    link.click()

    expect(page.get_by_text("This person is also the customer Ana.")).to_be_visible()
    assert StaffCard.objects.get().customer == ana
    page.goto(f"{live_server.url}/m/a/settings/watch/")
    assert (findings(page), page.said) == ([], [])
