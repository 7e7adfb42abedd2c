from datetime import UTC, datetime

import pytest

from customers.models import CustomerActivity, Purchase, Refund
from loyalty_site.tests import factories
from loyalty_site.tests.files import bought, points, rehearsed, returned, said, send, wrong
from rewards.models import PointsAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = factories.merchant()
    factories.program(shop, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return shop


@pytest.mark.any_database
def test_return_of_a_purchase_in_the_same_file(shop):
    text = "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\nC1,R1,2026-01-20,-4\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 2, 0, 0, 1, 1, 600)
    assert (bought(), returned()) == ([("R1", 1000, 400)], [("R1", "R1", 400)])
    assert points() == [("earn", 10), ("reverse", -4)]
    assert CustomerActivity.objects.values_list("purchases", "net_value").get() == (1, 600)


def test_return_of_a_whole_purchase_is_no_visit(shop):
    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\nC1,R1,2026-01-20,-10\n")

    assert said(summary) == (2, 2, 0, 0, 1, 1, 0)
    assert points() == [("earn", 10), ("reverse", -10)]
    assert not CustomerActivity.objects.filter(purchases__gt=0).exists()


@pytest.mark.any_database
def test_return_of_a_purchase_that_is_stored_already(shop):
    send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\n")

    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-20,-4\n")

    assert said(summary) == (1, 1, 0, 0, 1, 0, -400)
    assert (bought(), returned()) == ([("R1", 1000, 400)], [("R1", "R1", 400)])


def test_return_belongs_to_the_customer_of_its_purchase(shop):
    send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\n")

    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC2,R1,2026-01-20,-4\n")

    assert said(summary) == (1, 1, 0, 0, 1, 0, -400)
    assert Refund.objects.get().customer.external_id == "C1"


@pytest.mark.any_database
def test_return_without_a_purchase_lowers_value_and_counts_as_no_visit(shop):
    text = "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\nC1,R7,2026-01-20,-4\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 2, 0, 0, 1, 1, 600)
    assert (bought(), returned()) == ([("R1", 1000, 0)], [("R7", None, 400)])
    assert CustomerActivity.objects.values_list("purchases", "net_value").get() == (1, 600)
    assert points() == [("earn", 10), ("reverse", -4)]


def test_return_without_a_purchase_never_causes_a_deficit(shop):
    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R7,2026-01-20,-4\n")

    assert said(summary) == (1, 1, 0, 0, 1, 1, -400)
    assert PointsAccount.objects.values_list("balance", "deficit").get() == (0, 0)


@pytest.mark.any_database
def test_return_of_more_than_remains_is_rejected(shop):
    text = "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\nC1,R1,2026-01-20,-10.01\nC2,R2,2026-01-20,1\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (3, 2, 0, 1, 2, 2, 1100)
    assert summary["errors"] == [
        {
            "line": 3,
            "column": "Receipt",
            "value": "R1",
            "message": "More would come back than is left of this purchase. Check the receipt and the amount.",
        }
    ]
    assert bought() == [("R1", 1000, 0), ("R2", 100, 0)]


def test_return_after_an_earlier_refund_has_only_the_rest(shop):
    send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\n")
    send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-06,-7\n")
    Refund.objects.update(external_id="elsewhere")

    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-20,-4\n")

    assert said(summary) == (1, 0, 0, 1, 0, 0, 0)
    assert wrong(summary) == [(2, "Receipt", "R1")]


def test_anonymous_return_is_rejected_or_accepted_like_a_sale(shop):
    text = "Customer,Receipt,Date,Amount\n,R7,2026-01-20,-4\n"

    refused = rehearsed(shop, text)
    taken = rehearsed(shop, text, anonymous="accept")

    assert said(refused) == (1, 0, 0, 1, 0, 0, 0)
    assert said(taken) == (1, 1, 0, 0, 0, 0, -400)
    assert Refund.objects.values_list("customer", "purchase", "amount").get() == (None, None, 400)


@pytest.mark.any_database
def test_return_of_an_anonymous_sale_stays_anonymous(shop):
    text = "Customer,Receipt,Date,Amount\n,R1,2026-01-05,10\nC1,R1,2026-01-20,-4\n"

    summary = rehearsed(shop, text, anonymous="accept")

    assert said(summary) == (2, 2, 0, 0, 0, 0, 600)
    assert bought() == [("R1", 1000, 400)]


def test_negative_basket_is_one_return(shop):
    text = """Customer,Receipt,Date,Product,Amount
C1,C536,2026-01-05,Bread,-2.50
C1,C536,2026-01-05,Milk,1.00
"""

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 2, 0, 0, 1, 1, -150)
    assert (bought(), returned()) == ([], [("C536", None, 150)])


def test_a_purchase_of_nothing_counts(shop):
    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,0\n")

    assert said(summary) == (1, 1, 0, 0, 1, 1, 0)
    assert (Purchase.objects.counted().count(), points()) == (1, [])
