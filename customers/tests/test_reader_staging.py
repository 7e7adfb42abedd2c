"""A file becomes staged rows and one fault for each bad cell, at its line and under its column's own name."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from customers.reader import staging
from customers.reader.columns import UnknownColumns
from customers.reader.faults import Fault

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def stage(tmp_path):
    opened = []

    def run(text, kind="purchases", **options):
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8", newline="")
        shop = {"at": AT, "zone": ZoneInfo("Europe/Madrid"), "country": "ES", "currency": "EUR", "decimals": 2}
        opened.append(staging.stage(path, kind=kind, **(shop | options)))
        return opened[-1]

    yield run
    for staged in opened:
        staged.close()


def totals(staged):
    return [receipt.total for receipt in staged.receipts()]


def test_worked_table_of_purchases(stage):
    staged = stage(
        "Customer,Receipt,Date,Amount,Country\n"
        "1,o1,2024-01-31,29.33,ES\n"
        "2,o2,2024-02-30,35.99,ES\n"
        ",o3,2024-01-31,abc,ES\n"
        "4,o4,,1.00,ES\n"
    )

    assert (staged.rows, staged.rejected, staged.duplicates, staged.receipt_count, staged.fault_count) == (
        4,
        3,
        0,
        1,
        4,
    )
    assert staged.columns == {"customer": "Customer", "receipt": "Receipt", "date": "Date", "amount": "Amount"}
    assert staged.ignored == ["Country"]
    assert list(staged.faults()) == [
        Fault(3, "Date", "2024-02-30", "This day does not exist in the calendar. Check day and month."),
        Fault(4, "Customer", "", "The customer is missing. Fill the cell, or accept anonymous sales when you import."),
        Fault(4, "Amount", "abc", "This is not a number. Write it like 12.50 or 12,50, without words."),
        Fault(5, "Date", "", "The date is missing. Write it like 2024-01-31."),
    ]


def test_faults_may_be_limited(stage):
    staged = stage("Customer,Date,Amount\n" + "1,2024-01-31,x\n" * 5)

    assert [fault.line for fault in staged.faults(limit=2)] == [2, 3]
    assert staged.fault_count == 5


def test_header_alone_has_no_rows(stage):
    staged = stage("Customer,Date,Amount\n")

    assert (staged.rows, staged.rejected, list(staged.faults()), list(staged.receipts())) == (0, 0, [], [])


def test_file_without_needed_columns_is_refused(stage):
    with pytest.raises(UnknownColumns):
        stage("Who,When,What\n1,2,3\n")


def test_mapping_says_which_column_is_which(stage):
    staged = stage("Customer,Date,Amount,Net\n1,2024-01-31,5,7\n", mapping={"amount": "Net"})

    assert totals(staged) == [700]


def test_row_without_customer_is_an_anonymous_sale_where_accepted(stage):
    staged = stage("Customer,Date,Amount\n,2024-01-31,5\n", anonymous="accept")

    (receipt,) = staged.receipts()
    assert (receipt.customer.is_anonymous, receipt.total, staged.rejected) == (True, 500, 0)


def test_row_needs_only_one_of_the_columns_that_identify(stage):
    staged = stage("Phone,Email,Date,Amount\n,a@b.example,2024-01-31,1\n600111222,,2024-01-31,2\n,,2024-01-31,3\n")

    assert totals(staged) == [100, 200]
    assert [(fault.line, fault.column) for fault in staged.faults()] == [(4, "Phone")]


def test_decimal_mark_is_that_of_the_whole_column(stage):
    assert totals(stage('Customer,Date,Amount\n1,2024-01-31,"1,234"\n1,2024-01-31,1.50\n')) == [123400, 150]
    assert [fault.line for fault in stage('Customer,Date,Amount\n1,2024-01-31,"1,234"\n').faults()] == [2]


def test_order_of_day_and_month_is_that_of_the_whole_column(stage):
    staged = stage("Customer,Date,Amount\n1,3/4/2024,1\n1,4/13/2024,1\n")

    assert [f"{receipt.at:%Y-%m-%d}" for receipt in staged.receipts()] == ["2024-03-04", "2024-04-13"]


def test_time_column_joins_the_date(stage):
    (receipt,) = stage("Customer,Fecha,Hora,Amount\n1,31/01/2024,18:30,1\n").receipts()

    assert receipt.at == datetime(2024, 1, 31, 17, 30, tzinfo=UTC)


def test_fault_in_the_time_column_is_shown_there_or_at_the_date(stage):
    staged = stage("Customer,Fecha,Hora,Amount\n1,31/01/2024,25:30,1\n1,31/02/2024,10:00,1\n1,,,1\n")

    assert [(fault.line, fault.column, fault.value) for fault in staged.faults()] == [
        (2, "Hora", "25:30"),
        (3, "Fecha", "31/02/2024"),
        (4, "Fecha", ""),
    ]


def test_amount_is_quantity_times_price_where_there_is_no_other(stage):
    staged = stage("Customer,Date,Quantity,UnitPrice\n1,2024-01-31,3,0.335\n1,2024-01-31,-3,0.335\n")

    assert totals(staged) == [101, -101]


def test_bad_quantity_or_price_is_one_fault_at_its_cell(stage):
    staged = stage(
        "Customer,Date,Quantity,UnitPrice\n1,2024-01-31,x,1\n1,2024-01-31,1,\n1,2024-01-31,,1\n1,2024-01-31,1,1 USD\n"
    )

    assert list(staged.faults()) == [
        Fault(2, "Quantity", "x", "This is not a number. Write it like 12.50 or 12,50, without words."),
        Fault(3, "UnitPrice", "", "The cell is empty. Write a number."),
        Fault(4, "Quantity", "", "The quantity is missing, and the row has no other amount. Write a number."),
        Fault(5, "UnitPrice", "1 USD", "The amount is in USD; this shop keeps EUR. Convert it, or leave the row out."),
    ]


def test_row_in_another_currency_is_a_fault(stage):
    staged = stage("Customer,Date,Amount,Currency\n1,2024-01-31,1,EUR\n1,2024-01-31,2,\n1,2024-01-31,3,USD\n")

    assert totals(staged) == [100, 200]
    assert [(fault.line, fault.column, fault.value) for fault in staged.faults()] == [(4, "Currency", "USD")]


def test_short_row_is_filled_up_and_a_long_one_is_a_fault(stage):
    staged = stage(
        "Customer,Date,Amount,Channel\n1,2024-01-31,5\n1,2024-01-31,6,web,\n1,2024-01-31,12,50,\n1,2024-01-31,1,,9,9\n"
    )

    assert totals(staged) == [500, 600, 1200]
    assert list(staged.faults()) == [
        Fault(
            5,
            "column 5",
            "9",
            "The row has more cells than the first line names. Put a text or number that contains the delimiter in"
            " quotation marks.",
        )
    ]


def test_value_of_a_fault_is_shortened(stage):
    (fault,) = stage("Customer,Date,Amount\n" + "x" * 500 + ",2024-01-31,1\n").faults()

    assert (len(fault.value), fault.column) == (200, "Customer")


def test_text_too_long_or_unprintable_is_a_fault(stage):
    staged = stage("Customer,Date,Amount,Product\na\0b,2024-01-31,1,x\n1,2024-01-31,1," + "x" * 301 + "\n")

    assert [(fault.line, fault.column) for fault in staged.faults()] == [(2, "Customer"), (3, "Product")]


def test_line_of_a_row_with_several_lines_is_its_first(stage):
    staged = stage('Customer,Date,Amount,Product\n\n1,2024-01-31,x,"two\nlines"\n1,2024-01-31,y,z\n')

    assert [fault.line for fault in staged.faults()] == [3, 5]


def test_progress_counts_rows_up_to_the_whole(stage):
    calls = []

    stage("Customer,Date,Amount\n" + "1,2024-01-31,1\n" * 5, batch=2, progress=lambda *counts: calls.append(counts))

    assert calls == [(2, 5), (4, 5), (5, 5)]


def test_customers_are_read_with_attributes_and_birthdays(stage):
    staged = stage(
        "id,First Name,Last Name,Phone,DOB,Favourite drink\n"
        "7.0,Ann,Lee,600111222,05/12/1980,Tea\n8,Bob,,,,\n,,Roe,,,\n",
        "customers",
    )

    assert list(staged.records()) == [
        {
            "line": 2,
            "external_id": "7",
            "name": "Ann Lee",
            "phone": "600111222",
            "birthday": "12-05",
            "birth_year": 1980,
            "attributes": {"favourite_drink": "Tea"},
        },
        {"line": 3, "external_id": "8", "name": "Bob"},
    ]
    assert list(staged.faults()) == [
        Fault(4, "id", "", "The row does not say which customer it is about. Fill the cell, or leave the row out.")
    ]
    assert (staged.rows, staged.rejected, staged.duplicates) == (3, 1, 0)


def test_records_may_start_later(stage):
    staged = stage("Email\na@b.example\nc@d.example\n", "customers")

    assert list(staged.records(start=1)) == [{"line": 3, "email": "c@d.example"}]


def test_balances_are_whole_points_with_a_day(stage):
    staged = stage(
        "Socio;Programa;Puntos;Caduca\n1;Café;1.250;31/12/2027\n2;;-5;\n3;;1,5;\n;;1;\n4;;;\n5;;1;31/02/2027\n",
        "balances",
    )

    assert list(staged.records()) == [
        {"line": 2, "customer": "1", "program": "Café", "points": 1250, "expires_on": date(2027, 12, 31)},
        {"line": 3, "customer": "2", "points": -5},
    ]
    assert [(fault.line, fault.column) for fault in staged.faults()] == [
        (4, "Puntos"),
        (5, "Socio"),
        (6, "Puntos"),
        (7, "Caduca"),
    ]


def test_referrals_name_a_member_and_where_they_came_from(stage):
    staged = stage("member,referrer,code\n1,2,\n3,,ANN\n4,,\n,5,\n", "referrals")

    assert list(staged.records()) == [
        {"line": 2, "member": "1", "referrer": "2"},
        {"line": 3, "member": "3", "code": "ANN"},
    ]
    assert [(fault.line, fault.column) for fault in staged.faults()] == [(4, "referrer"), (5, "member")]


def test_closed_staging_answers_nothing_more(stage):
    staged = stage("Customer,Date,Amount\n1,2024-01-31,1\n")

    with staged:
        pass

    with pytest.raises(Exception, match="closed"):
        list(staged.receipts())
