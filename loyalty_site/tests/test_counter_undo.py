"""Undo for 60 seconds: the moment decides, and after it the purchase is voided on its page."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from customers.models import Purchase
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import assert_sound, points
from rewards.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    factories.program(shop)
    return factories.customer(shop, name="Ana")


def undo(shop, bought, seconds):
    found = Purchase.objects.get(pk=bought.draft.pk)
    return flows.undo_purchase(merchant=shop, purchase=found, at=AT + timedelta(seconds=seconds), actor="stf_1")


@pytest.mark.parametrize("seconds", [0, 59.999])
def test_undo_within_the_minute_takes_everything_back_and_says_by_whom(shop, ana, seconds):
    undo(shop, factories.purchase(shop, ana, at=AT), seconds)

    assert points(ana) == 0
    assert Purchase.objects.get().voided_at == AT + timedelta(seconds=seconds)
    assert Entry.objects.latest("pk").actor == "stf_1"
    assert_sound(shop)


def test_undo_is_over_after_sixty_seconds_and_nothing_is_written(shop, ana):
    bought = factories.purchase(shop, ana, at=AT)

    with pytest.raises(flows.UndoOver):
        undo(shop, bought, 60)

    assert points(ana) == 10


def test_undo_twice_changes_nothing_more(shop, ana):
    bought = factories.purchase(shop, ana, at=AT)
    undo(shop, bought, 1)
    undo(shop, bought, 2)

    assert (points(ana), Entry.objects.count()) == (0, 2)


def receipt(ana, bought):
    return f"/m/a/counter/{ana.public_id}/?receipt={bought.draft.public_id}"


@pytest.mark.any_database
def test_receipt_offers_undo_and_it_works(dora, shop, ana):
    bought = factories.purchase(shop, ana, at=timezone.now())

    offered = dora.get(receipt(ana, bought)).content.decode()
    done = dora.post(f"/m/a/counter/undo/{bought.draft.public_id}/", follow=True)

    assert f'action="/m/a/counter/undo/{bought.draft.public_id}/"' in offered
    assert "Undone: the purchase of 10.00 € counts for nothing now." in text(done)
    assert done.redirect_chain == [(f"/m/a/counter/{ana.public_id}/", 302)]
    assert Purchase.objects.get().voided_at is not None


@pytest.mark.any_database
def test_receipt_of_a_minute_ago_leads_to_the_void(dora, shop, ana):
    bought = factories.purchase(shop, ana, at=timezone.now() - timedelta(seconds=61))

    shown = dora.get(receipt(ana, bought)).content.decode()
    done = dora.post(f"/m/a/counter/undo/{bought.draft.public_id}/", follow=True)

    assert "/counter/undo/" not in shown
    assert f'href="/m/a/purchases/{bought.draft.public_id}/void/"' in shown
    assert "The 60 seconds to undo this purchase are over." in text(done)
    assert done.redirect_chain == [(f"/m/a/purchases/{bought.draft.public_id}/void/", 302)]
    assert Purchase.objects.get().voided_at is None


@pytest.mark.any_database
def test_receipt_of_what_was_undone_says_so(dora, shop, ana):
    bought = factories.purchase(shop, ana, at=timezone.now())
    dora.post(f"/m/a/counter/undo/{bought.draft.public_id}/")

    assert "it counts for nothing." in text(dora.get(receipt(ana, bought)))


def test_undo_of_an_anonymous_sale_leads_to_the_counter(dora, shop):
    bought = factories.purchase(shop, None, at=timezone.now())

    response = dora.post(f"/m/a/counter/undo/{bought.draft.public_id}/")

    assert response.headers["Location"] == "/m/a/counter/"
