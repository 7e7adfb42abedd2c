"""Undoing an import on its page."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.models import Customer, Import, Purchase
from customers.models.imports import State
from loyalty_site.tests import factories, files
from loyalty_site.tests.import_pages import (
    SALES,
    imported,
    said,
    work,
)
from rewards import ledger
from rewards.models import Membership

pytestmark = pytest.mark.django_db

LONG_AGO = factories.AT - timedelta(days=1000)


@pytest.fixture(autouse=True)
def _english(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


def spend(customer):
    """Stands for a reward: a point leaves the account."""
    member = Membership.objects.select_related("program").get(customer=customer)
    posting = ledger.Posting(
        account_id=member.account_id,
        membership_id=member.pk,
        merchant_id=member.program.merchant_id,
        kind="adjust",
        points=-1,
        occurred_at=factories.AT,
        key="spent",
    )
    ledger.post([posting], at=factories.AT)


def test_undo_asks_first_and_then_takes_everything_back(alice):
    url = imported(alice, SALES)

    page = said(alice.get(f"{url}undo/"))
    assert "2 rows of purchases no longer count." in page
    assert Purchase.objects.count() == 2

    page = said(alice.post(f"{url}undo/", follow=True))
    assert "Nothing of this file counts any more; it can be sent again." in page
    assert (Purchase.objects.count(), Customer.objects.count()) == (0, 0)


@pytest.mark.any_database
def test_undo_that_is_refused_says_why_and_changes_nothing(alice):
    url = imported(alice, SALES)
    alice.post(f"{url}undo/")

    page = alice.post(f"{url}undo/")

    assert "Only an import that is done can be undone, and only once." in said(page)
    assert Import.objects.get().state == State.UNDONE


def test_long_import_is_undone_in_the_background(alice, shop):
    rows = "".join(f"{number % 50},R{number},2024-01-31,1\n" for number in range(5001))
    files.send(shop, "Customer,Receipt,Date,Amount\n" + rows)
    url = f"/m/a/imports/{Import.objects.get().public_id}/"

    page = said(alice.post(f"{url}undo/", follow=True))
    assert "Taking everything back" in page
    assert Purchase.objects.count() == 5001
    assert "Only an import that is done can be undone" in said(alice.post(f"{url}undo/"))

    work()
    assert "Nothing of this file counts any more" in said(alice.get(url))
    assert Purchase.objects.count() == 0


@pytest.mark.any_database
def test_points_spent_before_the_worker_comes_stop_it_with_a_sentence(alice, shop):
    factories.program(shop, starts_at=LONG_AGO)
    rows = "".join(f"1,R{number},2026-03-09,2\n" for number in range(5001))
    url = f"/m/a/imports/{files.send(shop, 'Customer,Receipt,Date,Amount' + chr(10) + rows).public_id}/"
    alice.post(f"{url}undo/")
    spend(Customer.objects.get())

    work()

    assert Import.objects.get().state == State.DONE
    assert "Points of this import are spent already" in said(alice.get(url))


def test_spent_points_refuse_the_undoing_at_once(alice, shop):
    factories.program(shop, starts_at=LONG_AGO)
    url = f"/m/a/imports/{files.send(shop, 'Customer,Date,Amount' + chr(10) + '1,2026-03-09,5').public_id}/"
    spend(Customer.objects.get())

    page = alice.post(f"{url}undo/")

    assert "Points of this import are spent already" in said(page)
    assert Purchase.objects.count() == 1
