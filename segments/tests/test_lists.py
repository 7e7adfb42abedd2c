"""Segments: made, filled, changed, put away; who came and who left."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from customers import audiences
from customers.audiences import AudienceNameTaken, WrongAudienceName
from customers.models import AudienceMember, Customer
from customers.tests import factories
from customers.tests.factories import AT
from rewards import catalog, programs
from segments import lists
from segments.criteria import BadCriteria
from segments.lists import NoCriteria, PutAway, SegmentInUse, StandsStill, TooManySegments, Use
from segments.models import Kind, Segment

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BUYERS = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 1}]}
BEN = {"version": 1, "all": [{"field": "name", "op": "contains", "value": "Ben"}]}
REGULARS = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 2}]}


@pytest.fixture
def shop():
    return factories.merchant()


@pytest.fixture
def ana(shop):
    """Somebody who bought once."""
    found = factories.customer(shop, name="Ana")
    factories.purchase(shop, found)
    return found


@pytest.fixture
def buyers(shop, ana):
    """Everybody who bought: Ana."""
    return lists.create(merchant=shop, name="Buyers", definition=BUYERS, at=AT, reason="They bought.")


def on_list(segment):
    """Who is in it now, by name."""
    return sorted(segment.audience.members.now().values_list("customer__name", flat=True))


def asking(segment):
    """Criteria that ask for another segment."""
    return {"version": 1, "all": [{"field": "segment", "op": "eq", "value": segment.public_id}]}


def test_segment_is_filled_when_it_is_made(shop, buyers):
    factories.customer(shop, name="Ben")

    assert (buyers.name, buyers.kind, buyers.reason, buyers.refreshed_at) == (
        "Buyers",
        Kind.CRITERIA,
        "They bought.",
        AT,
    )
    assert on_list(buyers) == ["Ana"]


def test_segment_never_holds_customers_of_another_shop(shop, buyers):
    other = factories.merchant("b")
    factories.purchase(other, factories.customer(other, name="Cleo"))

    assert lists.refresh(segment=buyers, at=AT + DAY) == (0, 0)
    assert on_list(buyers) == ["Ana"]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"name": " "}, WrongAudienceName),
        ({"name": "x" * 101}, WrongAudienceName),
        ({"name": "Buyers"}, AudienceNameTaken),
        ({"definition": {"version": 1, "all": [{"field": "shoe_size", "op": "eq", "value": 1}]}}, BadCriteria),
        ({"definition": {"version": 2}}, BadCriteria),
    ],
)
def test_segment_that_cannot_be_is_refused_and_nothing_is_kept(shop, buyers, wrong, refusal):
    with pytest.raises(refusal):
        lists.create(**{"merchant": shop, "name": "New", "definition": BUYERS, "at": AT, **wrong})

    assert Segment.objects.count() == shop.audiences.count() == 1


def test_refresh_keeps_who_stays_and_dates_who_comes_and_leaves(shop, ana, buyers):
    ben = factories.customer(shop, name="Ben")
    factories.purchase(shop, ben)
    assert lists.refresh(segment=buyers, at=AT + DAY) == (1, 0)

    lists.change(segment=buyers, definition=BEN, at=AT + 2 * DAY)

    rows = AudienceMember.objects.filter(audience=buyers.audience).order_by("customer")
    assert [(row.customer, row.added_at, row.removed_at) for row in rows] == [
        (ana, AT, AT + 2 * DAY), (ben, AT + DAY, None),
    ]  # fmt: skip


def test_refresh_of_an_earlier_moment_does_nothing(shop, buyers):
    factories.purchase(shop, factories.customer(shop, name="Ben"))

    assert lists.refresh(segment=buyers, at=AT) == (0, 0)
    assert lists.refresh(segment=buyers, at=AT - DAY) == (0, 0)

    assert on_list(buyers) == ["Ana"]


def test_nobody_leaves_before_coming_even_by_a_clock_that_was_put_back(shop, ana, buyers):
    audiences.follow(audience=buyers.audience, customers=Customer.objects.none().values("pk"), at=AT)
    audiences.follow(audience=buyers.audience, customers=Customer.objects.values("pk"), at=AT + DAY)

    assert audiences.follow(
        audience=buyers.audience, customers=Customer.objects.exclude(pk=ana.pk).values("pk"), at=AT
    ) == (0, 1)  # fmt: skip

    last = buyers.audience.members.latest("pk")
    assert (last.added_at, last.removed_at) == (AT + DAY, AT + DAY)


@pytest.mark.any_database
def test_following_a_query_gives_the_same_rows_as_replacing_by_keys(shop):
    people = [factories.customer(shop) for __ in range(12)]
    asked = audiences.create(merchant=shop, name="By query", at=AT)
    told = audiences.create(merchant=shop, name="By keys", at=AT)

    for number, step in enumerate((2, 3, 1, 5, 12)):
        wanted = Customer.objects.filter(pk__in=[one.pk for one in people[::step]])
        moment = AT + number * DAY
        by_query = audiences.follow(audience=asked, customers=wanted.values("pk"), at=moment)
        by_keys = audiences.replace(audience=told, customers=[one.pk for one in wanted], at=moment)
        assert by_query == by_keys

    def rows(audience):
        return sorted(audience.members.values_list("customer", "added_at", "removed_at"), key=str)

    assert rows(asked) == rows(told)


def test_refreshing_all_leaves_static_ones_and_those_put_away_as_they_are(shop, ana, buyers):
    idle = lists.create(merchant=shop, name="Idle", definition=BUYERS, at=AT)
    lists.archive(segment=idle, at=AT)
    taken = lists.snapshot(segment=buyers, name="As of March", at=AT)
    factories.purchase(shop, factories.customer(shop, name="Ben"))

    assert lists.refresh_all(merchant=shop, at=AT + DAY) == 1

    assert [on_list(one) for one in (buyers, idle, taken)] == [["Ana", "Ben"], ["Ana"], ["Ana"]]


def test_one_whose_criteria_make_no_sense_any_more_keeps_its_list_and_says_why(shop, buyers):
    broken = lists.create(merchant=shop, name="Broken", definition=BUYERS, at=AT)
    Segment.objects.filter(pk=broken.pk).update(definition={"version": 1, "all": [{"field": "gone"}]})
    factories.purchase(shop, factories.customer(shop, name="Ben"))

    assert lists.refresh_all(merchant=shop, at=AT + DAY) == 1

    broken = Segment.objects.for_merchant(shop).get(pk=broken.pk)
    assert (on_list(broken), broken.refreshed_at, lists.said(broken).sentence) == (["Ana"], AT, "")
    assert lists.said(broken).problem.startswith("There is no field 'gone'.")


def test_a_shop_is_due_when_a_segment_was_not_refreshed_since_the_day_began(shop, buyers):
    assert not lists.is_due(merchant=shop, since=AT)
    assert lists.is_due(merchant=shop, since=AT + DAY)

    lists.archive(segment=buyers, at=AT)

    assert not lists.is_due(merchant=shop, since=AT + DAY)


def test_snapshot_stands_still_and_knows_what_it_was_taken_of(shop, buyers):
    taken = lists.snapshot(segment=buyers, name="As of March", at=AT + DAY)
    factories.purchase(shop, factories.customer(shop, name="Ben"))

    with pytest.raises(StandsStill):
        lists.refresh(segment=taken, at=AT + 2 * DAY)
    with pytest.raises(NoCriteria):
        lists.change(segment=taken, definition=BUYERS, at=AT + 2 * DAY)

    assert (taken.kind, taken.source, on_list(taken)) == (Kind.SNAPSHOT, buyers, ["Ana"])
    assert lists.said(taken).sentence == "Customers who were in “Buyers” on 11 Mar 2026."
    assert lists.snapshot_name(buyers, day=AT.date()) == "Buyers, 10 Mar 2026"


def test_change_of_name_and_reason_leaves_the_list_alone(shop, buyers):
    changed = lists.change(segment=buyers, name="All buyers", reason="", at=AT + DAY)

    assert (changed.name, changed.reason, changed.refreshed_at) == ("All buyers", "", AT)


@pytest.mark.parametrize("way", ["directly", "through another"])
def test_segment_that_would_contain_itself_is_refused_with_the_place(shop, buyers, way):
    other = lists.create(merchant=shop, name="Other", definition=asking(buyers), at=AT)

    with pytest.raises(BadCriteria) as refused:
        lists.change(segment=buyers, definition=asking(buyers if way == "directly" else other), at=AT + DAY)

    assert refused.value.field == "definition.all[0].value"
    assert Segment.objects.get(pk=buyers.pk).definition == BUYERS


def test_what_is_used_is_not_put_away_and_says_where(shop, buyers):
    asks = lists.create(merchant=shop, name="Other", definition=asking(buyers), at=AT)
    rule = {"name": "Double", "trigger": "purchase", "award": {"fixed": 5}, "when": {"audiences": [buyers.public_id]}}
    program = programs.create(merchant=shop, name="Points", rules=[rule], at=AT)
    reward = catalog.create(
        program=program, name="Tea", cost=5, benefit={"kind": "free_shipping"}, audience=buyers.audience, at=AT
    )

    with pytest.raises(SegmentInUse) as refused:
        lists.archive(segment=buyers, at=AT)

    assert str(refused.value) == (
        "“Buyers” is used by the rule “Double” of the program “Points”. Take it out there first."
    )
    assert lists.uses_of(buyers, at=AT) == [
        Use("program", program.public_id, "Points", "Double"),
        Use("reward", reward.public_id, "Tea"),
        Use("segment", asks.public_id, "Other"),
    ]


def test_what_is_over_uses_nothing(shop, buyers):
    asks = lists.create(merchant=shop, name="Other", definition=asking(buyers), at=AT)
    lists.archive(segment=asks, at=AT)
    rule = {"name": "Double", "trigger": "purchase", "award": {"fixed": 5}, "when": {"audiences": [buyers.public_id]}}
    program = programs.create(merchant=shop, name="Points", rules=[rule], at=AT)
    programs.publish(program=program, rules=[{**rule, "when": {}}], at=AT)

    assert lists.archive(segment=buyers, at=AT + DAY).archived_at == AT + DAY


def test_put_away_it_is_changed_no_more_until_it_is_brought_back(shop, buyers):
    lists.archive(segment=buyers, at=AT)
    factories.purchase(shop, factories.customer(shop, name="Ben"))

    with pytest.raises(PutAway):
        lists.change(segment=buyers, name="New", at=AT)
    back = lists.restore(segment=buyers, at=AT + DAY)

    assert (back.archived_at, on_list(back)) == (None, ["Ana", "Ben"])


def test_more_segments_than_a_night_can_take_are_refused(shop, buyers, monkeypatch):
    monkeypatch.setattr("segments.lists.making.MOST", 1)

    with pytest.raises(TooManySegments):
        lists.snapshot(segment=buyers, name="Another", at=AT)


@pytest.mark.parametrize(
    "terms", [{"kind": Kind.UPLOAD}, {"kind": "other"}, {"definition": None}, {"report": {}}], ids=str
)
def test_segments_that_contradict_themselves_are_kept_out_by_the_database(shop, buyers, terms):
    with pytest.raises(IntegrityError), transaction.atomic():
        Segment.objects.filter(pk=buyers.pk).update(**terms)


def test_a_card_that_is_deleted_leaves_its_segments(shop, ana, buyers):
    idle = factories.customer(shop)
    audiences.add(audience=buyers.audience, customers=[idle.pk], at=AT)

    idle.delete()

    assert on_list(buyers) == ["Ana"]


def test_figures_say_who_came_later_but_not_who_was_there_from_the_beginning(shop, ana, buyers):
    ben, eva = (factories.customer(shop, name=name) for name in ("Ben", "Eva"))
    factories.purchase(shop, ben, amount=2500)
    lists.refresh(segment=buyers, at=AT + DAY)
    audiences.add(audience=buyers.audience, customers=[eva.pk], at=AT + DAY)
    audiences.remove(audience=buyers.audience, customers=[ana.pk, eva.pk], at=AT + 2 * DAY)
    empty = lists.create(merchant=shop, name="Regulars", definition=REGULARS, at=AT)

    found = lists.figures(shop, [buyers, empty], since=AT)

    assert found[buyers.pk] == lists.Figures(people=1, value=2500, entered=1, left=2)
    assert found[empty.pk] == lists.Figures()
    assert lists.everybody(shop) == (3, 3500)


def test_who_left_and_came_back_has_not_left(shop, ana, buyers):
    audiences.remove(audience=buyers.audience, customers=[ana.pk], at=AT + DAY)
    audiences.add(audience=buyers.audience, customers=[ana.pk], at=AT + 2 * DAY)

    assert lists.figures(shop, [buyers], since=AT)[buyers.pk] == lists.Figures(people=1, value=1000, entered=1)


def test_trend_says_how_many_were_in_it_at_each_moment(shop, ana, buyers):
    ben = factories.customer(shop)
    audiences.add(audience=buyers.audience, customers=[ben.pk], at=AT + DAY)
    audiences.remove(audience=buyers.audience, customers=[ana.pk], at=AT + 2 * DAY)

    found = lists.trend(buyers, [AT + number * DAY for number in range(4)])

    assert [(one.people, one.came, one.left) for one in found] == [(1, 0, 0), (2, 1, 0), (1, 0, 1), (1, 0, 0)]


def test_overlaps_name_other_active_segments_by_how_many_they_share(shop, ana, buyers):
    ben = factories.customer(shop, name="Ben")
    factories.purchase(shop, ben)
    lists.refresh(segment=buyers, at=AT + DAY)
    both = lists.snapshot(segment=buyers, name="Both", at=AT + DAY)
    only = lists.create(merchant=shop, name="Only Ben", definition=BEN, at=AT)
    lists.create(merchant=shop, name="Nobody", definition=REGULARS, at=AT)
    away = lists.snapshot(segment=buyers, name="Away", at=AT)
    lists.archive(segment=away, at=AT)

    assert lists.overlaps(buyers) == [(both, 2), (only, 1)]


@pytest.mark.parametrize("count", [1, 30])
def test_refresh_takes_the_same_statements_for_one_and_for_many(shop, count, django_assert_num_queries):
    for __ in range(count):
        factories.purchase(shop, factories.customer(shop))
    segment = lists.create(merchant=shop, name="Buyers", definition=BUYERS, at=AT)
    AudienceMember.objects.filter(audience=segment.audience).delete()

    # savepoint, segment, savepoint, list, rows (one statement on PostgreSQL), savepoint, moment, savepoint
    with django_assert_num_queries(9 if connection.vendor == "sqlite" else 8):
        assert lists.refresh(segment=segment, at=AT + DAY) == (count, 0)
