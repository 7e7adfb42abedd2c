"""Closing a program by hand: what it means in figures, days beside their fields, haste asked about, and a way back."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.merchants.templatetags.ficha import day
from loyalty_site.selectors import closings
from loyalty_site.selectors.home.promised import promised
from loyalty_site.tests import factories
from loyalty_site.tests.receipts import bought
from rewards import ledger, programs
from rewards.ledger import Posting
from rewards.models import Membership, Program, ProgramClosing
from rewards.models.programs import State

pytestmark = pytest.mark.django_db
RULES = [{"name": "1", "award": {"fixed": 1}, "when": {"min_amount": 100}}]


def page(response) -> str:
    return response.content.decode()


def told(response) -> list[str]:
    return re.findall(r'<li class="toast notice \w+"><p[^>]*>(.*?)</p>', page(response))


def in_days(count: int) -> date:
    return timezone.localdate() + timedelta(days=count)


def days(earning=40, spending=90, **more) -> dict:
    return {"last_earning_on": str(in_days(earning)), "last_spending_on": str(in_days(spending)), **more}


def path(program) -> str:
    return f"/m/a/programs/{program.public_id}/"


def test_page_says_in_figures_what_ends(alice, shop):
    made = factories.program(shop, point_value=Decimal("2.5"))
    bought(shop, amount=1050)
    factories.customer(shop)

    shown = page(alice.get(path(made) + "close/"))

    assert "2 customers are in." in shown
    assert "1 of them holds 10 points, those on hold included." in shown
    assert "To them that is worth 0.25\xa0€." in shown


def test_days_are_suggested_with_time_enough(alice, shop):
    shown = page(alice.get(path(factories.program(shop)) + "close/"))

    assert f'value="{in_days(30)}"' in shown
    assert f'value="{in_days(90)}"' in shown


def test_program_closes_and_its_page_says_how(alice, shop):
    made = factories.program(shop)

    answer = alice.post(path(made) + "close/", days(notice="We move to stamps."), follow=True)

    assert answer.redirect_chain == [(path(made), 302)]
    assert told(answer) == [f"Points closes. Purchases earn through {day(in_days(40))}."]
    shown = page(answer)
    assert '<span class="tag">closing</span>' in shown
    assert f"Points can be spent through {day(in_days(90))}; what is left then expires." in shown
    assert "We move to stamps." in shown
    assert ProgramClosing.objects.get().actor.startswith("stf_")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (days(-1), "last_earning_on"),
        (days(90, 89), "last_spending_on"),
        (days(90, 4000), "last_spending_on"),
        ({**days(), "last_earning_on": ""}, "last_earning_on"),
        ({**days(), "last_spending_on": "soon"}, "last_spending_on"),
        (days(notice="x" * 501), "notice"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_the_field(alice, shop, wrong, field):
    response = alice.post(path(factories.program(shop)) + "close/", wrong)

    assert re.findall(r'id="id_(\w+)_error"', page(response)) == [field]
    assert ProgramClosing.objects.count() == 0


def test_little_time_is_asked_about_and_then_done(alice, shop):
    made = factories.program(shop)

    asked = alice.post(path(made) + "close/", days(0, 5))
    assert "Close it all the same" in page(asked)
    assert ProgramClosing.objects.count() == 0

    alice.post(path(made) + "close/", days(0, 5, sure="1"))
    assert Program.objects.get().state(timezone.now()) == State.CLOSING


def test_closing_is_taken_back(alice, shop):
    made = factories.program(shop)
    programs.close(program=made, last_earning_on=in_days(40), last_spending_on=in_days(90), at=factories.AT)

    answer = alice.post(path(made) + "reopen/", follow=True)
    again = alice.post(path(made) + "reopen/", follow=True)

    assert told(answer) == ["Points goes on: its closing is taken back."]
    assert '<span class="tag">active</span>' in page(answer)
    assert told(again) == ["This program is not closing."]


def test_closed_program_offers_nothing_but_its_past(alice, shop):
    made = factories.program(shop)
    programs.close(program=made, last_earning_on=date(2026, 3, 10), last_spending_on=date(2026, 3, 11), at=factories.AT)

    shown = page(alice.get(path(made)))

    assert "Closed: the last spending day was 11 Mar 2026." in shown
    assert re.findall(r'action="/m/a/programs/[^"]*"', shown) == []
    assert '<span class="tag">closed</span>' in page(alice.get("/m/a/programs/"))
    assert "is closing already" in page(alice.get(path(made) + "close/"))


def test_draft_cannot_be_closed(alice, shop):
    draft = programs.create(merchant=shop, name="Draft", rules=RULES, at=factories.AT)

    assert "there is nothing to close" in page(alice.get(path(draft) + "close/"))


def test_ending_leaves_deficits_and_what_is_over_out(shop):
    made = factories.program(shop)
    for points, more in ((10, {}), (7, {"expires_at": factories.AT + timedelta(days=1)}), (-5, {})):
        person = factories.customer(shop)
        post(Membership.objects.get(customer=person), points, **more)

    found = closings.ending(made, at=factories.AT + timedelta(days=1))

    assert (found.members, found.holders, found.points, found.worth) == (3, 1, 10, 0)


def post(member, points, **more):
    posting = Posting(
        account_id=member.account_id,
        membership_id=member.pk,
        merchant_id=member.program.merchant_id,
        kind="earn" if points > 0 else "reverse",
        points=points,
        occurred_at=factories.AT,
        key=f"k{member.pk}",
        **more,
    )
    ledger.post([posting], at=factories.AT)


def test_home_counts_a_program_until_it_is_closed(shop):
    made = factories.program(shop)
    programs.close(program=made, last_earning_on=date(2026, 3, 10), last_spending_on=date(2026, 3, 11), at=factories.AT)
    made.refresh_from_db()

    found = [promised([made], at=at) for at in (factories.AT, made.spendable_until)]

    assert [[one.program for one in each] for each in found] == [[made], []]


@pytest.mark.parametrize("count", [1, 30])
def test_page_takes_the_same_queries(alice, shop, count, django_assert_num_queries):
    made = factories.program(shop)
    for __ in range(count):
        bought(shop)

    with django_assert_num_queries(7):  # session, user, place; program; lots, deficits, members
        alice.get(path(made) + "close/")
