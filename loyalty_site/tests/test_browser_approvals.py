"""Points by hand in a browser: somebody asks, a second person says yes; and what happens follows the typing."""

import pytest
from playwright.sync_api import expect

from customers.merchants.models import Role
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in
from rewards import adjustments, pools
from rewards.models import Adjustment, Entry

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ana():
    """Ana with points, and Dora who serves and Gus who manages."""
    shop = factories.merchant()
    factories.program(shop)
    ana = factories.customer(shop, name="Ana")
    factories.purchase(shop, ana)
    factories.staff(shop, email="dora@a.test", role=Role.STAFF)
    factories.staff(shop, email="gus@a.test", role=Role.MANAGER)
    return ana


def signed_in(browser, live_server, email, **how):
    """A page of a new browser in which somebody has signed in."""
    context = browser.new_context(**how)
    sign_in(context, live_server, email)
    return context.new_page()


def test_somebody_asks_and_a_second_person_says_yes(browser, live_server, ana):
    dora = signed_in(browser, live_server, "dora@a.test", viewport={"width": 390, "height": 844})
    dora.goto(f"{live_server.url}/m/a/customers/{ana.public_id}/")
    dora.get_by_role("link", name="Ledger and adjusting").click()
    dora.get_by_text("Adjust points").click()
    dora.wait_for_load_state()  # only then does htmx hear the typing
    dora.get_by_role("textbox", name="Points").fill("300")
    expect(dora.locator("#happens")).to_contain_text("This waits for a second person. You have 100 of 100 points")
    dora.get_by_label("Reason").fill("Cake that fell")
    dora.get_by_role("button", name="Adjust the points").click()
    expect(dora.locator("main")).to_contain_text("Asked for, not booked yet")

    gus = signed_in(browser, live_server, "gus@a.test")
    gus.goto(f"{live_server.url}/m/a/")
    gus.get_by_role("link", name="Decide").click()
    expect(gus.locator("main")).to_contain_text("10 points to spend now, 310 points if approved.")
    gus.get_by_role("button", name="Approve").click()
    expect(gus.locator("main")).to_contain_text("Approved: +300 for Ana.")

    dora.reload()
    expect(dora.locator("main")).to_contain_text("310 points to spend.")
    dora.get_by_text("adjusted").first.click()
    expect(dora.locator("main")).to_contain_text("Approved by Gus")
    assert Entry.objects.filter(kind="adjust").get().points == 300


def test_without_javascript_the_same_is_done_in_two_steps(browser, live_server, ana):
    dora = signed_in(browser, live_server, "dora@a.test", java_script_enabled=False)
    dora.goto(f"{live_server.url}/m/a/customers/{ana.public_id}/ledger/")

    dora.get_by_text("Adjust points").click()
    dora.get_by_label("Take points").check()
    dora.get_by_role("textbox", name="Points").fill("4")
    dora.get_by_role("button", name="Show what happens").click()
    expect(dora.locator("#happens")).to_contain_text("4 points less, 6 points to spend then.")
    dora.get_by_label("Reason").fill("Correction")
    dora.get_by_role("button", name="Adjust the points").click()

    expect(dora.locator("main")).to_contain_text("Taken: 4 points. Ana has 6 points to spend.")


def test_pages_have_no_finding_and_fit(page, live_server, ana):
    member, clerk, owner = ana.memberships.get(), factories.clerk(ana.merchant), factories.place(ana.merchant)
    for points in (500, -501, 502):
        adjustments.adjust(membership=member, points=points, reason="Cake that fell", by=clerk, at=factories.AT)
    adjustments.approve(adjustment=Adjustment.objects.get(points=502), by=owner, at=factories.AT)
    other, eva = (factories.customer(ana.merchant, name=name) for name in ("Ben", "Eva"))
    sign_in(page.context, live_server)
    complaints, found = [], {}
    page.on("console", lambda message: complaints.append(message.text))
    card = f"customers/{ana.public_id}"

    pools.join(membership=other.memberships.get(), host=member, at=factories.AT)
    sharing = f"{card}/share/{member.public_id}/"
    more = [f"{sharing}?q=Eva", f"{sharing}?to={eva.public_id}", f"{card}/leave/{member.public_id}/"]

    paths = [
        *more,
        f"{card}/ledger/",
        f"{card}/ledger/?kind=expire",
        f"{card}/adjust/{member.public_id}/",
        "approvals/",
    ]
    for path in [*paths, "settings/adjustments/"]:
        page.goto(f"{live_server.url}/m/a/{path}")
        found[path] = findings(page)

    assert ([one for one in found.items() if one[1]], complaints) == ([], [])
