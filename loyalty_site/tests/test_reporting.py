"""The monthly report: its figures, whom it reaches and when, and that no month goes twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import translation

from customers.merchants.models import StaffMember, User
from loyalty_site import mails, reporting
from loyalty_site.selectors.monthly import monthly
from loyalty_site.tests import factories
from loyalty_site.tests.mail_server import MailServer
from loyalty_site.tests.test_mails import smtp  # noqa: F401
from segments import annotations
from segments.models import ReportReader

pytestmark = pytest.mark.django_db
SITE = "https://shop.example/"
FEB, MARCH = date(2026, 2, 1), date(2026, 3, 1)
FIRST = datetime(2026, 4, 1, 5, tzinfo=UTC)  # 07:00 in Madrid


@pytest.fixture
def history(shop):
    """Two came in February, one of them again in March with somebody new, and one sale has no card."""
    ana, ben, cleo = (factories.customer(shop) for __ in range(3))
    for buyer, month, amount in [(ana, 2, 1000), (ben, 2, 500), (ana, 3, 2000), (cleo, 3, 500), (None, 3, 500)]:
        factories.purchase(shop, buyer, amount=amount, at=datetime(2026, month, 10, 12, tzinfo=UTC))


@pytest.fixture
def reader(shop):
    """Alice asked for it in March."""
    return reporting.switch_on(place=factories.place(shop), today=date(2026, 3, 20), site=SITE, language="en")


def said(found):
    return {one.label: (one.value, one.changes[0].text) for one in found.figures}


def test_figures_beside_the_month_before(shop, history):
    with translation.override("en"):
        found = monthly(shop, month=MARCH)

    assert found.finding == "Mar 2026 brought 30.00\xa0€ and 1 new customer"
    assert said(found) == {
        "Revenue": ("30.00\xa0€", "▲ 15.00\xa0€ more than in Feb 2026 (15.00\xa0€)"),
        "Purchases": ("3", "▲ 1 more than in Feb 2026 (2)"),
        "Average purchase": ("10.00\xa0€", "▲ 2.50\xa0€ more than in Feb 2026 (7.50\xa0€)"),
        "With a card": ("83%", "▼ 16.7 points less than in Feb 2026 (100%)"),
        "New customers": ("1", "▼ 1 less than in Feb 2026 (2)"),
        "Returning share": ("50%", "▲ 50.0 points more than in Feb 2026 (0%)"),
        "Came again": ("50%", "Feb 2026 is not on record."),
    }
    assert {one.changes[1].text for one in found.figures} == {"Mar 2025 is not on record."}


def test_report_of_a_month_without_sales(shop):
    with translation.override("en"):
        found = monthly(shop, month=MARCH)

    assert found.finding == "Nothing was sold in Mar 2026"
    assert {one.value for one in found.figures} == {"not known yet"}


def test_report_goes_on_the_first_in_the_shops_time_and_once(shop, history, reader):
    annotations.note(merchant=shop, on=date(2026, 3, 5), text="Prices up", actor="x", at=FIRST, today=date(2026, 3, 20))
    moments = [FIRST - timedelta(days=1), FIRST - timedelta(hours=2), FIRST, FIRST, FIRST + timedelta(days=3)]

    assert [reporting.send_due(at=at) for at in moments] == [0, 0, 1, 0, 0]

    [sent] = mail.outbox
    assert (sent.subject, sent.to) == ("Shop A in Mar 2026", ["alice@a.test"])
    assert "Revenue: 30.00\xa0€\n  ▲ 15.00\xa0€ more than in Feb 2026 (15.00\xa0€)\n" in sent.body
    assert "- 5 Mar 2026: Prices up\n" in sent.body
    assert f"\n{SITE}m/a/retention/month/?month=2026-03#switch\n" in sent.body
    [(html, kind)] = sent.alternatives
    assert kind == "text/html"
    assert f'<a href="{SITE}m/a/retention/">' in html


def test_report_speaks_its_readers_language(shop, history, reader):
    User.objects.update(language="es")

    reporting.send_due(at=FIRST)

    assert mail.outbox[0].alternatives[0][0].count('<html lang="es">') == 1


def test_a_worker_that_stood_still_sends_late_but_not_after_a_week(shop, reader):
    assert reporting.due(reader, at=FIRST + timedelta(days=6)) == MARCH
    assert reporting.due(reader, at=FIRST + timedelta(days=7)) is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "staff"}])
def test_who_may_no_longer_see_it_gets_none(shop, reader, change):
    StaffMember.objects.update(**change)

    assert reporting.send_due(at=FIRST) == 0
    assert mail.outbox == []


def test_switched_off_it_is_not_sent(shop, reader):
    reporting.switch_off(place=factories.place(shop))

    assert reporting.send_due(at=FIRST) == 0


def test_switching_on_again_sends_no_month_twice(shop, reader):
    reporting.send_due(at=FIRST)

    reporting.switch_on(place=factories.place(shop), today=date(2026, 4, 2), site=SITE, language="en")

    assert reporting.send_due(at=FIRST + timedelta(days=1)) == 0
    assert ReportReader.objects.get().told == MARCH


def test_mail_server_takes_the_report(shop, history, reader, smtp):  # noqa: F811
    with MailServer() as server:
        smtp(server.port)
        assert reporting.send_due(at=FIRST) == 1

    [taken] = server.mails
    assert "Content-Type: multipart/alternative" in taken
    assert "To: alice@a.test" in taken


def test_a_refused_report_is_told_and_sent_later(shop, history, reader, smtp, settings):  # noqa: F811
    with MailServer(refuse={"RCPT": "550 nobody here"}) as server:
        smtp(server.port)
        with pytest.raises(mails.NotSent):
            reporting.send_due(at=FIRST)
    assert ReportReader.objects.get().told == FEB

    with MailServer() as server:
        smtp(server.port)
        assert reporting.send_due(at=FIRST + timedelta(hours=1)) == 1
    assert ReportReader.objects.get().told == MARCH


def test_page_switches_it_on_and_off(alice, shop):
    alice.post("/m/a/retention/month/", {"on": "1"})
    reader = ReportReader.objects.get()
    assert (reader.site, reader.place.user.email) == ("http://testserver/", "alice@a.test")
    assert "Switch it off" in alice.get("/m/a/retention/month/").content.decode()

    alice.post("/m/a/retention/month/", {"off": "1"})

    assert ReportReader.objects.count() == 0
