from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from customers.models import ImportFault
from loyalty_site import imports
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.files import counts, rehearsed, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = factories.merchant()
    factories.program(shop, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return shop


def long_file() -> str:
    """1,250 receipts of 40 customers, with returns of earlier receipts, repeats and bad rows in every part."""
    rows = []
    for number in range(1250):
        day = AT - timedelta(days=400) + timedelta(hours=7 * number)
        cell = "oops" if number % 400 == 7 else f"{number % 90}.50"
        rows.append(f"C{number % 40},{600_000_000 + number % 40},R{number},{day.isoformat()},{cell}")
        if number % 100 == 99:
            rows.append(f"C{(number - 90) % 40},,R{number - 90},{day.isoformat()},-1.00")
        if number % 250 == 249:
            rows.append(f"C{number % 40},,R{number},{day.isoformat()},3.00")
            rows.append(f"C{number % 40},,R{number - 3},{day.isoformat()},-99.00")
    return "Customer,Phone,Receipt,Date,Amount\n" + "\n".join(rows) + "\n"


@pytest.mark.any_database
def test_dry_run_foretells_a_file_of_more_than_a_thousand_receipts(shop):
    summary = rehearsed(shop, long_file())

    assert summary["rows"] == 1272
    assert (summary["duplicates"], summary["rejected"]) == (5, 9)
    assert (summary["customers"], summary["new_customers"]) == (40, 40)


def test_dry_run_foretells_a_long_file_of_customers(shop):
    factories.customer(shop, external_id="C7", name="Known")
    rows = [f"C{number % 900},Name {number % 900},{600_000_000 + number % 450}" for number in range(1800)]

    summary = rehearsed(shop, "Customer ID,Name,Phone\n" + "\n".join(rows) + "\n", kind="customers")

    assert said(summary) == (1800, 450, 450, 900, 450, 449, 0)


def test_dry_run_keeps_its_faults_to_be_read(shop):
    imported = send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,oops\n", dry_run=True)

    assert ImportFault.objects.filter(imported=imported).count() == 1
    assert (imported.state, imported.dry_run) == ("done", True)


def test_dry_run_that_was_interrupted_begins_again(shop):
    text = long_file()
    whole = imports.summary(send(shop, text, dry_run=True))
    imported = send(shop, text, dry_run=True)
    imported.state, imported.position, imported.accepted = "posting", 1000, 990
    imported.save()
    before = counts()

    again = imports.run(imported.pk, at=timezone.now())

    assert imports.summary(again) == whole
    assert counts() == before


@pytest.mark.any_database
def test_dry_run_of_what_is_stored_says_duplicates(shop):
    text = "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\n"
    send(shop, text)

    summary = rehearsed(shop, text)

    assert said(summary) == (1, 0, 1, 0, 0, 0, 0)
