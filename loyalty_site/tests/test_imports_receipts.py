from datetime import UTC, datetime

import pytest

from customers.merchants.models import Location
from customers.models import Customer, Purchase, PurchaseLine
from loyalty_site.tests import factories
from loyalty_site.tests.files import bought, points, rehearsed, said, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = factories.merchant()
    factories.program(shop, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return shop


def test_rows_of_one_receipt_with_products_are_its_lines(shop):
    text = """Customer,Receipt,Date,Product,Quantity,Amount
C1,R1,2026-01-05,Bread,1,2.50
C1,R1,2026-01-05,Bread,1,2.50
C1,R1,2026-01-05,Milk,2,1.80
"""

    summary = rehearsed(shop, text)

    assert said(summary) == (3, 3, 0, 0, 1, 1, 680)
    assert bought() == [("R1", 680, 0)]
    lines = PurchaseLine.objects.order_by("number").values_list("number", "name", "quantity", "amount")
    assert list(lines) == [(1, "Bread", 1, 250), (2, "Bread", 1, 250), (3, "Milk", 2, 180)]
    assert points() == [("earn", 6)]


def test_rows_of_one_receipt_without_products_are_repeats_of_the_first(shop):
    text = "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\nC1,R1,2026-01-05,10\nC1,R1,2026-01-06,99\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (3, 1, 2, 0, 1, 1, 1000)
    assert bought() == [("R1", 1000, 0)]
    assert not PurchaseLine.objects.exists()


@pytest.mark.any_database
def test_lines_of_a_receipt_need_not_be_contiguous_and_the_earliest_time_wins(shop):
    text = """Customer,Receipt,Date,Product,Amount
C1,R1,2026-01-05T12:00:00Z,Bread,2.50
C2,R2,2026-01-05T11:30:00Z,Milk,1.00
C1,R1,2026-01-05T11:00:00Z,Cake,5.00
"""

    summary = rehearsed(shop, text)

    assert said(summary) == (3, 3, 0, 0, 2, 2, 850)
    assert bought() == [("R1", 750, 0), ("R2", 100, 0)]
    assert Purchase.objects.get(external_id="R1").occurred_at == datetime(2026, 1, 5, 11, tzinfo=UTC)


@pytest.mark.any_database
def test_a_negative_line_lowers_its_receipt(shop):
    text = "Customer,Receipt,Date,Product,Amount\nC1,R1,2026-01-05,Bread,5\nC1,R1,2026-01-05,Discount,-1.50\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 2, 0, 0, 1, 1, 350)
    assert bought() == [("R1", 350, 0)]
    assert points() == [("earn", 3)]


@pytest.mark.any_database
def test_a_bad_row_keeps_its_whole_receipt_out(shop):
    text = """Customer,Receipt,Date,Product,Amount
C1,R1,2026-01-05,Bread,2.50
C1,R1,2026-01-05,Milk,oops
C1,R1,2026-01-05,Cake,5.00
C2,R2,2026-01-05,Milk,1.00
"""

    summary = rehearsed(shop, text)

    assert said(summary) == (4, 1, 0, 3, 1, 1, 100)
    assert wrong(summary) == [(3, "Amount", "oops")]
    assert summary["errors"][0]["message"].endswith("The other 2 lines of this receipt wait with it.")
    assert bought() == [("R2", 100, 0)]


@pytest.mark.any_database
def test_a_receipt_that_stands_is_a_duplicate_whatever_it_now_says(shop):
    customer = factories.customer(shop, external_id="C9")
    factories.purchase(shop, customer, amount=4200, external_id="R1")

    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\nC1,R2,2026-01-05,1\n")

    assert said(summary) == (2, 1, 1, 0, 1, 1, 100)
    assert bought() == [("R2", 100, 0), ("R1", 4200, 0)]


@pytest.mark.any_database
def test_a_second_customer_on_one_receipt_is_a_fault(shop):
    text = "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\nC2,R1,2026-01-05,20\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 1, 0, 1, 1, 1, 1000)
    assert wrong(summary) == [(3, "Customer", "C2")]


@pytest.mark.any_database
def test_rows_without_a_receipt_column_are_purchases_of_their_own_once(shop):
    text = "Customer,Date,Amount\nC1,2026-01-05,10\nC1,2026-01-05,10\nC2,2026-01-05,10\n"

    summary = rehearsed(shop, text)  # sends it twice

    assert said(summary) == (3, 3, 0, 0, 2, 2, 3000)
    assert [amount for __, amount, __ in bought()] == [1000, 1000, 1000]


@pytest.mark.any_database
def test_no_customer_is_rejected(shop):
    text = "Customer,Receipt,Date,Amount\n,R1,2026-01-05,10\nC1,R2,2026-01-05,3\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 1, 0, 1, 1, 1, 300)
    assert summary["errors"] == [
        {
            "line": 2,
            "column": "Customer",
            "value": "",
            "message": "The customer is missing. Fill the cell, or accept anonymous sales when you import.",
        }
    ]


def test_no_customer_is_an_anonymous_sale_where_that_is_accepted(shop):
    text = "Customer,Receipt,Date,Amount\n,R1,2026-01-05,10\nC1,R2,2026-01-05,3\n"

    summary = rehearsed(shop, text, anonymous="accept")

    assert said(summary) == (2, 2, 0, 0, 1, 1, 1300)
    assert list(Purchase.objects.filter(customer=None).values_list("external_id", "amount")) == [("R1", 1000)]
    assert points() == [("earn", 3)]


@pytest.mark.any_database
def test_a_file_without_a_customer_column_is_read_where_anonymous_sales_are_accepted(shop):
    summary = rehearsed(shop, "Receipt,Date,Amount\nR1,2026-01-05,10\n", anonymous="accept")

    assert said(summary) == (1, 1, 0, 0, 0, 0, 1000)


def test_locations_are_made_once_whatever_their_case(shop):
    Location.objects.create(merchant=shop, name="Harbour")
    text = """Customer,Receipt,Date,Amount,Store
C1,R1,2026-01-05,10,HARBOUR
C1,R2,2026-01-05,10,Market
C1,R3,2026-01-05,10,market
C1,R4,2026-01-05,10,
"""

    summary = rehearsed(shop, text)

    assert said(summary)[:2] == (4, 4)
    assert list(Location.objects.order_by("name").values_list("name", flat=True)) == ["Harbour", "Market"]
    found = Purchase.objects.order_by("external_id").values_list("location__name", flat=True)
    assert list(found) == ["Harbour", "Market", "Market", None]


def test_channel_is_kept_and_otherwise_store(shop):
    text = "Customer,Receipt,Date,Amount,Channel\nC1,R1,2026-01-05,10,web\nC1,R2,2026-01-05,10,\n"

    rehearsed(shop, text)

    assert list(Purchase.objects.order_by("external_id").values_list("channel", flat=True)) == ["web", "store"]


@pytest.mark.any_database
def test_another_currency_is_rejected(shop):
    text = "Customer,Receipt,Date,Amount,Currency\nC1,R1,2026-01-05,10,EUR\nC1,R2,2026-01-05,10,USD\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 1, 0, 1, 1, 1, 1000)
    assert wrong(summary) == [(3, "Currency", "USD")]


@pytest.mark.any_database
def test_a_currency_without_minor_units_is_counted_in_whole_ones():
    shop = factories.merchant(currency="JPY")

    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,1250\n")

    assert summary["value"] == 1250


def test_quantity_and_unit_price_stand_in_for_an_amount(shop):
    text = "Customer,Receipt,Date,Quantity,Unit price\nC1,R1,2026-01-05,3,0.335\nC1,R1,2026-01-05,2,1.25\n"

    summary = rehearsed(shop, text)

    assert said(summary) == (2, 2, 0, 0, 1, 1, 351)  # 1.005 rounded half up is 1.01
    assert list(PurchaseLine.objects.order_by("number").values_list("amount", "unit_amount")) == [
        (101, None),
        (250, 125),
    ]


@pytest.mark.any_database
def test_a_mapping_says_which_column_is_what(shop):
    text = "Who,Paid,When,Amount\nC1,7.00,2026-01-05,99.00\n"

    summary = rehearsed(shop, text, mapping={"customer": "Who", "amount": "Paid", "date": "When"})

    assert summary["value"] == 700
    assert Customer.objects.get().external_id == "C1"
