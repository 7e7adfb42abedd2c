"""Which customer card is whose who works at the shop."""

import pytest
from django.db import IntegrityError, transaction

from customers import staff_cards
from customers.merchants import shops
from customers.merchants.models import Role, StaffMember
from customers.models import LogEntry, StaffCard
from customers.tests import factories
from customers.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.merchant()


def person(shop, name="dora", role=Role.STAFF) -> StaffMember:
    user = shops.give_place(merchant=shop, email=f"{name}@a.test", role=role)
    return StaffMember.objects.select_related("merchant").get(merchant=shop, user=user)


def owner(shop) -> StaffMember:
    return StaffMember.objects.select_related("merchant").get(merchant=shop, role=Role.OWNER)


def test_card_is_linked_once_and_the_log_tells(shop):
    dora, ana = person(shop), factories.customer(shop)

    for __ in range(2):
        staff_cards.link(staff=dora, customer=ana, by=owner(shop), at=AT)

    assert StaffCard.objects.values_list("staff", "customer").get() == (dora.pk, ana.pk)
    about = {"person": dora.public_id, "customer": ana.public_id}
    assert LogEntry.objects.values_list("deed", "actor", "at", "about").get() == (
        "card_linked", owner(shop).public_id, AT, about,
    )  # fmt: skip


def test_another_card_takes_the_place_of_the_first(shop):
    dora, ana, ben = person(shop), factories.customer(shop), factories.customer(shop)
    staff_cards.link(staff=dora, customer=ana, by=owner(shop), at=AT)

    staff_cards.link(staff=dora, customer=ben, by=owner(shop), at=AT)

    assert StaffCard.objects.values_list("staff", "customer").get() == (dora.pk, ben.pk)
    assert LogEntry.objects.count() == 2


def test_card_belongs_to_one_person(shop):
    ana, by = factories.customer(shop), owner(shop)
    staff_cards.link(staff=person(shop), customer=ana, by=by, at=AT)

    with pytest.raises(staff_cards.CardTaken):
        staff_cards.link(staff=person(shop, "erin"), customer=ana, by=by, at=AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        StaffCard.objects.create(staff=person(shop, "fay"), customer=ana, linked_at=AT)


def test_card_is_taken_away_again(shop):
    dora, by = person(shop), owner(shop)
    staff_cards.link(staff=dora, customer=factories.customer(shop), by=by, at=AT)

    assert staff_cards.unlink(staff=dora, by=by, at=AT)
    assert not staff_cards.unlink(staff=dora, by=by, at=AT)

    assert not StaffCard.objects.exists()
    assert LogEntry.objects.order_by("pk").last().deed == "card_unlinked"


def test_nobody_gets_rid_of_the_own_card(shop):
    by = owner(shop)
    staff_cards.link(staff=by, customer=factories.customer(shop), by=by, at=AT)

    with pytest.raises(staff_cards.OwnLink):
        staff_cards.unlink(staff=by, by=by, at=AT)
    with pytest.raises(staff_cards.OwnLink):
        staff_cards.link(staff=by, customer=factories.customer(shop), by=by, at=AT)

    assert StaffCard.objects.count() == 1


def test_only_those_who_manage_say_whose_card_it_is(shop):
    dora, other = person(shop), factories.merchant("b")
    ana, theirs = factories.customer(shop), factories.customer(other)

    for staff, customer, by in ((dora, ana, dora), (dora, theirs, owner(shop)), (dora, ana, owner(other))):
        with pytest.raises(staff_cards.MayNotLink):
            staff_cards.link(staff=staff, customer=customer, by=by, at=AT)
    with pytest.raises(staff_cards.MayNotLink):
        staff_cards.unlink(staff=dora, by=owner(other), at=AT)

    assert not StaffCard.objects.exists()


@pytest.mark.parametrize("people", [1, 3])
def test_cards_with_the_e_mail_of_somebody_are_suggested(shop, django_assert_num_queries, people):
    staff = [person(shop, f"p{number}") for number in range(people)]
    cards = [factories.customer(shop, email=f"P{number}@a.test") for number in range(people)]
    factories.customer(factories.merchant("b"), email="dora@a.test")

    with django_assert_num_queries(2):
        found = staff_cards.suggested(shop)

    assert found == {one.pk: card for one, card in zip(staff, cards, strict=True)}


def test_linked_people_and_linked_cards_are_not_suggested(shop):
    __, erin = person(shop), person(shop, "erin")
    card = factories.customer(shop, email="dora@a.test")
    staff_cards.link(staff=erin, customer=card, by=owner(shop), at=AT)

    assert staff_cards.suggested(shop) == {}


def test_own_answers_the_pairs_of_people_and_their_own_cards(shop):
    dora, ana, ben = person(shop), factories.customer(shop), factories.customer(shop)
    staff_cards.link(staff=dora, customer=ana, by=owner(shop), at=AT)
    doing = [
        (dora.public_id, ana.pk),
        (dora.public_id, ben.pk),
        ("key_x", ana.pk),
        ("", ana.pk),
        (dora.public_id, None),
    ]

    assert staff_cards.own(merchant=shop, doing=doing) == {(dora.public_id, ana.pk)}
    assert staff_cards.own(merchant=factories.merchant("b"), doing=doing) == set()
