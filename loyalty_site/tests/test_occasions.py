"""What comes about by itself: joining, a complete card, birthdays; each once, and the same whenever it is noticed."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.models import Activity, Customer
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.receipts import assert_sound, points
from rewards.models import Entry, Judgement

pytestmark = pytest.mark.django_db

AT = factories.AT  # 10 March 2026, 13:00 at the shop


def gives(trigger, number=5, **parts) -> dict:
    return {"name": trigger, "trigger": trigger, "award": {"fixed": number}, **parts}


def types() -> list[str]:
    return list(Activity.objects.order_by("pk").values_list("type", flat=True))


@pytest.mark.any_database
def test_who_joins_while_the_program_runs_earns_once(shop):
    before = factories.customer(shop)
    factories.program(shop, rules=[gives("signup")])

    joined = factories.customer(shop, external_id="x")
    flows.enrol(merchant=shop, fields={"external_id": "x", "name": "New"}, consents=[], at=AT)

    assert (points(before), points(joined), types()) == (0, 5, ["signup"])
    assert_sound(shop)


def test_joining_by_hand_earns_in_that_program_only(shop):
    factories.program(shop, name="A", rules=[gives("signup", 1)])
    club = factories.program(shop, name="B", rules=[gives("signup", 7)], auto_enrol=False)
    person = factories.customer(shop)

    assert flows.join_program(program=club, customer=person, at=AT) is True
    assert flows.join_program(program=club, customer=person, at=AT) is False

    assert points(person) == 8


def test_file_of_customers_is_no_joining(shop):
    factories.program(shop, rules=[gives("signup"), gives("profile_complete")])

    flows.enrol_many(merchant=shop, cards=[{"name": "Ana", "email": "a@a.test", "birthday": "03-10"}], at=AT)

    assert types() == []


def test_card_that_becomes_complete_earns_once_ever(shop):
    factories.program(shop, rules=[gives("profile_complete")])
    person = factories.customer(shop, phone="+34600000001")

    for birthday in ("03-27", "", "03-28"):
        flows.change_customer(customer=person, fields={"birthday": birthday}, consents=[], at=AT)

    assert (points(person), types()) == (5, ["profile_complete"])


def test_new_card_may_be_complete_at_once(shop):
    factories.program(shop, rules=[gives("profile_complete"), gives("signup", 2)])

    assert points(factories.customer(shop, email="a@a.test", birthday="01-01")) == 7


def test_nothing_is_recorded_that_no_rule_waits_for(shop):
    factories.program(shop)

    factories.customer(shop, email="a@a.test", birthday="01-01")

    assert types() == []


@pytest.mark.any_database
@pytest.mark.parametrize("late", [0, 3, 14])
def test_birthday_happens_on_its_day_however_late_it_is_noticed(shop, late):
    factories.program(shop, rules=[gives("birthday")], at=AT - timedelta(days=90))
    person = factories.customer(shop, birthday="03-10", at=AT - timedelta(days=60))

    noticed = [flows.celebrate_birthdays(at=AT + timedelta(days=late)) for __ in range(2)]

    assert (noticed, points(person)) == ([1, 0], 5)
    assert Entry.objects.get().occurred_at == datetime(2026, 3, 9, 23, tzinfo=UTC)
    assert_sound(shop)


def test_birthday_that_nobody_noticed_for_weeks_is_let_go(shop):
    factories.program(shop, rules=[gives("birthday")], at=AT - timedelta(days=90))
    person = factories.customer(shop, birthday="03-10", at=AT - timedelta(days=60))

    assert (flows.celebrate_birthdays(at=AT + timedelta(days=15)), points(person)) == (0, 0)


def test_birthday_comes_again_next_year_and_not_by_another_date(shop):
    factories.program(shop, rules=[gives("birthday")], at=AT - timedelta(days=90))
    person = factories.customer(shop, birthday="03-10", at=AT - timedelta(days=60))
    flows.celebrate_birthdays(at=AT)

    Customer.objects.update(birthday="03-12")
    flows.celebrate_birthdays(at=AT + timedelta(days=3))
    assert points(person) == 5
    flows.celebrate_birthdays(at=AT + timedelta(days=368))

    assert points(person) == 10


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("today", "found"),
    [
        (datetime(2026, 2, 27, 12, tzinfo=UTC), 0),
        (datetime(2026, 2, 28, 12, tzinfo=UTC), 1),
        (datetime(2028, 2, 28, 12, tzinfo=UTC), 0),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), 1),
    ],
)
def test_leap_day_is_the_28th_in_other_years(shop, today, found):
    factories.program(shop, rules=[gives("birthday")], at=today - timedelta(days=30))
    factories.customer(shop, birthday="02-29", at=today - timedelta(days=20))

    assert flows.celebrate_birthdays(at=today) == found


def test_day_of_a_birthday_is_the_shops(shop):
    factories.program(shop, rules=[gives("birthday")], at=AT - timedelta(days=9))
    factories.customer(shop, birthday="03-11", at=AT - timedelta(days=8))

    assert flows.celebrate_birthdays(at=datetime(2026, 3, 10, 22, 59, tzinfo=UTC)) == 0
    assert flows.celebrate_birthdays(at=datetime(2026, 3, 10, 23, 0, tzinfo=UTC)) == 1


def test_who_joined_after_the_birthday_waits_for_the_next(shop):
    factories.program(shop, rules=[gives("birthday")], at=AT - timedelta(days=9))
    person = factories.customer(shop, birthday="03-09")
    on_the_day = factories.customer(shop, birthday="03-10")

    flows.celebrate_birthdays(at=AT)

    assert (points(person), points(on_the_day)) == (0, 5)


@pytest.mark.any_database
@pytest.mark.parametrize("count", [1, 30])
def test_birthdays_take_the_same_statements(shop, django_assert_num_queries, count):
    factories.program(shop, rules=[gives("birthday", limits={"per_customer": {"times": 1, "period": "year"}})])
    for __ in range(count):
        factories.customer(shop, birthday="03-11")

    with django_assert_num_queries(30):
        assert flows.celebrate_birthdays(at=AT + timedelta(days=1)) == count


def test_joining_fills_a_stamp_card(shop):
    coffee = {"kind": "free_product", "category": "coffee", "quantity": 1}
    stamps = {"size": 3, "reward": {"name": "A coffee", "benefit": coffee}}
    factories.program(shop, kind="stamps", rules=[gives("signup", 4)], stamps=stamps)

    person = factories.customer(shop)

    assert (points(person), person.vouchers.count()) == (1, 1)


def test_card_that_earned_nothing_is_removed_with_its_occasions(shop):
    none_left = gives("signup", limits={"total": {"times": 1}})
    factories.program(shop, rules=[none_left])
    factories.customer(shop)
    person = factories.customer(shop)
    assert Judgement.objects.count() == 2

    flows.delete_customer(customer=person)

    assert (types(), Judgement.objects.count()) == (["signup"], 1)
    assert_sound(shop)
