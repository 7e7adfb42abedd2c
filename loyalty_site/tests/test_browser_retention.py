"""Retention and home in a browser: from a figure to its people, with and without scripts, at both widths."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from customers.merchants.models import Role
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in

pytestmark = [pytest.mark.django_db(transaction=True)]
PAGES = {
    "alice@a.test": [
        "",
        "retention/",
        "retention/?by=channel&show=worth",
        "retention/second-visit/",
        "retention/month/",
        "retention/print/",
        "retention/reach/",
        "retention/reach/?by=points",
        "value/",
    ],
    "dora@a.test": [""],
}


@pytest.fixture
def shop():
    """Ana came in each of six months, Ben in the first two, Cleo once."""
    shop = factories.merchant()
    factories.program(shop, starts_at=factories.AT.replace(year=2025))
    for name, months in {"Ana": range(1, 7), "Ben": (1, 2), "Cleo": (3,)}.items():
        buyer = factories.customer(shop, name=name)
        for month in months:
            factories.purchase(shop, buyer, at=datetime(2026, month, 10, 12, tzinfo=UTC))
    return shop


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [390, 1280])
def test_cell_leads_to_its_customers(browser, live_server, shop, width, scripts):
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 844}, locale="en-US")
    sign_in(context, live_server)
    page = context.new_page()

    page.goto(f"{live_server.url}/m/a/retention/?show=count")
    page.locator(".heat tbody tr").first.locator("a").nth(2).click()

    expect(page).to_have_url(re.compile(r"/m/a/customers/\?cohort=2026-01&active=2026-02$"))
    expect(page.locator("main")).to_contain_text("Customers who first bought in Jan 2026 and bought in Feb 2026.")
    assert page.locator("tbody tr").count() == 2
    context.close()


@pytest.mark.parametrize(("width", "shown", "hidden"), [(390, "narrow", "wide"), (1280, "wide", "narrow")])
def test_chart_has_the_form_for_its_room_and_its_table_a_click_away(page, live_server, shop, width, shown, hidden):
    sign_in(page.context, live_server)
    page.set_viewport_size({"width": width, "height": 844})

    page.goto(f"{live_server.url}/m/a/retention/")
    chart = page.locator("figure.chart").first
    expect(chart.locator(f"svg.{shown}")).to_be_visible()
    expect(chart.locator(f"svg.{hidden}")).to_be_hidden()
    expect(chart.locator("table")).to_be_hidden()
    chart.locator("summary").click()

    expect(chart.locator("table")).to_be_visible()


def test_pages_have_no_finding_and_fit(page, live_server, shop):
    complaints, found = [], {}
    page.on("console", lambda message: complaints.append(message.text))
    factories.staff(shop, email="dora@a.test", role=Role.STAFF)

    for email, paths in PAGES.items():
        sign_in(page.context, live_server, email)
        for path in paths:
            page.goto(f"{live_server.url}/m/a/{path}")
            found[email, path] = findings(page)

    assert (found, complaints) == (dict.fromkeys(found, []), [])
