"""Passing points on, and sharing one account: both people stand side by side before anything moves."""

import re

import pytest
from django.utils import translation

from customers.merchants.models import Role
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from rewards import ledger, pools
from rewards.models import Entry, Membership

pytestmark = pytest.mark.django_db
RECEIPT = "pass-0123456789abcdefghijkl"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    """A member with 12 points."""
    factories.program(shop)
    ana = factories.customer(shop, name="Ana")
    factories.purchase(shop, ana, amount=1200)
    return member_of(ana)


@pytest.fixture
def ben(shop, ana):
    """A member with 3."""
    ben = factories.customer(shop, name="Ben", phone="600 111 222")
    factories.purchase(shop, ben, amount=300)
    return member_of(ben)


def member_of(customer) -> Membership:
    return Membership.objects.select_related("customer", "program__merchant").get(customer=customer)


def page_of(one) -> str:
    return f"/m/a/customers/{one.customer.public_id}/share/{one.public_id}/"


def deed(one, other, word) -> str:
    return f"{page_of(one)}{other.customer.public_id}/{word}/"


def left(one) -> int:
    return ledger.balance(Membership.objects.get(pk=one.pk).account_id, at=AT, now=AT).available


def sentences(response) -> list[str]:
    return re.findall(r'<li class="toast notice \w+"><p[^>]*>(.*?)</p>', response.content.decode())


def test_the_other_is_found_as_at_the_counter(alice, ana, ben):
    shown = alice.get(page_of(ana), {"q": "1222"}, headers={"HX-Request": "true"}).content.decode()

    assert f'href="{page_of(ana)}?to={ben.customer.public_id}"' in shown


def test_oneself_is_not_offered(alice, ana, ben):
    shown = alice.get(page_of(ana), {"q": "Ana"}).content.decode()

    assert "is the one you came from" in shown
    assert f"?to={ana.customer.public_id}" not in shown


def test_both_are_seen_before_anything_moves(alice, ana, ben):
    page = text(alice.get(page_of(ana), {"to": ben.customer.public_id}))

    assert "Ana has 12 points to spend. Those that would be spent next go first, and each keeps its last day." in page
    assert "Both have 15 points to spend then" in page
    assert (left(ana), left(ben)) == (12, 3)


@pytest.mark.any_database
def test_points_are_passed_on_once(alice, ana, ben):
    sent = {"points": "5", "receipt": RECEIPT}

    answers = [alice.post(deed(ana, ben, "pass"), sent, follow=True) for __ in range(2)]

    assert [sentences(answer) for answer in answers] == [["Passed on to Ben: 5 points."]] * 2
    assert (left(ana), left(ben)) == (7, 8)


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ("13", "There are not enough points: 12 can be used, and 13 are asked for."),
        ("0", "Write a whole number"),
        ("", "Enter how many."),
    ],
)
def test_what_cannot_go_is_said_beside_the_field(alice, ana, ben, points, sentence):
    answer = alice.post(deed(ana, ben, "pass"), {"points": points, "receipt": RECEIPT})

    assert list(answer.context["passing"].errors) == ["points"]
    assert sentence in text(answer)
    assert not Entry.objects.filter(kind="transfer_out").exists()


@pytest.mark.any_database
def test_two_share_one_account_and_one_leaves(alice, ana, ben):
    joined = alice.post(deed(ben, ana, "pool"), follow=True)

    assert sentences(joined) == ["Ben and Ana share one account now."]
    assert "Shared with Ana" in text(joined)
    assert (left(ana), left(ben)) == (15, 15)
    both = text(alice.get(page_of(ana), {"to": ben.customer.public_id}))
    assert "The two have the same points already: they share one account." in both

    way_out = f"/m/a/customers/{ben.customer.public_id}/leave/{ben.public_id}/"
    assert "Ben gets an account of their own and takes no points along." in text(alice.get(way_out))
    assert sentences(alice.post(way_out, follow=True)) == ["Ben has an account of their own now, without points."]
    assert sentences(alice.post(way_out, follow=True)) == ["This member shares points with nobody."]
    assert (left(ana), left(ben)) == (15, 0)


def test_who_shares_already_is_refused_with_a_sentence(alice, shop, ana, ben):
    eva = member_of(factories.customer(shop, name="Eva"))
    pools.join(membership=ben, host=ana, at=AT)

    answer = alice.post(deed(ben, eva, "pool"))

    assert "This member shares points with somebody already. Leave that pool first." in text(answer)


def test_somebody_outside_the_program_gets_nothing(alice, shop, ana):
    eva = factories.customer(shop, name="Eva")
    Membership.objects.filter(customer=eva).delete()

    looked = alice.get(page_of(ana), {"to": eva.public_id})
    tried = [
        alice.post(f"{page_of(ana)}{eva.public_id}/{word}/", {"points": "5", "receipt": RECEIPT})
        for word in ("pass", "pool")
    ]

    for answer in (looked, *tried):
        assert "Eva is not in Points, and points stay in their program." in text(answer)


def test_staff_is_not_offered_what_managers_do(client, shop, ana):
    client.force_login(factories.staff(shop, email="dora@a.test", role=Role.STAFF))

    assert "share the account" not in text(client.get(f"/m/a/customers/{ana.customer.public_id}/ledger/"))
