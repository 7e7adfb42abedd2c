from datetime import UTC, datetime, timedelta

import pytest

from customers.models import Customer
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.files import points, rehearsed, said, send, wrong
from loyalty_site.undoing import undo_import
from rewards import ledger
from rewards.models import Lot, Membership, Voucher

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = factories.merchant()
    factories.program(shop)
    for name in ("A", "B"):
        factories.customer(shop, external_id=name)
    return shop


def available(name: str, at: datetime) -> int:
    """What a customer can spend at a moment."""
    account = Membership.objects.get(customer__external_id=name).account_id
    return ledger.balance(account, at=at, now=AT).available


@pytest.mark.any_database
def test_opening_points_are_posted_once_per_customer(shop):
    text = "Customer,Program,Points\nA,points,120\nB,POINTS,30\nA,Points,50\n"

    summary = rehearsed(shop, text, kind="balances")

    assert said(summary) == (3, 2, 1, 0, 2, 0, 0)
    assert points() == [("adjust", 120), ("adjust", 30)]
    assert available("A", AT) == 120


@pytest.mark.any_database
def test_another_file_adds_to_the_points(shop):
    rehearsed(shop, "Customer,Points\nA,120\n", kind="balances")
    rehearsed(shop, "Customer,Points\nA,30\n", kind="balances")

    assert available("A", AT) == 150


@pytest.mark.any_database
def test_one_customer_in_two_programs_counts_once(shop):
    factories.program(shop, name="Second")
    text = "Customer,Program,Points\nA,Points,120\nA,Second,30\n"

    summary = rehearsed(shop, text, kind="balances")

    assert said(summary) == (2, 2, 0, 0, 1, 0, 0)


@pytest.mark.any_database
def test_points_can_be_spent_through_the_day_on_which_they_expire(shop):
    rehearsed(shop, "Customer,Points,Expires on\nA,120,2026-03-31\n", kind="balances")

    midnight = datetime(2026, 3, 31, 22, tzinfo=UTC)  # 1 April in Madrid, where summer has begun
    assert Lot.objects.get().expires_at == midnight
    assert available("A", midnight - timedelta(seconds=1)) == 120
    assert available("A", midnight) == 0


@pytest.mark.any_database
def test_points_that_expire_today_can_be_spent_today(shop):
    summary = rehearsed(shop, "Customer,Points,Expires on\nA,120,2026-03-10\n", kind="balances")

    assert said(summary)[:2] == (1, 1)
    assert available("A", AT) == 120


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        ("Z,Points,5,", "Customer", "Z", "Nobody has this id, phone, e-mail or card. Import the customers first."),
        (
            "A,Stamps,5,",
            "Program",
            "Stamps",
            "There is no program of this name. Write the name as on the program's page.",
        ),
        ("A,Points,0,", "Points", "0", "Opening points must be at least 1."),
        ("A,Points,-5,", "Points", "-5", "Opening points must be at least 1."),
        ("A,Points,1.5,", "Points", "1.5", "Points are whole numbers. Round them."),
        (
            "A,Points,5,2026-03-09",
            "Expires on",
            "2026-03-09",
            "These points have expired already. Leave the row out, or correct the date.",
        ),
        (
            ",Points,5,",
            "Customer",
            "",
            "The row does not say which customer it is about. Fill the cell, or leave the row out.",
        ),
    ],
)
def test_a_row_that_cannot_be_posted_says_why(shop, row, column, value, message):
    summary = rehearsed(shop, f"Customer,Program,Points,Expires on\n{row}\nB,Points,1,\n", kind="balances")

    assert said(summary) == (2, 1, 0, 1, 1, 0, 0)
    assert summary["errors"] == [{"line": 2, "column": column, "value": value, "message": message}]


@pytest.mark.any_database
def test_a_file_without_a_program_needs_a_shop_with_one(shop):
    factories.program(shop, name="Second")

    summary = rehearsed(shop, "Customer,Points\nA,5\n", kind="balances")

    assert summary["errors"][0]["message"] == (
        "Say which program the points belong to: the shop does not have exactly one."
    )


@pytest.mark.any_database
def test_a_customer_outside_the_program_is_rejected(shop):
    factories.program(shop, name="Second", auto_enrol=False)

    summary = rehearsed(shop, "Customer,Program,Points\nA,Second,5\n", kind="balances")

    assert wrong(summary) == [(2, "Program", "Second")]


def test_a_customer_is_found_by_phone_or_card(shop):
    Customer.objects.filter(external_id="A").update(phone="+34600000001")
    Customer.objects.filter(external_id="B").update(card_code="K1")

    summary = rehearsed(shop, "Phone,Card code,Points\n600000001,,5\n,k1,7\n", kind="balances")

    assert said(summary) == (2, 2, 0, 0, 2, 0, 0)
    assert (available("A", AT), available("B", AT)) == (5, 7)


@pytest.mark.any_database
def test_a_dry_run_over_a_thousand_rows_meets_the_same_customer_once(shop):
    text = "Customer,Points\n" + "A,5\n" * 1001 + "B,5\n"

    foretold = send(shop, text, kind="balances", dry_run=True)
    done = send(shop, text, kind="balances")

    assert (foretold.accepted, foretold.duplicates, foretold.customers_seen) == (2, 1000, 2)
    assert (done.accepted, done.duplicates, done.customers_seen) == (2, 1000, 2)


def test_stamps_brought_along_fill_the_card_and_are_undone_with_it(shop):
    stamps = {"size": 3, "reward": {"name": "A coffee", "benefit": {"kind": "free_shipping"}}}
    factories.program(shop, name="Card", kind="stamps", stamps=stamps)

    done = send(shop, "Customer,Program,Points\nA,Card,7\nB,Points,7\n", kind="balances")

    assert points() == [("adjust", 7), ("redeem", -3), ("redeem", -3), ("adjust", 7)]
    assert list(Voucher.objects.values_list("customer__external_id", "status")) == [("A", "open"), ("A", "open")]
    undo_import(imported=done, at=AT)
    assert set(Voucher.objects.values_list("status", flat=True)) == {"cancelled"}
    assert sum(moved for __, moved in points()) == 0
    assert list(ledger.differences()) == []


def test_a_membership_has_no_points_to_bring_along(shop):
    factories.program(shop, name="Club", kind="membership", rules=[])

    summary = rehearsed(shop, "Customer,Program,Points\nA,Club,5\n", kind="balances")

    assert wrong(summary) == [(2, "Program", "Club")]
