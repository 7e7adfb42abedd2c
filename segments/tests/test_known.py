"""Sales with a customer and without, and what happened beside them."""

from datetime import UTC, date, datetime

import pytest

from customers.tests import factories
from rewards.tests import factories as promises
from segments import annotations
from segments.annotations import Moment, TooManyNotes, WrongDay, WrongNote
from segments.known import KnownMonth, known
from segments.models import Annotation

pytestmark = pytest.mark.django_db
JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)
TODAY = date(2026, 3, 15)


@pytest.fixture
def shop():
    return factories.merchant()


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def test_months_with_and_without_a_card(shop):
    ana = factories.customer(shop)
    bought = factories.purchase(shop, ana, amount=1000, at=at(1, 5))
    factories.refund(shop, bought, amount=200, at=at(2, 1))
    for month, amount in [(1, 300), (2, 500), (2, 100)]:
        factories.purchase(shop, None, amount=amount, at=at(month, 6))
    factories.purchase(factories.merchant("b"), None, amount=9, at=at(1, 6))

    assert known(shop, since=JAN, until=FEB) == [KnownMonth(JAN, 1, 800, 1, 300), KnownMonth(FEB, 0, 0, 2, 600)]


def test_share_and_averages():
    one = KnownMonth(JAN, 2, 700, 1, 300)

    assert (one.all_purchases, one.all_revenue, one.revenue_share) == (3, 1000, 0.7)
    assert (one.average, one.anonymous_average) == (350, 300)
    assert (KnownMonth(JAN).revenue_share, KnownMonth(JAN).average) == (None, None)


def note(shop, *, on=JAN, text="Prices up"):
    return annotations.note(merchant=shop, on=on, text=text, actor="stf_1", at=at(3, 1), today=TODAY)


def test_notes_stand_in_order_with_the_starts_of_programs(shop):
    promises.program(shop, name="Stars", at=at(1, 20))
    later, earlier = note(shop, on=FEB, text=" Closed  for works "), note(shop)
    note(factories.merchant("b"))

    assert annotations.moments(shop) == [
        Moment(JAN, "Prices up", earlier.public_id),
        Moment(date(2026, 1, 20), "“Stars” starts"),
        Moment(FEB, "Closed for works", later.public_id),
    ]
    assert annotations.moments(shop, since=FEB, until=FEB) == [Moment(FEB, "Closed for works", later.public_id)]


@pytest.mark.parametrize(("wrong", "refusal"), [
    ({"text": "  "}, WrongNote), ({"text": "x" * 141}, WrongNote), ({"text": "a\0b"}, WrongNote),
    ({"on": date(2026, 3, 16)}, WrongDay), ({"on": date(1899, 1, 1)}, WrongDay),
])  # fmt: skip
def test_a_note_that_cannot_be_is_refused(shop, wrong, refusal):
    with pytest.raises(refusal):
        note(shop, **wrong)

    assert Annotation.objects.count() == 0


def test_there_is_an_end_of_notes(shop, monkeypatch):
    monkeypatch.setattr(annotations, "MOST", 1)
    note(shop)

    with pytest.raises(TooManyNotes):
        note(shop)
