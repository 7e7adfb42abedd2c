"""The ledger of a customer: every entry opens to its reason; points are given and taken by hand."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from customers.merchants import keys
from customers.merchants.models import ApiKey, Scope
from customers.models import Purchase
from customers.purchases import ReturnDraft
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import snapshot
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from rewards import adjustments, ledger, memberships, pools, transfers
from rewards.models import Adjustment, Entry
from rewards.models.adjustments import AdjustmentStatus

pytestmark = pytest.mark.django_db
RECEIPT = "adj-0123456789abcdefghijkl"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def member(shop):
    """Ana in a program of one point for each euro."""
    factories.program(shop)
    return factories.customer(shop, name="Ana").memberships.select_related("customer", "program__merchant").get()


def page_of(member) -> str:
    return f"/m/a/customers/{member.customer.public_id}/ledger/"


def adjusting(member) -> str:
    return f"/m/a/customers/{member.customer.public_id}/adjust/{member.public_id}/"


def typed(**fields) -> dict:
    return {"way": "give", "points": "30", "reason": "Broken cup", "expires_on": "", "receipt": RECEIPT, **fields}


def sentences(response) -> list[str]:
    return re.findall(r'<li class="toast notice \w+"><p[^>]*>(.*?)</p>', response.content.decode())


def give(shop, member, points=40, **more):
    dora = factories.clerk(shop, email="dee@a.test")
    return adjustments.adjust(membership=member, points=points, reason="Broken cup", by=dora, at=AT, **more)


def test_ledger_says_what_the_account_holds(alice, shop, member):
    factories.purchase(shop, member.customer, amount=1200)
    give(shop, member, expires_at=timezone.now() + 10 * DAY)

    page = text(alice.get(page_of(member)))

    assert "Ledger 52 points to spend." in page
    assert "Lost next 40 points after" in page
    assert "In all 12 earned, 0 redeemed, 0 expired" in page


def test_earning_opens_to_its_rule_its_purchase_and_its_lot(alice, shop, member):
    bought = factories.purchase(shop, member.customer, amount=1299, external_id="R-1").draft

    answer = alice.get(page_of(member))

    public_id = Purchase.objects.get(pk=bought.pk).public_id
    assert (
        f'<a href="/m/a/purchases/{public_id}/">Purchase of 12.99\N{NO-BREAK SPACE}€ on 10 Mar 2026</a>'
        in answer.content.decode()
    )
    assert (
        "earned +12, 10 Mar 2026 1 for each full 1.00 € of 12.99 € Purchase of 12.99 € on 10 Mar 2026 R-1 "
        "12 points to spend, without an end; 12 are left of them"
    ) in text(answer)


def test_reversal_names_the_refund_and_the_lot_it_drew_from(alice, shop, member):
    bought = factories.purchase(shop, member.customer, amount=1000).draft
    back = ReturnDraft(amount=400, occurred_at=AT + DAY, purchase_id=bought.pk)
    flows.record_returns(merchant=shop, drafts=[back], at=AT + DAY)

    page = text(alice.get(page_of(member)))

    assert "taken back −4, 11 Mar 2026 4.00 € came back on 11 Mar 2026. Purchase of 10.00 € on 10 Mar 2026" in page
    assert "4 points of those from 10 Mar 2026" in page


@pytest.mark.any_database
def test_void_is_a_cause_and_its_debt_is_said(alice, shop, member):
    bought = factories.purchase(shop, member.customer, amount=1000).draft
    ledger.spend(membership=member, points=10, key="r", at=AT)
    flows.void_purchase(merchant=shop, purchase_id=bought.pk, at=AT, actor=factories.place(shop).public_id)

    page = text(alice.get(page_of(member)))

    assert "Owes 10 points: the next earnings repay them." in page
    assert "The purchase was voided. Purchase of 10.00 € on 10 Mar 2026" in page
    assert "−10 −10 Alice" in page

    factories.purchase(shop, member.customer, amount=3000, at=AT + DAY)
    assert "10 points repaid what was owed" in text(alice.get(page_of(member)))


def test_adjustment_names_who_asked_and_who_agreed(alice, shop, member):
    asked = give(shop, member, points=500)
    adjustments.approve(adjustment=asked, by=factories.place(shop), at=AT + DAY)

    page = text(alice.get(page_of(member)))

    assert "adjusted +500, 11 Mar 2026 Broken cup Approved by Alice on 11 Mar 2026." in page
    assert "+500 500 Dee" in page


def test_entry_by_a_key_names_the_key(alice, shop, member):
    keys.create(merchant=shop, name="till 7", scope=Scope.MANAGE, at=AT)
    key = ApiKey.objects.select_related("merchant").get()
    adjustments.adjust(membership=member, points=5, reason="x", by=key, at=AT)

    page = text(alice.get(page_of(member)))

    assert "+5 5 till 7" in page
    assert key.public_id not in page


def test_points_that_come_back_name_the_redemption(alice, shop, member):
    give(shop, member)
    spent = ledger.spend(membership=member, points=25, key="r", at=AT)
    ledger.give_back(entry=spent, points=5, key="b", at=AT + DAY)

    page = text(alice.get(page_of(member)))

    assert "Answers the entry of 10 Mar 2026: redeemed −25." in page
    assert "5 points went back to those from 10 Mar 2026" in page


@pytest.mark.any_database
def test_transfer_names_both_sides(alice, shop, member):
    ben = factories.customer(shop, name="Ben").memberships.select_related("customer", "program__merchant").get()
    give(shop, member)
    transfers.transfer(sender=member, receiver=ben, points=15, key="t", at=AT)

    hers, his = (text(alice.get(page_of(one))) for one in (member, ben))

    assert "passed on −15, 10 Mar 2026 To Ben." in hers
    assert "received +15, 10 Mar 2026 From Ana." in his


def test_pool_shows_whose_entries_they_are(alice, shop, member):
    ben = factories.customer(shop, name="Ben").memberships.select_related("customer", "program__merchant").get()
    pools.join(membership=ben, host=member, at=AT)
    factories.purchase(shop, ben.customer, amount=700, at=AT + DAY)

    page = text(alice.get(page_of(member)))

    assert "Shared with Ben" in page
    assert "earned Ben +7, 11 Mar 2026" in page


def test_expiry_is_nobodys_deed(alice, shop, member):
    give(shop, member, expires_at=AT + DAY)
    ledger.expire(at=AT + 2 * DAY)

    page = text(alice.get(page_of(member)))

    assert "expired −40, 11 Mar 2026 These points had reached their last day." in page
    assert "40 points of those from 10 Mar 2026, good through 11 Mar 2026" in page
    assert "−40 0 the calendar" in page


def test_late_entry_says_when_it_was_written(alice, shop, member):
    flows.record_purchases(
        merchant=shop,
        drafts=[factories.PurchaseDraft(amount=500, occurred_at=AT, customer_id=member.customer_id)],
        at=AT + 3 * DAY,
    )

    assert "Written down on 13 Mar 2026; the balance after it is that of then." in text(alice.get(page_of(member)))


@pytest.mark.parametrize(("kind", "shown"), [("", 2), ("earn", 1), ("adjust", 1), ("expire", 0), ("made-up", 2)])
def test_entries_are_filtered_by_kind(alice, shop, member, kind, shown):
    factories.purchase(shop, member.customer)
    give(shop, member)

    answer = alice.get(page_of(member), {"kind": kind})

    assert len(answer.context["shown"].rows) == shown
    assert ("No such entry" in text(answer)) == (shown == 0)


@pytest.mark.any_database
def test_program_is_chosen_where_there_are_several(alice, shop, member):
    other = factories.program(shop, name="Zeta")
    memberships.join_one(program=other, customer=member.customer, at=AT)

    first, second = alice.get(page_of(member)), alice.get(page_of(member), {"program": other.public_id})

    assert [one.context["account"].member.program.name for one in (first, second)] == ["Points", "Zeta"]


def test_somebody_in_no_program_has_no_ledger_yet(alice, shop):
    ana = factories.customer(shop)

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/ledger/"))

    assert "In no program yet" in page
    assert "Adjust points" not in page


def test_new_account_teaches(alice, member):
    assert "No entry yet" in text(alice.get(page_of(member)))


@pytest.mark.parametrize("number", [1, 30])
def test_ledger_costs_the_same_for_one_entry_and_for_many(alice, shop, member, django_assert_num_queries, number):
    # session, user, place, customer; memberships, balance (2), what waits, the pool; how many entries, they, their
    # lots, uses and answers; judgements; people, keys
    place = factories.place(shop)
    for __ in range(number):
        factories.purchase(shop, member.customer, actor=place.public_id)

    with django_assert_num_queries(17):
        page = text(alice.get(page_of(member)))

    assert page.count("1 for each full 1.00 € of 10.00 €") == number


def test_ledger_comes_as_a_file_in_all_its_pages(alice, shop, member):
    factories.purchase(shop, member.customer, amount=1200)
    give(shop, member)
    account = {"program": member.program.public_id}

    answer = alice.get(f"/m/a/customers/{member.customer.public_id}/ledger.csv", account)

    head, *rows = csv.reader(io.StringIO(answer.content.decode()))
    assert head == [
        "entry", "occurred_at", "recorded_at", "kind", "points", "balance_after", "reason", "purchase", "by",
    ]  # fmt: skip
    assert [row[3:7] + row[8:] for row in rows] == [
        ["adjust", "40", "52", "Broken cup", "Dee"],
        ["earn", "12", "12", "1 for each full 1.00\N{NO-BREAK SPACE}€ of 12.00\N{NO-BREAK SPACE}€", ""],
    ]
    kind = {**account, "kind": "earn"}
    only = alice.get(f"/m/a/customers/{member.customer.public_id}/ledger.csv", kind)
    assert len(only.content.decode().splitlines()) == 2


def test_file_is_harmless_to_spreadsheets(alice, shop, member):
    dora = factories.clerk(shop)
    adjustments.adjust(membership=member, points=5, reason="=1+1", by=dora, at=AT)

    answer = alice.get(f"/m/a/customers/{member.customer.public_id}/ledger.csv")

    assert ",'=1+1," in answer.content.decode()


def test_analyst_reads_but_does_not_adjust(client, shop, member):
    client.force_login(factories.staff(shop, email="bob@a.test", role="analyst"))

    assert "Adjust points" not in text(client.get(page_of(member)))


def test_points_are_given_with_a_reason(dora, member):
    answer = dora.post(adjusting(member), typed(), follow=True)

    made = Adjustment.objects.get()
    assert (made.status, made.points, made.reason, made.expires_at) == ("posted", 30, "Broken cup", None)
    assert answer.redirect_chain == [(f"{page_of(member)}?program={member.program.public_id}", 302)]
    assert sentences(answer) == ["Given: 30 points. Ana has 30 points to spend."]


@pytest.mark.any_database
def test_points_are_taken(dora, shop, member):
    give(shop, member)

    answer = dora.post(adjusting(member), typed(way="take", points="15"), follow=True)

    assert sentences(answer) == ["Taken: 15 points. Ana has 25 points to spend."]


def test_last_day_is_a_whole_day_at_the_shop(dora, member):
    dora.post(adjusting(member), typed(expires_on="2999-07-31"))

    over = timezone.localtime(Adjustment.objects.get().expires_at, timezone.zoneinfo.ZoneInfo("Europe/Madrid"))
    assert over.isoformat() == "2999-08-01T00:00:00+02:00"


def test_form_sent_twice_adjusts_once(dora, member):
    first, second = (dora.post(adjusting(member), typed(), follow=True) for __ in range(2))

    assert sentences(first) == sentences(second) == ["Given: 30 points. Ana has 30 points to spend."]
    assert (Adjustment.objects.count(), Entry.objects.count()) == (1, 1)


def test_what_happens_is_said_before_it_happens(dora, shop, member):
    give(shop, member)
    before = snapshot()

    said = text(dora.post(adjusting(member), typed(look="1", reason=""), headers={"HX-Request": "true"}))

    assert "30 points more, 70 points to spend then." in said.replace("  ", " ")
    after = snapshot()
    assert {name for name in after if after[name] != before[name]} <= {"sessions.Session"}


def test_over_the_cap_it_waits_and_says_so_before(dora, shop, member):
    dora.post(adjusting(member), typed(points="60"))
    more = typed(points="50", receipt="adj-9876543210abcdefghijkl")

    said = text(dora.post(adjusting(member), {**more, "look": "1"}))
    answer = dora.post(adjusting(member), more, follow=True)

    assert "This waits for a second person. You have 40 of 100 points left to adjust alone today." in said
    assert "If somebody says yes, there are 110 points to spend." in said
    [told] = sentences(answer)
    assert told.startswith("Asked for, not booked yet: somebody else with the right to manage decides")
    page = text(answer)
    assert "+50 wait for a second person: Dora asked today" in page
    assert "To the approvals" not in page
    assert Adjustment.objects.filter(status=AdjustmentStatus.PENDING).count() == 1


def test_what_is_left_alone_today_is_said(dora, member):
    assert "You may adjust 100 of 100 points alone today" in text(dora.get(adjusting(member)))


def test_owner_has_no_cap(alice, member):
    assert "alone today" not in text(alice.get(page_of(member)))


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"points": ""}, "points", "Enter how many."),
        ({"points": "0"}, "points", "Write a whole number, at most 1,000,000,000, for example 50."),
        ({"points": "1.5"}, "points", "Write a whole number, at most 1,000,000,000, for example 50."),
        ({"reason": " "}, "reason", "Say why. The customer&#x27;s history shows it."),
        ({"way": ""}, "way", "Choose whether points are given or taken."),
        ({"way": "take"}, "points", "There are not enough points: 0 can be used, and 30 are asked for."),
        ({"way": "take", "expires_on": "2999-01-01"}, "expires_on", "Points that are taken do not expire. Leave the"),
        ({"expires_on": "2020-01-01"}, "expires_on", "These points would have expired already."),
        ({"expires_on": "9999-12-31"}, "expires_on", "Check the year, or leave the day empty."),
        ({"receipt": "made-up"}, "receipt", "Load the page again and enter the points once more."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(dora, member, wrong, field, sentence):
    answer = dora.post(adjusting(member), typed(**wrong))

    assert list(answer.context["form"].errors) == [field]
    assert sentence in answer.content.decode()
    assert not Adjustment.objects.exists()


def test_membership_of_somebody_else_is_not_adjusted(dora, shop, member):
    ben = factories.customer(shop)

    answer = dora.post(f"/m/a/customers/{ben.public_id}/adjust/{member.public_id}/", typed())

    assert (answer.status_code, Adjustment.objects.count()) == (404, 0)


def test_cashback_is_money_everywhere(alice, shop):
    rules = [{"name": "5 %", "trigger": "purchase", "award": {"per_amount": {"points": 5, "every": 100}}}]
    factories.program(shop, name="Back", kind="cashback", rules=rules)
    back = factories.customer(shop, name="Ana").memberships.select_related("customer", "program__merchant").get()
    factories.purchase(shop, back.customer, amount=10000)

    refused = alice.post(adjusting(back), typed(points="0"))
    answer = alice.post(adjusting(back), typed(points="1,50"), follow=True)

    assert list(refused.context["form"].errors) == ["points"]
    assert Adjustment.objects.get().points == 150
    assert sentences(answer) == ["Given: 1.50\xa0€. Ana has 6.50\xa0€ to spend."]
    page = text(answer)
    assert "6.50 € to spend." in page
    assert "+1.50 € 6.50 € Alice" in page
    assert "Amount" in page


def test_program_without_points_has_no_ledger(alice, shop, member):
    tiers = [{"name": "Regular", "threshold": 0}]
    club = factories.program(shop, name="Club", kind="membership", rules=[], tiers=tiers)
    memberships.join_one(program=club, customer=member.customer, at=AT)
    inside = member.customer.memberships.get(program=club)

    answer = alice.get(page_of(member), {"program": club.public_id})

    assert [one.program.name for one in answer.context["account"].members] == ["Points"]
    page = f"/m/a/customers/{member.customer.public_id}/adjust/{inside.public_id}/"
    assert alice.post(page, typed()).status_code == 404


def test_profile_leads_to_the_ledger(dora, member):
    page = dora.get(f"/m/a/customers/{member.customer.public_id}/").content.decode()

    assert f'href="{page_of(member)}?program={member.program.public_id}"' in page
