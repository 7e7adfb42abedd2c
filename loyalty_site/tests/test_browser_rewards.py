"""Rewards in a real browser: a kind brings its own fields, a customer redeems, and nothing is in the way."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in
from rewards import catalog, redemption
from rewards.models import Membership, Reward

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana():
    """Ana with 100 points at a shop with tiers."""
    shop = factories.merchant()
    factories.program(shop, tiers=[{"name": "Friend", "threshold": 0}], point_value=5)
    ana = factories.customer(shop, name="Ana")
    factories.purchase(shop, ana, amount=10_000, at=timezone.now())
    return ana


def test_a_reward_is_made_and_redeemed(page, live_server, ana):
    sign_in(page.context, live_server)
    page.goto(f"{live_server.url}/m/a/rewards/")
    page.get_by_role("link", name="Make the first reward").click()
    page.get_by_label("Name", exact=True).fill("Five off")
    page.get_by_label("What it gives").select_option("amount_off")
    expect(page.get_by_label("Category or SKU")).to_have_count(0)
    page.get_by_label("Amount, in EUR").fill("5.00")
    page.get_by_label("Cost, in points").fill("60")
    page.get_by_role("button", name="Offer it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Five off")
    assert Reward.objects.get().benefit == {"kind": "amount_off", "amount": 500}

    page.goto(f"{live_server.url}/m/a/customers/{ana.public_id}/")
    page.get_by_role("link", name="Redeem a reward").click()
    page.get_by_role("button", name="Redeem it Five off").click()
    expect(page.locator("main")).to_contain_text("40 points to spend.")
    expect(page.locator("main")).to_contain_text("20 points short")

    page.get_by_role("link", name="Cancel Five off").click()
    expect(page.locator("main")).to_contain_text("60 points come back, 100 points to spend then.")
    page.get_by_role("button", name="Cancel it").click()
    expect(page.locator("main")).to_contain_text("100 points to spend.")


def test_pages_have_no_finding_and_fit(page, live_server, ana):
    member = Membership.objects.select_related("program__merchant").get(customer=ana)
    terms = {"benefit": {"kind": "free_product", "category": "coffee"}, "at": factories.AT, "unit_cost": 900}
    coffee = catalog.create(program=member.program, name="Coffee", cost=10, perceived_value=100, stock=3, **terms)
    catalog.create(program=member.program, name="Cake", cost=500, status="archived", **terms)
    made = redemption.redeem(membership=member, reward=coffee, at=timezone.now())
    sign_in(page.context, live_server)
    complaints, found = [], {}
    page.on("console", lambda message: complaints.append(message.text))

    mine = [f"rewards/{path}" for path in ("", "new/", f"{coffee.public_id}/", f"{coffee.public_id}/edit/")]
    theirs = [f"customers/{ana.public_id}/rewards/", f"redemptions/{made.public_id}/cancel/"]
    for path in [*(f"m/a/{path}" for path in [*mine, *theirs]), "rewards/a/"]:
        page.goto(f"{live_server.url}/{path}")
        found[path] = findings(page)

    assert (complaints, {path: broken for path, broken in found.items() if broken}) == ([], {})
