"""Which rows are one receipt, what it is worth, and in which order receipts are posted."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.reader import staging
from customers.reader.faults import Fault
from customers.reader.receipts import Identity, Line, Receipt

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = "2024-01-31"
NOON = datetime(2024, 1, 31, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    opened = []
    path = tmp_path_factory.mktemp("reader") / "file.csv"

    def run(text, **options):
        path.write_text(text, encoding="utf-8")
        shop = {"at": AT, "zone": ZoneInfo("UTC"), "country": "US", "currency": "USD", "decimals": 2}
        opened.append(staging.stage(path, kind="purchases", **(shop | options)))
        return opened[-1]

    yield run
    for staged in opened:
        staged.close()


def plain(*rows):
    return "Customer,Receipt,Date,Amount\n" + "".join(f"{row}\n" for row in rows)


def basket(*rows):
    return "Customer,Receipt,Date,Amount,Product\n" + "".join(f"{row}\n" for row in rows)


def told(staged):
    return [
        (receipt.receipt, receipt.customer.external_id, receipt.total, receipt.rows) for receipt in staged.receipts()
    ]


def counts(staged):
    return staged.rows, staged.rejected, staged.duplicates, staged.receipt_count


def test_basket_is_all_rows_of_its_receipt_even_equal_and_scattered_ones(stage):
    staged = stage(
        "Customer,Receipt,Date,SKU,Product,Category,Quantity,Amount,Price,Canal,Store\n"
        f"1,r1,{DAY} 12:30,A,Bread,Bakery,2,3.00,1.50,,\n"
        f"2,r2,{DAY} 12:10,B,Milk,,,1.00,,app,North\n"
        f"1,r1,{DAY} 12:00,A,Bread,Bakery,2,3.00,1.50,web,South\n"
        f"1,r1,{DAY} 12:45,A,Bread,Bakery,0.5,-1.00,0.335,app,South\n"
    )

    assert list(staged.receipts()) == [
        Receipt(
            receipt="r1",
            derived=False,
            customer=Identity(external_id="1"),
            at=NOON,
            total=500,
            channel="web",
            location="South",
            rows=3,
            first_line=2,
            lines=[
                Line(2, "A", "Bread", "Bakery", 2000, 300, 150),
                Line(4, "A", "Bread", "Bakery", 2000, 300, 150),
                Line(5, "A", "Bread", "Bakery", 500, -100, None),
            ],
        ),
        Receipt(
            receipt="r2",
            derived=False,
            customer=Identity(external_id="2"),
            at=NOON.replace(minute=10),
            total=100,
            channel="app",
            location="North",
            rows=1,
            first_line=3,
            lines=[Line(3, "B", "Milk", None, 1000, 100, None)],
        ),
    ]


@pytest.mark.parametrize(("amounts", "is_return"), [(("5", "-5"), False), (("4", "-5"), True), (("0",), False)])
def test_basket_is_a_return_when_its_total_is_negative(stage, amounts, is_return):
    (receipt,) = stage(basket(*(f"1,r1,{DAY},{amount},x" for amount in amounts))).receipts()

    assert receipt.is_return is is_return


def test_receipt_without_products_is_its_first_row_and_the_rest_are_duplicates(stage):
    staged = stage(
        plain(f"1,r1,{DAY},5", f"1,r1,{DAY},7", f"1,r1,{DAY},-2", f"1,r2,{DAY},0", f"1,r1,{DAY},-3", f"1,r1,{DAY},5")
    )

    assert told(staged) == [("r1", "1", 500, 1), ("r1", "1", -200, 1), ("r2", "1", 0, 1)]
    assert counts(staged) == (6, 0, 3, 3)
    assert [receipt.lines for receipt in staged.receipts()] == [[], [], []]


def test_basket_with_one_bad_row_waits_as_a_whole(stage):
    staged = stage(
        basket(
            f"1,r1,{DAY},5,a",
            f"1,r1,{DAY},x,b",
            f"1,r1,{DAY},7,c",
            f"1,r2,{DAY},1,d",
            f"1,r3,{DAY},x,e",
            "1,r4,soon,x,f",
        )
        + f"1,r4,{DAY},1,g\n"
    )

    assert told(staged) == [("r2", "1", 100, 1)]
    assert counts(staged) == (7, 6, 0, 1)
    number = "This is not a number. Write it like 12.50 or 12,50, without words."
    assert list(staged.faults()) == [
        Fault(3, "Amount", "x", f"{number} The other 2 lines of this receipt wait with it."),
        Fault(6, "Amount", "x", number),
        Fault(
            7,
            "Date",
            "soon",
            "This is not a date. Write it like 2024-01-31 or 31/01/2024. The other line of this receipt waits with it.",
        ),
        Fault(7, "Amount", "x", f"{number} The other line of this receipt waits with it."),
    ]


def test_bad_row_without_products_stands_alone(stage):
    staged = stage(plain(f"1,r1,{DAY},x", f"1,r1,{DAY},5", f"1,r1,{DAY},6"))

    assert told(staged) == [("r1", "1", 500, 1)]
    assert counts(staged) == (3, 1, 1, 1)


def test_bad_row_with_an_unreadable_receipt_stands_alone(stage):
    long = "r" * 101

    staged = stage(basket(f"1,{long},{DAY},5,a", f"1,r1,{DAY},6,a", f"1,,{DAY},x,a"))

    assert told(staged) == [("r1", "1", 600, 1)]
    assert counts(staged) == (3, 2, 0, 1)


STRANGER = (
    "Receipt r1 already belongs to customer 1 in line 2. Correct the customer, or give this sale a receipt of its own."
)


def test_basket_of_two_customers_waits(stage):
    staged = stage(basket(f"1,r1,{DAY},5,a", f"2,r1,{DAY},6,b", f"1,r1,{DAY},7,c", f"2,r2,{DAY},8,d"))

    assert told(staged) == [("r2", "2", 800, 1)]
    assert counts(staged) == (4, 3, 0, 1)
    assert list(staged.faults()) == [
        Fault(3, "Customer", "2", f"{STRANGER} The other 2 lines of this receipt wait with it.")
    ]


def test_receipt_without_products_keeps_its_first_customer(stage):
    staged = stage(plain(f"1,r1,{DAY},5", f"2,r1,{DAY},6", f"1,r1,{DAY},7"))

    assert told(staged) == [("r1", "1", 500, 1)]
    assert counts(staged) == (3, 1, 1, 1)
    assert list(staged.faults()) == [Fault(3, "Customer", "2", STRANGER)]


def test_basket_whose_customer_stands_on_one_row_only_is_that_customers(stage):
    staged = stage(basket(f",r1,{DAY},5,a", f"1,r1,{DAY},6,b", f",r1,{DAY},7,c"), anonymous="accept")

    assert told(staged) == [("r1", "1", 1800, 3)]


def test_addresses_that_differ_in_case_are_one_customer(stage):
    staged = stage(f"Email,Receipt,Date,Amount,SKU\nA@b.example,r1,{DAY},5,x\na@B.example,r1,{DAY},6,y\n")

    assert [(receipt.customer.email, receipt.total) for receipt in staged.receipts()] == [("A@b.example", 1100)]


def test_row_without_receipt_is_a_purchase_of_its_own_under_a_stable_name(stage):
    text = f"Customer,Date,Amount\n1,{DAY},5\n1,{DAY},5\n2,{DAY},5\n"

    first, again = list(stage(text).receipts()), list(stage(text).receipts())

    assert first == again
    assert [(receipt.derived, receipt.total, receipt.rows) for receipt in first] == [(True, 500, 1)] * 3
    assert [receipt.receipt for receipt in first] == [
        "row-2e144bb12c2b1f9fd3f2",
        "row-659f21bfd5cd620788be",
        "row-91a8bc279f4e8d1dbc44",
    ]


def test_same_sale_at_another_place_is_another_one(stage):
    text = f"Location,Date,Amount\nNorth,{DAY},5\nSouth,{DAY},5\n"

    names = [receipt.receipt for receipt in stage(text, anonymous="accept").receipts()]

    assert len(set(names)) == 2


def test_row_keeps_its_derived_receipt_when_the_file_grows(stage):
    short = stage(f"Customer,Date,Amount\n1,{DAY},5\n1,{DAY},5\n")
    longer = stage(f"Customer,Date,Amount\n9,{DAY},1\n1,{DAY},5\n1,{DAY},5\n1,{DAY},5\n")

    names = {receipt.receipt for receipt in longer.receipts()}

    assert {receipt.receipt for receipt in short.receipts()} < names
    assert len(names) == 4


def test_empty_receipt_cell_is_a_purchase_of_its_own(stage):
    staged = stage(basket(f"1,,{DAY},5,a", f"1,,{DAY},6,b", f"1,r1,{DAY},7,c"))

    assert [(receipt.derived, receipt.total, len(receipt.lines)) for receipt in staged.receipts()] == [
        (True, 500, 1),
        (True, 600, 1),
        (False, 700, 1),
    ]


def test_receipts_are_posted_by_time_then_by_line(stage):
    staged = stage(plain("1,b,2024-02-01,1", "1,c,2024-01-01,2", "1,a,2024-02-01,3", "1,d,2024-01-31T23:00:00Z,4"))

    assert [receipt.receipt for receipt in staged.receipts()] == ["c", "d", "b", "a"]


def test_receipts_may_start_later_and_come_in_chunks(stage):
    staged = stage(basket(*(f"1,r{number // 2},{DAY},1,x" for number in range(10))))

    assert [receipt.receipt for receipt in staged.receipts(start=3)] == ["r3", "r4"]
    assert [[receipt.receipt for receipt in chunk] for chunk in staged.receipt_chunks(2, start=1)] == [
        ["r1", "r2"],
        ["r3", "r4"],
    ]
    assert [len(receipt.lines) for receipt in staged.receipts()] == [2] * 5


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["1", "2", ""]),
            st.sampled_from(["a", "b", "c", ""]),
            st.sampled_from(["5", "-5", "0", "x"]),
        ),
        max_size=12,
    ),
    table=st.sampled_from([plain, basket]),
    anonymous=st.sampled_from(["accept", "reject"]),
)
def test_every_row_is_accepted_rejected_or_a_duplicate(stage, rows, table, anonymous):
    end = ",x" if table is basket else ""

    with stage(
        table(*(f"{who},{receipt},{DAY},{amount}{end}" for who, receipt, amount in rows)), anonymous=anonymous
    ) as staged:
        receipts = list(staged.receipts())
        accepted = sum(receipt.rows for receipt in receipts)

        assert staged.rows == len(rows)
        assert accepted + staged.rejected + staged.duplicates == len(rows)
        assert len(receipts) == staged.receipt_count
        assert len({(receipt.receipt, receipt.is_return) for receipt in receipts}) == len(receipts)
        assert staged.fault_count == len(list(staged.faults()))
