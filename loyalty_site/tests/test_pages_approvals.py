"""The inbox of adjustments that wait for a second person, and the caps above which they do."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from customers.merchants.models import Role
from loyalty_site.selectors import home
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from rewards import adjustments
from rewards.models import Adjustment, Entry

pytestmark = pytest.mark.django_db
INBOX = "/m/a/approvals/"
CAPS = "/m/a/settings/adjustments/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def gus(client, shop):
    """A browser in which a manager has signed in."""
    client.force_login(factories.clerk(shop, email="gus@a.test", role=Role.MANAGER).user)
    return client


@pytest.fixture
def member(shop):
    factories.program(shop)
    return factories.customer(shop, name="Ana").memberships.get()


def ask(shop, member, points=500, *, email="dee@a.test", role=Role.STAFF, at=AT, **more):
    by = factories.clerk(shop, email=email, role=role)
    return adjustments.adjust(membership=member, points=points, reason="Cake that fell", by=by, at=at, **more)


def decide(client, asked, word):
    return client.post(f"{INBOX}{asked.public_id}/{word}/", follow=True)


def sentences(response) -> list[str]:
    return re.findall(r'<li class="toast notice \w+"><p[^>]*>(.*?)</p>', response.content.decode())


def test_empty_inbox_teaches(gus):
    assert "Nothing waits An example: somebody at the counter may give 100 points a day alone" in text(gus.get(INBOX))


def test_request_says_who_asks_for_whom_how_many_why_and_what_then(gus, shop, member):
    ask(shop, member, 40)
    ask(shop, member)

    page = text(gus.get(INBOX))

    assert "Ana : +500 “Cake that fell” Dee asked 10 Mar 2026 , for Points." in page
    assert "40 points to spend now, 540 points if approved." in page


def test_approving_books_the_points(gus, shop, member):
    answer = decide(gus, ask(shop, member), "approve")

    assert sentences(answer) == ["Approved: +500 for Ana."]
    assert (Adjustment.objects.get().status, Entry.objects.get().points) == ("approved", 500)
    assert "Nothing waits" in text(answer)
    assert "approved Ana +500 Cake that fell Dee Gus" in text(answer)


def test_rejecting_books_nothing(gus, shop, member):
    answer = decide(gus, ask(shop, member), "reject")

    assert sentences(answer) == ["Rejected: +500 for Ana."]
    assert (Adjustment.objects.get().status, Entry.objects.count()) == ("rejected", 0)


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_button_pressed_twice_is_no_mistake(gus, shop, member, word):
    asked = ask(shop, member)

    first, second = (decide(gus, asked, word) for __ in range(2))

    assert sentences(first) == sentences(second)
    assert Entry.objects.count() == (1 if word == "approve" else 0)


def test_what_somebody_else_decided_stands(gus, shop, member):
    asked = ask(shop, member)
    adjustments.reject(adjustment=asked, by=factories.place(shop), at=AT)

    assert sentences(decide(gus, asked, "reject")) == ["Somebody has decided this adjustment already."]
    assert sentences(decide(gus, asked, "approve")) == ["Somebody has decided this adjustment already."]


def test_own_request_waits_for_somebody_else(client, shop, member):
    asked = ask(shop, member, 1_001, email="gus@a.test", role=Role.MANAGER)
    client.force_login(factories.staff(shop, email="gus@a.test", role=Role.MANAGER))

    page, answer = client.get(INBOX), decide(client, asked, "approve")

    assert "You asked for this yourself. Somebody else with the right to manage decides." in text(page)
    assert "/approve/" not in page.content.decode()
    assert sentences(answer) == ["Whoever asked cannot also decide. Ask somebody else with the right to manage."]
    assert not Entry.objects.exists()


def test_taking_more_than_there_is_says_so(gus, shop, member):
    asked = ask(shop, member, -500)

    page, answer = text(gus.get(INBOX)), decide(gus, asked, "approve")

    assert "0 points to spend now, −500 points if approved." in page
    assert "There are not enough points to take" in page
    assert sentences(answer) == ["There are not enough points: 0 can be used, and 500 are asked for."]
    assert Adjustment.objects.get().status == "pending_approval"


def test_points_whose_day_is_over_can_only_be_rejected(gus, shop, member):
    ask(shop, member, expires_at=AT + DAY)

    assert "The last day of these points is over: it can only be rejected." in text(gus.get(INBOX))


def test_decided_ones_stay_for_thirty_days(gus, shop, member):
    now = timezone.now()
    for days, points in [(29, 501), (31, 502)]:
        asked = ask(shop, member, points, at=now - timedelta(days=days))
        adjustments.reject(adjustment=asked, by=factories.place(shop), at=now - timedelta(days=days))

    page = text(gus.get(INBOX))

    assert ("+501" in page, "+502" in page) == (True, False)


@pytest.mark.parametrize("number", [1, 30])
def test_inbox_costs_the_same_for_one_and_for_many(gus, shop, django_assert_num_queries, number):
    # session, user, place; how many wait, they; those decided; people, keys; balances (2)
    factories.program(shop)
    for __ in range(number):
        member = factories.customer(shop).memberships.get()
        ask(shop, member)
        adjustments.reject(adjustment=ask(shop, member), by=factories.place(shop), at=timezone.now())

    with django_assert_num_queries(10):
        page = text(gus.get(INBOX))

    assert page.count("Dee asked") == number


def test_home_counts_what_waits_for_others_word(shop, member):
    ask(shop, member, 1_001, email="gus@a.test", role=Role.MANAGER)
    gus = factories.clerk(shop, email="gus@a.test", role=Role.MANAGER)

    todos = [home.home(one, at=AT).todos for one in (factories.place(shop), gus)]

    assert [[(todo.title, todo.href) for todo in found] for found in todos] == [
        [("1 adjustment waits for you", INBOX)],
        [],
    ]


def test_owner_changes_the_caps(alice, shop):
    answer = alice.post(CAPS, {"staff": "50", "manager": "0"}, follow=True)

    assert adjustments.caps(shop) == {"staff": 50, "manager": 0}
    assert sentences(answer) == ["The caps are changed."]


def test_manager_sees_the_caps_and_does_not_change_them(gus, shop):
    page = text(gus.get(CAPS))
    answer = gus.post(CAPS, {"staff": "5000", "manager": "5000"})

    assert "Staff 100 points Manager 1,000 points Only an owner changes these" in page
    assert "whoever has one does not set it. Ask an owner of the shop." in text(answer)
    assert adjustments.caps(shop) == {"staff": 100, "manager": 1_000}


@pytest.mark.any_database
@pytest.mark.parametrize("points", ["", "-1", "many", "1000000001"])
def test_cap_that_cannot_be_is_refused_beside_its_field(alice, shop, points):
    answer = alice.post(CAPS, {"staff": points, "manager": "10"})

    assert list(answer.context["form"].errors) == ["staff"]
    assert adjustments.caps(shop) == {"staff": 100, "manager": 1_000}
