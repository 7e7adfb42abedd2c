import threading
from datetime import timedelta

import pytest

from customers import profiles
from customers.identity import Identifiers, IdentityConflict, UnknownCustomer
from customers.models import Customer, Purchase
from customers.profiles import UseErase
from customers.purchases import PurchaseDraft, ReturnDraft
from loyalty_site import flows, tasks
from loyalty_site.jobs import worker
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from rewards import ledger, memberships, programs
from rewards.models import Entry, Judgement, Membership

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
RULES = [{"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}]


def points(customer):
    """What the customer's entries add up to."""
    return sum(Entry.objects.filter(membership__customer=customer).values_list("points", flat=True))


def test_a_new_card_is_a_member_at_once(shop):
    made = factories.program(shop)

    ana, new = flows.enrol(merchant=shop, fields={"phone": "600123456"}, consents=[], at=AT)

    assert new is True
    assert Membership.objects.get(customer=ana).program == made


def test_the_same_external_id_updates_the_card(shop):
    flows.enrol(merchant=shop, fields={"external_id": "7", "name": "Ana"}, consents=[], at=AT)

    ana, new = flows.enrol(merchant=shop, fields={"external_id": "7", "city": "León"}, consents=[], at=AT)

    assert new is False
    assert Customer.objects.values_list("name", "city").get() == ("Ana", "León")
    assert ana.city == "León"


def test_identify_makes_a_card_for_a_phone_that_nobody_has(shop):
    who = Identifiers(phone="+34600123456")

    first, new = flows.identify(merchant=shop, identifiers=who, at=AT)
    again, known = flows.identify(merchant=shop, identifiers=who, at=AT)

    assert (new, known, again) == (True, False, first)


@pytest.mark.parametrize(
    "who", [Identifiers(card_code="X"), Identifiers(external_id="7", phone="+34600123456"), Identifiers()]
)
def test_identify_makes_no_card_for_an_unknown_card_or_id(shop, who):
    with pytest.raises(UnknownCustomer):
        flows.identify(merchant=shop, identifiers=who, at=AT)

    assert not Customer.objects.exists()


def test_identify_refuses_identifiers_of_two_people(shop):
    factories.customer(shop, phone="600123456")
    factories.customer(shop, external_id="7")

    with pytest.raises(IdentityConflict):
        flows.identify(merchant=shop, identifiers=Identifiers(external_id="7", phone="+34600123456"), at=AT)


def test_a_recorded_purchase_says_what_it_earned(shop):
    made = factories.program(shop)
    ana = factories.customer(shop)

    recorded = factories.purchase(shop, ana, amount=3899)

    [earned] = recorded.earned
    assert (earned.program, earned.points, earned.available_at) == (made, 38, AT)
    assert points(ana) == 38


def test_a_receipt_taken_after_the_caller_looked_is_answered_with_the_first(shop):
    ana = factories.customer(shop)
    stood = factories.purchase(shop, ana, external_id="T1")
    drafts = [
        PurchaseDraft(amount=900, occurred_at=AT, customer_id=ana.pk, external_id=receipt) for receipt in ("T1", "T2")
    ]

    first, second = flows.record_once(merchant=shop, drafts=drafts, at=AT, unseen=True)

    assert (first.draft.duplicate, first.draft.public_id) == (True, stood.draft.public_id)
    assert list(Purchase.objects.order_by("pk").values_list("external_id", "amount")) == [("T1", 1000), ("T2", 900)]
    assert second.draft.pk == Purchase.objects.get(external_id="T2").pk


def test_a_receipt_that_stands_earns_nothing_more(shop):
    factories.program(shop)
    ana = factories.customer(shop)
    factories.purchase(shop, ana, external_id="r1")

    again = factories.purchase(shop, ana, external_id="r1")

    assert (again.draft.duplicate, again.earned) == (True, [])
    assert points(ana) == 10


def test_a_dry_run_writes_nothing_and_says_the_same(shop):
    factories.program(shop)
    ana = factories.customer(shop)
    draft = PurchaseDraft(amount=1000, occurred_at=AT, customer_id=ana.pk)

    [dry] = flows.attempt(lambda: flows.record_purchases(merchant=shop, drafts=[draft], at=AT), dry_run=True)

    assert dry.earned[0].points == 10
    assert (Purchase.objects.count(), Judgement.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_a_return_takes_its_points_back(shop):
    factories.program(shop)
    ana = factories.customer(shop)
    bought = factories.purchase(shop, ana, amount=1000).draft

    back = ReturnDraft(amount=250, occurred_at=AT, purchase_id=bought.pk)
    flows.record_returns(merchant=shop, drafts=[back], at=AT)

    assert points(ana) == 7


def draft_program(shop, **fields):
    return programs.create(merchant=shop, name="Points", rules=RULES, at=AT, **fields)


def test_activation_lets_the_past_earn_from_the_start(shop):
    ana = factories.customer(shop)
    for days in (40, 20, 10):
        factories.purchase(shop, ana, at=AT - days * DAY)
    made = draft_program(shop, starts_at=AT - 30 * DAY)

    flows.activate_program(program=made, at=AT)

    assert points(ana) == 20
    assert list(Entry.objects.order_by("pk").values_list("occurred_at", flat=True)) == [AT - 20 * DAY, AT - 10 * DAY]


def test_activation_gives_no_points_for_what_came_back(shop):
    ana = factories.customer(shop)
    part = factories.purchase(shop, ana, amount=1000, at=AT - 9 * DAY).draft
    whole = factories.purchase(shop, ana, amount=1000, at=AT - 8 * DAY).draft
    returns = [
        ReturnDraft(amount=300, occurred_at=AT - 7 * DAY, purchase_id=part.pk),
        ReturnDraft(amount=1000, occurred_at=AT - 6 * DAY, purchase_id=whole.pk),
        ReturnDraft(amount=200, occurred_at=AT - 5 * DAY, customer_id=ana.pk),
    ]
    flows.record_returns(merchant=shop, drafts=returns, at=AT)

    flows.activate_program(program=draft_program(shop, starts_at=AT - 30 * DAY), at=AT)

    assert points(ana) == 5
    assert list(ledger.differences()) == []


def test_activation_from_now_on_leaves_the_past_alone(shop):
    ana = factories.customer(shop)
    factories.purchase(shop, ana, at=AT - DAY)

    flows.activate_program(program=draft_program(shop), at=AT)

    assert points(ana) == 0
    assert Membership.objects.get().customer == ana


def test_history_is_judged_once_in_batches(shop, monkeypatch):
    monkeypatch.setattr(flows.activations, "HISTORY_AT_ONCE", 2)
    ana = factories.customer(shop)
    for __ in range(5):
        factories.purchase(shop, ana, at=AT - DAY)
    made = flows.activate_program(program=draft_program(shop, starts_at=AT - 2 * DAY), at=AT)

    judged_again = flows.judge_history(program=made, at=AT)

    assert (points(ana), judged_again) == (50, 0)


def test_what_was_bought_in_a_pause_stays_without_points(shop):
    made = factories.program(shop)
    programs.pause(program=made, at=AT + DAY)
    ana = factories.customer(shop)
    factories.purchase(shop, ana, at=AT + 2 * DAY)

    flows.activate_program(program=made, at=AT + 3 * DAY)
    factories.purchase(shop, ana, at=AT + 4 * DAY)

    assert points(ana) == 10


def test_a_card_without_history_goes_with_its_memberships(shop):
    factories.program(shop)
    ana = factories.customer(shop)

    flows.delete_customer(customer=ana)

    assert (Customer.objects.count(), Membership.objects.count()) == (0, 0)


def test_a_card_with_points_stays(shop):
    factories.program(shop)
    ana = factories.customer(shop)
    factories.purchase(shop, ana)

    with pytest.raises(UseErase):
        flows.delete_customer(customer=ana)

    assert points(ana) == 10


def test_a_long_history_is_left_to_a_job(shop, monkeypatch):
    monkeypatch.setattr(flows.activations, "HISTORY_IN_A_REQUEST", 2)
    ana = factories.customer(shop)
    for __ in range(3):
        factories.purchase(shop, ana, at=AT - DAY)
    made = draft_program(shop, starts_at=AT - 2 * DAY)

    flows.activate_program(program=made, at=AT, later=lambda program: tasks.follow_activation.enqueue(program.pk))
    before = points(ana)
    worker.work(once=True, stop=threading.Event())

    assert (before, points(ana)) == (0, 30)


def test_a_member_who_joined_later_is_not_paid_for_before_by_a_resumed_program(shop):
    club = flows.activate_program(program=draft_program(shop, auto_enrol=False), at=AT)
    ana = factories.customer(shop)
    factories.purchase(shop, ana, at=AT + DAY)
    memberships.join_one(program=club, customer=ana, at=AT + 2 * DAY)
    programs.pause(program=club, at=AT + 3 * DAY)

    flows.activate_program(program=club, at=AT + 4 * DAY)

    assert points(ana) == 0


def test_what_follows_an_activation_may_be_repeated(shop):
    factories.purchase(shop, factories.customer(shop), at=AT - DAY)
    made = flows.activate_program(program=draft_program(shop, starts_at=AT - 2 * DAY), at=AT)
    late = profiles.register(merchant=shop, fields={"name": "Late"}, consents=[], at=AT)

    flows.follow_activation(program=made, at=AT)

    assert Membership.objects.filter(program=made).count() == 2
    assert (points(late), Judgement.objects.count()) == (0, 1)


def test_identify_does_not_take_somebody_elses_card_for_a_phone(shop):
    factories.customer(shop, phone="600123456", card_code="CARD1")

    with pytest.raises(UnknownCustomer):
        flows.identify(merchant=shop, identifiers=Identifiers(phone="+34600123456", card_code="NOSUCH"), at=AT)


def test_a_card_that_was_removed_under_a_sale_is_refused(shop):
    ana = factories.customer(shop)
    flows.delete_customer(customer=ana)

    with pytest.raises(UnknownCustomer):
        factories.purchase(shop, ana)

    assert not Purchase.objects.exists()
