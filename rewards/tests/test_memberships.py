import pytest

from customers.tests import factories as shops
from rewards import memberships, programs
from rewards.memberships import NotActive
from rewards.models import Membership, PointsAccount
from rewards.tests import factories
from rewards.tests.factories import AT, RULES

pytestmark = pytest.mark.django_db


def test_new_customers_join_every_active_program_that_enrols_by_itself():
    shop = shops.merchant()
    points = factories.program(shop, name="Points")
    factories.program(shop, name="Club", auto_enrol=False)
    programs.create(merchant=shop, name="Draft", rules=RULES, at=AT)

    ana = factories.member(shop)

    assert [place.program for place in Membership.objects.filter(customer=ana)] == [points]


def test_activation_enrols_everybody_once():
    shop = shops.merchant()
    people = [shops.customer(shop) for __ in range(3)]

    made = factories.program(shop)
    memberships.enrol_everybody(program=made, at=AT)

    assert sorted(Membership.objects.values_list("customer", flat=True)) == [person.pk for person in people]
    assert PointsAccount.objects.count() == 3


def test_another_merchants_customers_stay_outside():
    ours, theirs = shops.merchant("a"), shops.merchant("b")
    shops.customer(theirs)

    factories.program(ours)

    assert not Membership.objects.exists()


def test_joining_one_by_one_stands_once():
    shop = shops.merchant()
    club = factories.program(shop, auto_enrol=False)
    ana = shops.customer(shop)

    joined = [memberships.join_one(program=club, customer=ana, at=AT) for __ in range(2)]

    assert joined == [True, False]
    assert Membership.objects.count() == 1


def test_nobody_joins_a_program_that_is_not_active():
    shop = shops.merchant()
    draft = programs.create(merchant=shop, name="Club", rules=RULES, at=AT)

    with pytest.raises(NotActive):
        memberships.join_one(program=draft, customer=shops.customer(shop), at=AT)
