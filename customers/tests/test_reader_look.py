"""The first look at a file, and what the user knows better."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from customers.reader import columns, look, plan, source, staging
from customers.reader.columns import ATTRIBUTE, UnknownColumns
from customers.reader.source import UnreadableFile
from customers.reader.staging import Choices

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SHOP = plan.Shop(country="ES", currency="EUR", decimals=2, zone=ZoneInfo("UTC"), at=AT)


@pytest.fixture
def saved(tmp_path):
    def save(content):
        path = tmp_path / "file.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return save


@pytest.fixture
def seen(saved):
    def see(content, *, kind="purchases", **options):
        return look.look(saved(content), kind=kind, shop=SHOP, **options)

    return see


def amounts(path, **choices):
    shop = {"at": AT, "zone": ZoneInfo("UTC"), "country": "ES", "currency": "EUR"}
    with staging.stage(path, kind="purchases", choices=Choices(**choices), **shop) as staged:
        return [receipt.total for receipt in staged.receipts()], [fault.message for fault in staged.faults()]


def test_look_says_what_was_found_and_reads_the_first_rows(seen):
    found = seen("Cliente;Fecha;Importe\n7;31/01/2024;1.234,50\n")

    assert found.reading == {
        "delimiter": ";",
        "encoding": "utf-8-sig",
        "header": ["Cliente", "Fecha", "Importe"],
        "mark": ",",
        "order": "day",
    }
    assert (found.mark, found.order, found.missing, found.cut) == ("proven", "proven", [], False)
    assert [name for name, __ in found.steps] == ["external_id", "at", "amount"]
    assert [(row.line, row.values[0], row.values[2], row.faults) for row in found.rows] == [(2, "7", 123450, {})]


@pytest.mark.parametrize(
    ("dates", "settled"),
    [
        (["2024-01-31"], None),
        (["31/01/2024"], "proven"),
        (["03/04/2024"], "usual"),
        (["31/01/2024", "01/31/2024"], "both"),
    ],
)
def test_order_of_dates_is_said_with_how_it_was_settled(seen, dates, settled):
    rows = "".join(f"1,{day},5\n" for day in dates)

    assert seen("Customer,Date,Amount\n" + rows).order == settled


def test_order_that_the_user_chose_is_chosen(seen):
    found = seen("Customer,Date,Amount\n1,03/04/2024,5\n", choices=Choices(order="month", mark="."))

    assert (found.order, found.mark) == ("chosen", "chosen")
    assert found.rows[0].values[1] == (datetime(2024, 3, 4, 12, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // (
        datetime.resolution
    )


def test_mark_that_nothing_proves_is_the_countrys(seen):
    found = seen('Customer,Date,Amount\n1,2024-01-31,"1,234"\n')

    assert (found.mark, found.reading["mark"]) == ("usual", ",")


def test_look_names_what_is_missing_and_reads_the_rest(seen):
    found = seen("Wer,Date,Was\n1,2024-01-31,5\n")

    assert found.missing == ["amount", "customer"]
    assert [name for name, __ in found.steps] == ["at"]


def test_bad_cell_is_named_by_its_position(seen):
    found = seen("Customer,Date,Quantity,Unit price\n1,2024-01-31,2,x\n,2024-02-31,1,1\n")

    assert [sorted(row.faults) for row in found.rows] == [[3], [0, 1]]


def test_short_row_is_padded(seen):
    found = seen("Customer,Date,Amount\n1,2024-01-31\n")

    assert found.rows[0].faults == {2: "The amount is missing. Write a number, 0 where nothing was paid."}


def test_only_the_beginning_is_looked_at(seen):
    rows = "1,2024-01-31,5\n" * 200_000

    found = seen("Customer,Date,Amount\n" + rows + '1,2024-01-31,"\n' * 3)

    assert (len(found.rows), found.cut) == (8, True)


def test_quotation_that_goes_on_behind_the_beginning_is_no_fault_yet(seen):
    long = '"' + "tea, " * 10_000 + '"\n'

    found = seen("Customer,Date,Amount,Product\n" + ("1,2024-01-31,5," + long) * 40)

    assert len(found.rows) == 8


@pytest.mark.parametrize(
    "content",
    [
        "Customer,Date,Amount\n1,2024-01-31," + "x" * 10_000_000,
        'Customer,Date,Amount\n1,2024-01-31,"' + "x,\n" * 3_000_000,
        "x" * 10_000_000,
    ],
)
def test_cell_without_an_end_is_refused_at_the_first_look(seen, content):
    with pytest.raises(UnreadableFile):
        seen(content)


def test_utf_16_cut_amid_a_letter_is_still_looked_at(seen):
    rows = "1,2024-01-31,5,\N{SMILING FACE WITH SUNGLASSES}\n" * 60_000

    found = seen(("Customer,Date,Amount,Product\n" + rows).encode("utf-16"))

    assert found.reading["encoding"] == "utf-16"
    assert found.rows[7].values[3] == "\N{SMILING FACE WITH SUNGLASSES}"


# Choices


@pytest.mark.parametrize(("mark", "total"), [(",", 123), (".", 123000)])
def test_chosen_mark_decides_what_proves_nothing(saved, mark, total):
    assert amounts(saved('Customer,Date,Amount\n1,2024-01-31,"1,230"\n'), mark=mark) == ([total], [])


def test_cell_that_proves_its_mark_goes_before_the_choice(saved):
    assert amounts(saved("Customer,Date,Amount\n1,2024-01-31,12.50\n"), mark=",") == ([1250], [])


def test_chosen_order_reads_a_column_that_has_both(saved):
    path = saved("Customer,Date,Amount\n1,31/01/2024,1\n1,01/31/2024,2\n1,03/04/2024,3\n")

    assert len(amounts(path)[1]) == 1
    assert amounts(path, order="day") == ([1_00, 2_00, 3_00], [])


def test_chosen_delimiter_divides(saved):
    path = saved("Customer|Date|Amount;x,y\n1|2024-01-31|5;6,7\n")

    assert source.inspect(path, delimiter="|").header == ("Customer", "Date", "Amount;x,y")


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman", "cp1252", "utf-8-sig"])
def test_chosen_encoding_reads(saved, encoding):
    path = saved("Customer,Date,Amount,Product\n1,2024-01-31,5,Té\n".encode(encoding))

    assert next(source.inspect(path, encoding=encoding).records())[1][3] == "Té"


def test_utf_8_that_it_is_not_is_refused(saved):
    path = saved("Customer,Date,Amount,Product\n1,2024-01-31,5,Té\n".encode("cp1252"))

    with pytest.raises(UnreadableFile, match="not written in UTF-8") as refusal:
        list(source.inspect(path, encoding="utf-8-sig").records())

    assert refusal.value.field == "encoding"


@pytest.mark.parametrize(
    ("choice", "field"), [({"delimiter": "x"}, "delimiter"), ({"encoding": "klingon"}, "encoding")]
)
def test_choice_that_does_not_exist_is_refused(saved, choice, field):
    with pytest.raises(UnreadableFile) as refusal:
        source.inspect(saved("a,b\n1,2\n"), **choice)

    assert refusal.value.field == field


def test_skipped_column_is_read_as_nothing(saved):
    found = columns.guess(("Customer", "Date", "Total", "Amount"), kind="purchases", skip=("Total",))

    assert (found.mapping["amount"], found.ignored) == ("Amount", ("Total",))


def test_column_of_our_own_is_never_read():
    found = columns.find(("Id", "Name", "Ficha: what is wrong"), kind="customers")

    assert (found.mapping, found.ignored) == ({"external_id": "Id", "name": "Name"}, ())


def test_choice_for_each_column_becomes_a_mapping():
    header = ("Id", "Shoe size", "Name", "Shoe_Size", "")

    assert columns.choose(header, ["external_id", ATTRIBUTE, "", ATTRIBUTE, ""]) == (
        {"external_id": "Id", "attributes.shoe_size": "Shoe size", "attributes.shoe_size_4": "Shoe_Size"},
        ["Name"],
    )


def test_two_columns_for_one_field_are_refused():
    with pytest.raises(UnknownColumns, match="“Total” and “Net”") as refusal:
        columns.choose(("Total", "Net"), ["amount", "amount"])

    assert refusal.value.field == "Net"


def test_how_a_file_was_read_is_told(saved):
    shop = {"at": AT, "zone": ZoneInfo("UTC"), "country": "ES", "currency": "EUR"}
    path = saved("Customer;Date;Amount\n1;01/31/2024;5,50\n")

    with staging.stage(path, kind="purchases", **shop) as staged:
        assert staged.reading == {
            "delimiter": ";",
            "encoding": "utf-8-sig",
            "header": ["Customer", "Date", "Amount"],
            "mark": ",",
            "order": "month",
        }
