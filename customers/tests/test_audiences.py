"""Named lists of customers."""

from datetime import timedelta

import pytest

from customers import audiences
from customers.audiences import AudienceNameTaken, UnknownCustomers
from customers.models import AudienceMember
from customers.tests import factories
from customers.tests.factories import AT

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return factories.merchant()


@pytest.fixture
def press(shop):
    return audiences.create(merchant=shop, name="Press", at=AT)


def rows(audience):
    found = AudienceMember.objects.filter(audience=audience).order_by("pk")
    return [(one.customer_id, one.added_at, one.removed_at) for one in found]


def test_names_differ_within_a_merchant(shop, press):
    audiences.create(merchant=factories.merchant("b"), name="Press", at=AT)

    with pytest.raises(AudienceNameTaken):
        audiences.create(merchant=shop, name="Press", at=AT)


def test_adding_twice_adds_once_with_the_first_moment(shop, press):
    ana, ben = factories.customer(shop), factories.customer(shop)

    assert audiences.add(audience=press, customers=[ana.pk], at=AT) == 1
    assert audiences.add(audience=press, customers=[ana.pk, ben.pk], at=AT + DAY) == 1

    assert rows(press) == [(ana.pk, AT, None), (ben.pk, AT + DAY, None)]


def test_who_leaves_and_comes_back_has_two_times_on_the_list(shop, press):
    ana = factories.customer(shop)
    audiences.add(audience=press, customers=[ana.pk], at=AT)

    assert audiences.remove(audience=press, customers=[ana.pk], at=AT + DAY) == 1
    assert audiences.remove(audience=press, customers=[ana.pk], at=AT + DAY) == 0
    audiences.add(audience=press, customers=[ana.pk], at=AT + 2 * DAY)

    assert rows(press) == [(ana.pk, AT, AT + DAY), (ana.pk, AT + 2 * DAY, None)]


def test_replacing_keeps_those_who_stay(shop, press):
    ana, ben, eva = (factories.customer(shop) for __ in range(3))
    audiences.add(audience=press, customers=[ana.pk, ben.pk], at=AT)

    assert audiences.replace(audience=press, customers=[ben.pk, eva.pk], at=AT + DAY) == (1, 1)

    assert rows(press) == [(ana.pk, AT, AT + DAY), (ben.pk, AT, None), (eva.pk, AT + DAY, None)]


@pytest.mark.parametrize("verb", [audiences.add, audiences.replace])
def test_customers_of_another_shop_are_refused_and_nothing_changes(shop, press, verb):
    strange = factories.customer(factories.merchant("b"))

    with pytest.raises(UnknownCustomers):
        verb(audience=press, customers=[factories.customer(shop).pk, strange.pk], at=AT)

    assert rows(press) == []


def test_memberships_are_those_asked_for_now(shop, press):
    other = audiences.create(merchant=shop, name="Other", at=AT)
    ana, ben, eva = (factories.customer(shop) for __ in range(3))
    audiences.add(audience=press, customers=[ana.pk, ben.pk], at=AT)
    audiences.add(audience=other, customers=[ana.pk, eva.pk], at=AT)
    audiences.remove(audience=press, customers=[ben.pk], at=AT)

    def found(*lists):
        wanted = [one.public_id for one in lists]
        return audiences.memberships(merchant=shop, audiences=wanted, customers=[ana.pk, ben.pk, eva.pk])

    assert found(press) == {ana.pk: {press.public_id}}
    assert found(press, other) == {ana.pk: {press.public_id, other.public_id}, eva.pk: {other.public_id}}


@pytest.mark.parametrize("count", [1, 30])
def test_adding_takes_the_same_statements_for_one_and_for_many(shop, press, count, django_assert_num_queries):
    people = [factories.customer(shop).pk for __ in range(count)]

    with django_assert_num_queries(6):  # savepoint, list, customers, who is there, new ones, savepoint
        audiences.add(audience=press, customers=people, at=AT)


def test_a_card_that_is_deleted_leaves_its_lists(shop, press):
    ana = factories.customer(shop)
    audiences.add(audience=press, customers=[ana.pk], at=AT)

    ana.delete()

    assert rows(press) == []
