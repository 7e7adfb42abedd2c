"""Surveys in a browser: made and opened, answered over one's own link, thanked with points."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from loyalty_site.tests import factories
from loyalty_site.tests.asking import AT, THANKS
from loyalty_site.tests.browsing import findings, sign_in
from loyalty_site.tests.receipts import points
from segments.surveys import invitations
from segments.surveys.models import Survey

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_survey_is_opened_answered_by_its_link_and_thanked_on_the_card(browser, live_server):
    shop = factories.merchant()
    factories.program(shop, rules=THANKS)
    ana, heard = factories.customer(shop, name="Ana", email="ana@a.test"), []
    context = browser.new_context(viewport={"width": 390, "height": 844})
    sign_in(context, live_server)
    staff = context.new_page()
    staff.on("console", lambda message: heard.append(message.text))
    staff.goto(f"{live_server.url}/m/a/surveys/new/")
    assert findings(staff) == []
    staff.get_by_role("button", name="How was your visit?").click()
    expect(staff.get_by_label("Title")).to_have_value("How was your visit?")
    assert findings(staff) == []
    staff.get_by_role("button", name="Save and look at it").click()
    staff.get_by_role("button", name="Open it").click()
    expect(staff.locator("main")).to_contain_text("The survey is open.")
    assert findings(staff) == []

    asked = Survey.objects.get()
    own = invitations.token(invitations.invite(survey=asked, customer=ana, touchpoint="email", at=AT)[0])
    visitor = browser.new_context().new_page()
    visitor.on("console", lambda message: heard.append(message.text))
    visitor.goto(live_server.url + reverse("survey_answer", args=[own]))
    expect(visitor.locator("main")).to_contain_text("20 points")
    assert findings(visitor) == []
    visitor.get_by_role("button", name="Send", exact=True).click()
    expect(visitor.locator("main")).to_contain_text("Please answer this one.")
    visitor.get_by_label("2", exact=True).check()
    visitor.get_by_label("Waiting time").check()
    visitor.get_by_role("button", name="Send", exact=True).click()
    expect(visitor.locator("main")).to_contain_text("20 points for your answer are on your card.")
    assert findings(visitor) == []

    assert points(ana) == 20
    for page in ("surveys", "survey_unhappy"):
        staff.goto(live_server.url + reverse(page, args=["a"]))
        assert findings(staff) == []
    staff.get_by_role("link", name="Ana").click()
    expect(staff.locator("main")).to_contain_text("Waiting time")
    assert findings(staff) == []
    staff.goto(live_server.url + reverse("survey", args=["a", asked.public_id]))
    assert (findings(staff), heard) == ([], [])
