"""A person's right to their data: taking everything along, and being forgotten while the books stay."""

import pytest

from customers import profiles
from customers.models import Consent, Customer, CustomerActivity, CustomerWord, LogEntry, StaffCard
from customers.models.trust import Deed
from loyalty_site import flows
from loyalty_site.flows.erasing import InPool, OpenVouchers, SetAside
from loyalty_site.tests import api_client, asking, factories
from loyalty_site.tests.api_client import refused, snapshot
from rewards import pools, redemption, vouchers
from rewards.models import Entry, Membership, Voucher
from rewards.tests.factories import reward
from rewards.vouchers import VoucherDraft
from segments.surveys import invitations
from segments.surveys.models import Answer, FollowUp, Response, Satisfaction

pytestmark = pytest.mark.django_db
AT = factories.AT
SAID = {
    "name": "Ana Ruiz", "phone": "+34600111222", "email": "ana@a.test", "birthday": "03-27", "birth_year": 1990,
    "city": "Madrid", "notes": "Comes with the dog.", "attributes": {"tags": ["vip"]}, "external_id": "crm-1",
}  # fmt: skip


@pytest.fixture
def till(shop):
    return api_client.api(shop)


@pytest.fixture
def program(shop):
    return factories.program(shop)


@pytest.fixture
def ana(shop, program):
    """Somebody of whom everything is known, who bought for 10.00."""
    customer = factories.customer(shop, **SAID)
    customer.consents.create(channel="sms", purpose="marketing", granted=True, source="Ana said so", recorded_at=AT)
    factories.purchase(shop, customer)
    return customer


def test_erasing_empties_the_card_and_keeps_the_books(till, shop, ana):
    code, entries, sums = ana.card_code, list(Entry.objects.values()), list(CustomerActivity.objects.values())

    reply = till.post(f"customers/{ana.public_id}/erase")

    ana.refresh_from_db()
    assert reply.status_code == 200
    assert reply.json()["erased_at"]
    assert {name: getattr(ana, name) for name in SAID} == {
        **dict.fromkeys(["phone", "email", "birth_year", "external_id"]),
        **dict.fromkeys(["name", "birthday", "city", "notes"], ""),
        "attributes": {},
    }
    assert ana.card_code != code
    assert not CustomerWord.objects.filter(customer=ana).exists()
    assert [(one.granted, one.source) for one in Consent.objects.all()] == [(True, "")]
    assert list(Entry.objects.values()) == entries
    assert list(CustomerActivity.objects.values()) == sums
    assert [entry.about for entry in LogEntry.objects.filter(deed=Deed.CARD_ERASED)] == [{"customer": ana.public_id}]


def test_an_erased_customer_is_found_by_nothing_they_said(till, ana):
    till.post(f"customers/{ana.public_id}/erase")

    for text in ("600111222", "ana@a.test", "Ana", "crm-1"):
        assert till.get("customers/lookup", q=text).json() == {"data": []}


def test_the_same_person_can_be_enrolled_anew(till, ana):
    till.post(f"customers/{ana.public_id}/erase")

    made = till.post("customers", {"phone": "600111222", "external_id": "crm-1", "name": "Ana"})

    assert made.status_code == 201
    assert made.json()["id"] != ana.public_id


def test_nothing_more_is_sold_to_an_erased_customer(till, ana):
    till.post(f"customers/{ana.public_id}/erase")
    before = snapshot()

    response = till.post("purchases", {"customer": ana.public_id, "amount": 500})

    assert refused(response) == (409, "customer_erased")
    assert snapshot() == before


def test_what_an_erased_customer_bought_can_still_come_back(till, shop, ana):
    bought = till.get("purchases").json()["data"][0]["id"]
    till.post(f"customers/{ana.public_id}/erase")

    assert till.post(f"purchases/{bought}/refunds", {"amount": 1000}).status_code == 201


def test_erasing_once_more_changes_nothing(till, ana):
    till.post(f"customers/{ana.public_id}/erase")
    before = list(Customer.objects.values()), LogEntry.objects.count()

    assert till.post(f"customers/{ana.public_id}/erase").status_code == 200
    assert (list(Customer.objects.values()), LogEntry.objects.count()) == before


def test_a_dry_run_of_erasing_writes_nothing(till, ana):
    before = snapshot()

    reply = till.post(f"customers/{ana.public_id}/erase?dry_run=true")

    assert (reply.status_code, reply.json()["dry_run"]) == (200, True)
    assert snapshot() == before


def test_open_vouchers_are_asked_about_first(till, shop, ana):
    drafts = [VoucherDraft("Tea", {"kind": "free_shipping"}, customer_id=ana.pk)]
    vouchers.issue(merchant=shop, drafts=drafts, at=AT)

    refusal = till.post(f"customers/{ana.public_id}/erase")

    assert refused(refusal) == (409, "open_vouchers")
    assert refusal.json()["detail"] == (
        "Vouchers in this customer's name can still be used: 1. Use or revoke them first, or say that they are to be "
        "revoked."
    )
    assert Customer.objects.get(pk=ana.pk).name == "Ana Ruiz"
    assert till.post(f"customers/{ana.public_id}/erase", {"revoke_vouchers": True}).status_code == 200
    assert Voucher.objects.get().status == "revoked"


def test_nobody_is_erased_out_of_a_shared_account(shop, ana, program):
    other = factories.customer(shop)
    pools.join(membership=Membership.objects.get(customer=ana), host=Membership.objects.get(customer=other), at=AT)

    for customer in (ana, other):
        with pytest.raises(InPool):
            flows.erase_customer(customer=customer, at=AT, actor="x")


def test_nobody_is_erased_while_a_reward_is_set_aside(ana, program):
    member = Membership.objects.select_related("program__merchant").get(customer=ana)
    redemption.redeem(membership=member, reward=reward(program, cost=5), at=AT, capture=False)

    with pytest.raises(SetAside):
        flows.erase_customer(customer=ana, at=AT, actor="x")


def test_a_person_of_the_staff_loses_the_link_to_an_erased_card(shop, ana):
    StaffCard.objects.create(staff=factories.place(shop), customer=ana, linked_at=AT)

    flows.erase_customer(customer=ana, at=AT, actor="x")

    assert not StaffCard.objects.exists()


def test_export_holds_everything_that_is_kept(till, shop, ana):
    reply = till.post(f"customers/{ana.public_id}/export").json()

    assert {name: reply["card"][name] for name in SAID} == SAID
    assert [one["source"] for one in reply["consents"]] == ["Ana said so"]
    assert [(one["amount"], one["channel"]) for one in reply["purchases"]] == [(1000, "store")]
    assert [(one["kind"], one["points"]) for one in reply["points"]] == [("earn", 10)]
    assert [one["program"] for one in reply["memberships"]] == ["Points"]
    assert [entry.about for entry in LogEntry.objects.filter(deed=Deed.CARD_EXPORTED)] == [{"customer": ana.public_id}]


def test_export_tells_nothing_of_others(till, shop, ana):
    other = factories.customer(shop, name="Somebody Else")
    factories.purchase(shop, other, amount=7777)

    reply = till.post(f"customers/{ana.public_id}/export")

    assert "7777" not in reply.content.decode()
    assert "Somebody" not in reply.content.decode()


def test_export_takes_as_many_statements_for_one_purchase_as_for_thirty(till, shop, ana, django_assert_num_queries):
    with django_assert_num_queries(18):
        till.post(f"customers/{ana.public_id}/export", once=None)
    for __ in range(29):
        factories.purchase(shop, ana)
    with django_assert_num_queries(18):
        till.post(f"customers/{ana.public_id}/export", once=None)


def test_pages_show_the_dossier_and_erase_after_a_question(alice, shop, ana):
    base = f"/m/a/customers/{ana.public_id}"

    shown = alice.get(f"{base}/data/").content.decode()
    file = alice.post(f"{base}/data.json")
    question = alice.get(f"{base}/erase/").content.decode()
    erased = alice.post(f"{base}/erase/")

    assert "Comes with the dog." in shown
    assert file["Content-Disposition"] == f'attachment; filename="{ana.public_id}.json"'
    assert file.json()["card"]["phone"] == "+34600111222"
    assert "Erase the data of Ana Ruiz?" in question
    assert erased.status_code == 302
    assert "Erased customer" in alice.get(f"{base}/").content.decode()


def test_the_page_offers_to_revoke_what_stands_in_the_way(alice, shop, ana):
    drafts = [VoucherDraft("Tea", {"kind": "free_shipping"}, customer_id=ana.pk)]
    vouchers.issue(merchant=shop, drafts=drafts, at=AT)
    page = f"/m/a/customers/{ana.public_id}/erase/"

    refusal = alice.post(page).content.decode()

    assert str(OpenVouchers(values={"count": 1})).replace("'", "&#x27;") in refusal
    assert 'name="revoke_vouchers"' in refusal
    assert alice.post(page, {"revoke_vouchers": "on"}).status_code == 302


def test_erasing_forgets_what_was_written_in_surveys_and_keeps_the_numbers(shop, ana, client):
    asked = asking.survey(shop)
    asking.unhappy(asked, ana)
    link = invitations.token(asked.invitations.get())

    flows.erase_customer(customer=ana, at=AT, actor="x")

    assert list(Response.objects.values_list("nps", "may_answer")) == [(2, False)]
    assert list(Answer.objects.values_list("number", "text")) == [(2, "")]
    assert (FollowUp.objects.count(), Satisfaction.objects.count()) == (0, 0)
    assert client.get(f"/survey/{link}/").status_code == 404


def test_answers_to_surveys_are_in_the_export(till, shop, ana):
    asking.unhappy(asking.survey(shop), ana)

    found = till.post(f"customers/{ana.public_id}/export").json()

    assert [one["text"] or one["number"] for one in found["survey_answers"]] == [2, "The queue"]
    assert [one["survey"] for one in found["survey_invitations"]] == ["Ask"]
    assert [one["stage"] for one in found["follow_ups"]] == ["open"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "customers/{id}", {"name": "Ana"}),
        ("patch", "customers/{id}", {"attributes": {"tags": ["vip"]}}),
        ("patch", "customers/{id}", {"city": "Madrid"}),
        ("post", "customers/{id}/consents", {"channel": "email", "purpose": "marketing", "granted": True}),
        ("post", "activities", {"customer": "{id}", "type": "visit", "attributes": {"with": "Ana's dog"}}),
    ],
)
def test_nothing_is_said_of_an_erased_customer_again(till, ana, method, path, body):
    till.post(f"customers/{ana.public_id}/erase")
    before = snapshot()
    body = {name: ana.public_id if value == "{id}" else value for name, value in body.items()}

    response = getattr(till, method)(path.format(id=ana.public_id), body)

    assert refused(response) == (409, "customer_erased")
    assert snapshot() == before


def test_a_no_is_taken_for_an_erased_customer_too(till, ana):
    till.post(f"customers/{ana.public_id}/erase")

    no = {"channel": "sms", "purpose": "marketing", "granted": False}

    assert till.post(f"customers/{ana.public_id}/consents", no).status_code == 201


def test_an_erased_customer_is_neither_asked_nor_answered_for(till, shop, ana):
    path = f"surveys/{asking.survey(shop).public_id}"
    asked = till.post(f"{path}/invitations", {"customer": ana.public_id}).json()["id"]
    till.post(f"customers/{ana.public_id}/erase")
    before = snapshot()
    said = [{"question": 1, "value": 1}]

    asking_again = till.post(f"{path}/invitations", {"customer": ana.public_id})
    by_customer = till.post(f"{path}/responses", {"customer": ana.public_id, "answers": said})
    by_invitation = till.post(f"{path}/responses", {"invitation": asked, "answers": said})

    assert {refused(one) for one in (asking_again, by_customer, by_invitation)} == {(409, "customer_erased")}
    assert snapshot() == before


def test_what_was_told_before_erasing_is_still_answered_with_the_first(till, ana):
    visit = {"customer": ana.public_id, "type": "visit", "external_id": "door-1"}
    first = till.post("activities", visit).json()["id"]
    till.post(f"customers/{ana.public_id}/erase")

    again = till.post("activities", visit)

    assert (again.status_code, again.json()["id"]) == (200, first)


def test_a_tag_for_many_leaves_out_erased_customers(till, shop, ana):
    ben = factories.customer(shop)
    till.post(f"customers/{ana.public_id}/erase")

    assert profiles.tag(people=Customer.objects.for_merchant(shop), tag="regular", at=AT) == 1
    assert list(Customer.objects.exclude(attributes={})) == [ben]
    assert not CustomerWord.objects.filter(customer=ana).exists()
