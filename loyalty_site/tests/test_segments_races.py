"""Segments while others write: refreshed twice at once, and while somebody in them is deleted or erased."""

from datetime import timedelta

import pytest

from customers.merchants.refusals import Refusal
from customers.models import AudienceMember, Customer
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import together
from loyalty_site.tests.factories import AT
from loyalty_site.tests.test_ledger_races import until_answered
from segments import lists
from segments.models import Segment

pytestmark = pytest.mark.django_db(transaction=True)
EVERYBODY = {"version": 1, "all": [{"field": "joined_days", "op": "gte", "value": 0}]}
SECOND = timedelta(seconds=1)


@pytest.fixture
def shop():
    return factories.merchant()


@pytest.fixture
def everybody(shop):
    """A segment that was made before anybody came."""
    return lists.create(merchant=shop, name="Everybody", definition=EVERYBODY, at=AT)


def test_refreshed_by_several_at_once_everybody_is_on_the_list_once(shop, everybody):
    people = [factories.customer(shop) for __ in range(20)]

    said = together(6, lambda number: until_answered(lambda: lists.refresh(segment=everybody, at=AT + number * SECOND)))

    assert set(said) == {"done"}
    assert sorted(everybody.audience.members.values_list("customer", flat=True)) == [one.pk for one in people]
    assert everybody.audience.members.exclude(removed_at=None).count() == 0


def test_made_under_one_name_by_several_at_once_there_is_one(shop):
    def make(__):
        return until_answered(lambda: lists.create(merchant=shop, name="Same", definition=EVERYBODY, at=AT))

    said = together(4, make)

    assert (said.count("done"), said.count("name_taken"), Segment.objects.count()) == (1, 3, 1)


def test_whoever_is_deleted_or_erased_meanwhile_is_on_no_list(shop, everybody):
    gone, erased, stays = (factories.customer(shop) for __ in range(3))

    def act(number):
        deeds = [
            lambda: flows.delete_customer(customer=gone),
            lambda: flows.erase_customer(customer=erased, at=AT + SECOND, actor="stf_x"),
        ]
        refresh = lists.refresh
        deed = deeds[number] if number < 2 else lambda: refresh(segment=everybody, at=AT + number * SECOND)
        return until_answered(deed)

    said = together(6, act)
    lists.refresh(segment=everybody, at=AT + 9 * SECOND)

    assert set(said) == {"done"}
    assert not Customer.objects.filter(pk=gone.pk).exists()
    assert list(AudienceMember.objects.now().values_list("customer", flat=True)) == [stays.pk]


def test_two_that_would_ask_about_each_other_are_never_both_changed(shop):
    first, second = (lists.create(merchant=shop, name=name, definition=EVERYBODY, at=AT) for name in ("A", "B"))

    def ask(number):
        mine, other = (first, second) if number else (second, first)
        asking = {"version": 1, "all": [{"field": "segment", "op": "eq", "value": other.public_id}]}
        try:
            return until_answered(lambda: lists.change(segment=mine, definition=asking, at=AT + SECOND))
        except Refusal as refusal:
            return refusal.code

    assert sorted(together(2, ask)) == ["bad_criteria", "done"]
