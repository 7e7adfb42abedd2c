"""What is watched, as an owner sets it, and what people make of what was found."""

import pytest
from django.db import IntegrityError, transaction

from customers import staff_cards
from customers.merchants.models import Role
from customers.models import LogEntry
from customers.tests import factories as facts
from rewards import watching
from rewards.models import Alert, Watch
from rewards.tests import factories
from rewards.tests.watched import AT, DAY, alert, owner, person, told, watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    made = facts.merchant()
    factories.program(made)
    return made


def test_owner_sets_what_is_watched_and_the_log_says_what_changed(shop):
    watch(shop, customer_day=6)

    assert watching.watch(shop).customer_day == 6
    assert LogEntry.objects.values_list("deed", "about").get() == ("watch_changed", {"customer_day": [4, 6]})

    watch(shop, customer_day=6)
    assert LogEntry.objects.count() == 1


def test_managers_do_not_set_what_is_watched(shop):
    gus = person(shop, "gus", Role.MANAGER)

    with pytest.raises(watching.OnlyOwnersWatch):
        watching.change(merchant=shop, by=gus, at=AT, **watching.DEFAULTS)
    with pytest.raises(watching.OnlyOwnersWatch):
        watching.change(merchant=shop, by=owner(facts.merchant("b")), at=AT, **watching.DEFAULTS)


@pytest.mark.parametrize("wrong", [{"customer_day": -1}, {"unusual_times": 1001}, {"self_credit": "often"}])
def test_number_that_cannot_be_is_refused_by_its_name(shop, wrong):
    with pytest.raises(watching.InvalidThreshold) as refusal:
        watch(shop, **wrong)

    assert refusal.value.field == next(iter(wrong))
    assert not Watch.objects.exists()


@pytest.mark.parametrize(("verb", "state"), [(watching.accept, "accepted"), (watching.dismiss, "dismissed")])
def test_word_on_an_alert_is_kept_and_logged(shop, verb, state):
    found, by = alert(shop, person(shop)), owner(shop)

    for __ in range(2):
        verb(alert=found, by=by, at=AT, note=" asked her ")

    assert told("state", "decided_by", "decided_at", "note") == [("adjustments", state, by.public_id, AT, "asked her")]
    about = {"alert": found.public_id, "kind": "adjustments", "person": found.person, "note": "asked her"}
    assert LogEntry.objects.values_list("deed", "about").get() == (f"alert_{state}", about)


def test_word_can_be_changed_and_the_log_keeps_both(shop):
    found, by = alert(shop, person(shop)), owner(shop)
    watching.dismiss(alert=found, by=by, at=AT)

    watching.accept(alert=found, by=by, at=AT + DAY)

    assert told("state") == [("adjustments", "accepted")]
    assert list(LogEntry.objects.order_by("pk").values_list("deed", flat=True)) == ["alert_dismissed", "alert_accepted"]


def test_nobody_decides_about_oneself(shop):
    gus, ana = person(shop, "gus", Role.MANAGER), factories.member(shop)
    staff_cards.link(staff=gus, customer=ana, by=owner(shop), at=AT)
    mine = [alert(shop, gus), alert(shop, person(shop), key="l", customer=ana)]

    for found in mine:
        with pytest.raises(watching.AboutYourself):
            watching.dismiss(alert=found, by=gus, at=AT)

    assert not Alert.objects.exclude(state="open").exists()
    with pytest.raises(IntegrityError, match="nobody_decides_about_oneself"), transaction.atomic():
        Alert.objects.filter(pk=mine[0].pk).update(state="accepted", decided_by=gus.public_id, decided_at=AT)


def test_staff_and_strangers_do_not_decide(shop):
    found = alert(shop, person(shop))

    for by in (person(shop, "erin"), owner(facts.merchant("b"))):
        with pytest.raises(watching.MayNotDecideAlerts):
            watching.accept(alert=found, by=by, at=AT)
    with pytest.raises(watching.InvalidNote):
        watching.accept(alert=found, by=owner(shop), at=AT, note="x" * 301)


def test_points_for_the_own_card_are_ruled_by_the_shop(shop):
    dora, ana, ben = person(shop), factories.member(shop), factories.member(shop)
    staff_cards.link(staff=dora, customer=ana, by=owner(shop), at=AT)
    own, other = [(dora.public_id, ana.pk)], [(dora.public_id, ben.pk)]

    with pytest.raises(watching.OwnCard):
        watching.refuse_own(merchant=shop, doing=own)
    assert watching.refuse_own(merchant=shop, doing=other) == "allowed"

    watch(shop, self_credit="queued")
    assert watching.refuse_own(merchant=shop, doing=own) == "queued"
