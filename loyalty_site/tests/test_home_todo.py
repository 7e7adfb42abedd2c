"""What home says there is to do: who is told what, in which order, and where it leads."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from customers.merchants.models import Role, StaffMember
from customers.models import Import
from loyalty_site import tasks
from loyalty_site.selectors import home
from loyalty_site.selectors.home.todo import Todo, Urgency, ranked
from loyalty_site.tests import factories
from rewards import vouchers
from rewards.vouchers import VoucherDraft
from segments import scores
from segments.models import CustomerScore

AT = datetime(2026, 3, 31, 12, tzinfo=UTC)
OFF = {"kind": "amount_off", "amount": 300}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def thing(urgency, worth=0, title=""):
    return Todo(urgency, title, "", "", "", worth=worth)


things = st.lists(st.builds(thing, st.sampled_from(Urgency), st.integers(0, 3), st.sampled_from("abc")), max_size=12)


@given(things)
def test_more_urgent_comes_first_then_what_is_worth_more_then_as_given(some):
    found = ranked(some)

    keys = [(one.urgency, -one.worth) for one in found]
    assert keys == sorted(keys)
    for key in set(keys):
        same = [one for one in some if (one.urgency, -one.worth) == key]
        assert [one for one in found if (one.urgency, -one.worth) == key] == same


def test_what_is_broken_comes_before_people_before_money_before_days_before_tidiness():
    every = [thing(urgency, worth=number) for number, urgency in enumerate(reversed(Urgency))]

    assert [one.urgency.name for one in ranked(every)] == ["BROKEN", "WAITING", "LEAVING", "ENDING", "TIDY"]


def every(shop, place=None, at=AT):
    shown = home.home(place or factories.place(shop), at=at)
    return [*shown.todos, *shown.more]


def leads(shop, place=None, at=AT):
    return [(todo.title, todo.action, todo.href) for todo in every(shop, place, at)]


def came(shop, buyer, *days, amount=1000):
    for month, day in days:
        factories.purchase(shop, buyer, amount=amount, at=datetime(2026, month, day, 12, tzinfo=UTC))


@pytest.mark.django_db
def test_to_do_leads_to_the_people_it_counts(alice, shop):
    factories.program(shop, policies={"expiry": {"kind": "days", "days": 40}}, starts_at=AT.replace(year=2025))
    ana, ben = factories.customer(shop, name="Ana"), factories.customer(shop, name="Ben")
    came(shop, ana, (2, 10), (2, 12), (2, 14), (2, 16))
    came(shop, ben, (3, 1))

    todos = every(shop)

    assert [(todo.title, todo.action, todo.href) for todo in todos] == [
        ("Nothing recorded since 1 Mar 2026", "Record a purchase", "/m/a/counter/"),
        ("1 regular is slipping away", "See the regulars", "/m/a/customers/?quiet=regulars"),
        ("1 new customer has not come back", "See these customers", "/m/a/customers/?once=7"),
        ("10 points expire soon", "See whose points", "/m/a/customers/?expiring=30"),
    ]
    assert [bool(todo.definition) for todo in todos] == [False, True, True, True]
    assert [alice.get(todo.href).status_code for todo in todos] == [200] * 4
    assert [len(part) for part in (home.home(factories.place(shop), at=AT).todos,)] == [3]


@pytest.fixture
def slipping(shop):
    """Ana came every 7 days for 40.00 and is 12 days away; the night was reckoned."""
    ana = factories.customer(shop, name="Ana")
    came(shop, ana, (2, 26), (3, 5), (3, 12), (3, 19), amount=4000)
    came(shop, factories.customer(shop, name="Ben"), (3, 30))
    scores.refresh(merchant=shop, at=AT)
    return ana


@pytest.mark.django_db
def test_who_slips_away_is_told_with_what_is_at_stake(alice, shop, slipping):
    [todo] = every(shop)

    assert (todo.title, todo.why, todo.href, todo.worth) == (
        "1 good customer is slipping away",
        "160.00\xa0€ of a year's sales hang on them, and they are later than is usual for them.",
        "/m/a/retention/next/",
        16000,
    )
    assert alice.get(todo.href).status_code == 200


@pytest.mark.django_db
def test_night_that_is_old_is_broken_and_comes_first(shop, slipping):
    CustomerScore.objects.update(as_of=date(2026, 3, 30))
    assert leads(shop)[0][0] == "1 good customer is slipping away"

    CustomerScore.objects.update(as_of=date(2026, 3, 29))
    assert leads(shop)[0] == ("The night's figures are from 29 Mar 2026", "See what to do", "#health")


@pytest.mark.django_db
def test_work_that_stands_still_is_told_to_those_who_manage(shop):
    tasks.forget_old_replies.enqueue()
    later = timezone.now() + timedelta(minutes=11)
    bob = factories.clerk(shop, email="bob@a.test", role=Role.ANALYST)

    assert leads(shop, at=later) == [("Work behind the scenes does not go on", "See what to do", "#health")]
    assert leads(shop, bob, at=later) == []


@pytest.mark.django_db
def test_vouchers_and_birthdays_of_the_week_lead_to_their_people(alice, shop):
    ana = factories.customer(shop, name="Ana", birthday="04-06")
    factories.customer(shop, name="Ben", birthday="04-07")
    came(shop, ana, (3, 30))
    for days in (1, 6, 8):
        ends = AT.replace(hour=0) + timedelta(days=days)
        vouchers.issue(merchant=shop, drafts=[VoucherDraft("3 euros off", OFF, ana.pk, expires_at=ends)], at=AT)

    assert leads(shop) == [
        ("2 vouchers end this week", "See who holds them", "/m/a/customers/?vouchers=7"),
        ("1 birthday this week", "See whose birthday", "/m/a/customers/?birthday=7"),
    ]


@pytest.mark.django_db
def test_customers_who_were_never_asked_are_told_to_those_at_the_counter(shop):
    ana = factories.customer(shop, name="Ana", email="ana@x.test")
    asked = factories.customer(shop, name="Ben", phone="+34600111222")
    asked.consents.create(channel="sms", purpose="marketing", granted=False, recorded_at=AT)
    for buyer in (ana, asked, factories.customer(shop)):
        came(shop, buyer, (3, 30))
    bob = factories.clerk(shop, email="bob@a.test", role=Role.ANALYST)

    assert leads(shop) == [
        ("1 customer was never asked about messages", "See whom to ask", "/m/a/customers/?unasked=30")
    ]
    assert leads(shop, bob) == []


@pytest.mark.django_db
def test_to_do_of_an_analyst_does_not_lead_to_the_counter(shop):
    came(shop, factories.customer(shop), (3, 1))
    factories.staff(shop, email="bob@a.test", role=Role.ANALYST)
    bob = StaffMember.objects.select_related("merchant", "user").get(role=Role.ANALYST)

    assert leads(shop, bob) == []


@pytest.mark.django_db
def test_fewer_than_three_things_are_said_to_be_all(alice, shop):
    factories.purchase(shop, factories.customer(shop), at=timezone.now())
    assert "Nothing waits for you" in alice.get("/m/a/").content.decode()

    factories.customer(shop, birthday=f"{timezone.localdate():%m-%d}")
    page = alice.get("/m/a/").content.decode()
    assert "Nothing else waits: 1 thing is all there is." in page
    assert "Three things to do today" not in page


def behind(metric, target, by="2026-12-31"):
    return {"metric": metric, "target": target, "by": by}


@pytest.mark.django_db
def test_program_behind_its_objective_is_something_to_do(shop):
    aim = behind("active_customers", 12)
    program = factories.program(shop, objective=aim, starts_at=datetime(2026, 1, 1, tzinfo=UTC))
    came(shop, factories.customer(shop), (1, 10), (2, 10), (3, 30))
    at = AT + timedelta(days=1)

    todo = every(shop, at=at)[0]

    assert (todo.title, todo.why, todo.href) == (
        "Points is behind its objective",
        "Mar 2026: 1. For 12 by 31 Dec 2026 it should be 2 by now.",
        f"/m/a/programs/{program.public_id}/",
    )


def import_of(shop, **fields):
    return Import.objects.create(
        merchant=shop, kind="purchases", filename="till.csv", fingerprint="", created_at=AT, **fields
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "title", "action"),
    [
        ({"state": "failed", "message": "This is no table."}, "till.csv could not be read", "Look at the import"),
        ({"state": "done", "rows": 5, "accepted": 3, "rejected": 2}, "2 rows of till.csv were left out", "Mend them"),
    ],
)
def test_import_that_needs_a_hand_is_something_to_do(shop, fields, title, action):
    imported = import_of(shop, **fields)

    [todo] = home.home(factories.place(shop), at=AT).todos

    assert (todo.title, todo.action, todo.href) == (title, action, f"/m/a/imports/{imported.public_id}/")


@pytest.mark.django_db
def test_import_of_long_ago_and_dry_run_are_no_work(shop):
    import_of(shop, state="failed", dry_run=True)

    later = AT + timedelta(days=15)
    assert home.home(factories.place(shop), at=AT).todos == []
    import_of(shop, state="failed")
    assert home.home(factories.place(shop), at=later).todos == []
