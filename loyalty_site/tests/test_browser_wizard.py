"""A newcomer makes a working program by taking what is suggested: one choice and five clicks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in
from rewards.models import Program

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_wizard_makes_a_program_that_runs(page, live_server):
    shop = factories.merchant()
    buyer = factories.customer(shop)
    for week in range(10):
        factories.purchase(shop, buyer, amount=850, at=timezone.now() - timedelta(weeks=week))
    sign_in(page.context, live_server)
    page.goto(f"{live_server.url}/m/a/programs/")
    page.get_by_role("link", name="Make the first program").click()
    page.get_by_text("Bakery", exact=True).click()
    for heading in ("Objective", "Earning", "Rewards", "Check"):
        assert findings(page) == []
        page.get_by_role("button", name="Next").click()
        expect(page.locator("[aria-current=step]")).to_contain_text(heading)
    expect(page.locator("main")).to_contain_text("1 point for each full 1.00")
    assert findings(page) == []
    page.get_by_role("button", name="Start the program").click()

    expect(page.locator("main")).to_contain_text("runs: purchases earn.")
    assert factories.purchase(shop, buyer, at=timezone.now()).earned[0].points == 10
    assert Program.objects.get().objective["metric"] == "visits_per_month"
