"""A file is opened whatever its encoding, delimiter and compression; what is no table is refused with a sentence."""

import gzip
import io
import zipfile

import pytest

from customers.reader import source
from customers.reader.source import UnreadableFile

HEADER = "Customer,Date,Amount"
TABLE = HEADER + "\nJosé,2024-01-31,12.50\n"
PICTURE = "This is a picture, not a CSV file. Choose the file that your till or spreadsheet exported."
ROWS = [(2, ["José", "2024-01-31", "12.50"])]


@pytest.fixture
def saved(tmp_path):
    def save(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return save


def rows(path):
    return list(source.inspect(path).records())


def refusal(path):
    with pytest.raises(UnreadableFile) as raised:
        rows(path)
    assert raised.value.code == "unreadable_file"
    return str(raised.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_table_is_read_in_every_encoding(saved, encoding):
    assert rows(saved(TABLE.encode(encoding))) == ROWS


def test_table_in_big_endian_utf16_is_read(saved):
    assert rows(saved(b"\xfe\xff" + TABLE.encode("utf-16-be"))) == ROWS


def test_encoding_is_decided_by_the_whole_file(saved):
    late = HEADER + "\n" + "x,2024-01-31,1\n" * 200_000 + "José,2024-01-31,1\n"

    assert rows(saved(late.encode("cp1252")))[-1] == (200_002, ["José", "2024-01-31", "1"])


def test_compressed_table_is_known_by_its_bytes(saved):
    assert rows(saved(gzip.compress(TABLE.encode()), "file.csv")) == ROWS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_every_system(saved, end):
    assert rows(saved(TABLE.replace("\n", end))) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(saved, delimiter):
    assert rows(saved(TABLE.replace(",", delimiter))) == ROWS


def test_delimiter_is_what_divides_rows_like_the_header(saved):
    path = saved("Customer;Amount, EUR;Tax, EUR\nAnn;12,50;1,20\n")

    assert rows(path) == [(2, ["Ann", "12,50", "1,20"])]


def test_delimiter_in_quotation_marks_does_not_count(saved):
    path = saved('Customer;Note;Amount\n"a,b,c,d";"e,f";1\n"a,b,c,d";"e,f";2\n')

    assert rows(path) == [(2, ["a,b,c,d", "e,f", "1"]), (3, ["a,b,c,d", "e,f", "2"])]


def test_delimiter_that_excel_writes_down_is_believed(saved):
    table = source.inspect(saved("sep=;\nCustomer;Amount\nAnn;1\n"))

    assert (table.header, list(table.records())) == (("Customer", "Amount"), [(3, ["Ann", "1"])])


def test_header_alone_is_a_table_of_no_rows(saved):
    table = source.inspect(saved(HEADER))

    assert (table.header, list(table.records())) == (("Customer", "Date", "Amount"), [])


def test_lines_are_those_of_the_file_across_blank_ones_and_cells_of_several_lines(saved):
    path = saved('a,b\n\n1,"two\nlines"\n  \n3,4\n,\n5,6')

    assert rows(path) == [(3, ["1", "two\nlines"]), (6, ["3", "4"]), (8, ["5", "6"])]


@pytest.mark.parametrize("content", ["", " \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe\n\0", '""', ",,,\n"])
def test_empty_file_is_refused(saved, content):
    assert refusal(saved(content)) == "The file is empty. Its first line must name the columns."


def test_empty_compressed_file_is_refused(saved):
    assert refusal(saved(gzip.compress(b""))) == "The file is empty. Its first line must name the columns."


def zipped(name):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (zipped("xl/workbook.xml"), "This is a spreadsheet, not a CSV file. Open it and save it as CSV first."),
        (zipped("sales.csv"), "This is an archive, not a CSV file. Unpack it and import the CSV file inside."),
        (b"%PDF-1.7\n", "This is a PDF, not a CSV file. Export the data as CSV instead."),
        (b"\x89PNG\r\n\x1a\n\0\0", PICTURE),
        (TABLE.encode("utf-16-le"), "This is not a text file. Export the data as CSV in UTF-8 and import that."),
        (bytes(range(256)) * 100, "This is not a text file. Export the data as CSV in UTF-8 and import that."),
        (gzip.compress(bytes(range(256))), "This is not a text file. Export the data as CSV in UTF-8 and import that."),
    ],
)  # fmt: skip
def test_file_of_another_format_says_what_to_do(saved, content, sentence):
    assert refusal(saved(content)) == sentence


def test_nul_in_a_single_cell_is_left_to_the_judge_of_that_cell(saved):
    assert rows(saved(HEADER + "\na\0b,2024-01-31,1\n")) == [(2, ["a\0b", "2024-01-31", "1"])]


@pytest.mark.parametrize(
    "cell",
    ["1," + "x" * 10_000_000 + ",2\n", '"' + "x,y\n" * 2_500_000, "1,2," + "x" * 100_001],
    ids=["on one line", "on many lines", "just too long"],
)
def test_cell_of_ten_megabytes_is_refused_by_its_line(saved, cell):
    assert refusal(saved(HEADER + "\n" + cell)) == (
        "A cell in line 2 has more than 100000 characters. Perhaps a quotation mark is opened there and never closed;"
        " correct the line and import the file again."
    )


def test_cell_at_the_limit_is_read(saved):
    assert len(rows(saved(HEADER + "\n1,2," + "x" * 100_000))[0][1][2]) == 100_000


def test_quotation_mark_that_is_never_closed_does_not_swallow_the_rest(saved):
    assert refusal(saved(HEADER + '\n1,2,3\n1,"2,3\n1,2,3\n1,2,3\n')) == (
        "A quotation mark that is opened in line 3 is never closed, so the rest of the file would be one cell."
        " Close or remove it and import the file again."
    )


@pytest.mark.parametrize("cut", [5, 60, -1])
def test_compressed_file_that_was_cut_off_is_refused(saved, cut):
    whole = gzip.compress("\n".join(f"{n},{n * n}" for n in range(5000)).encode())

    assert refusal(saved(whole[:cut])) == (
        "The compressed file is damaged or was cut off. Compress or download it again."
    )


def test_utf16_that_was_cut_off_is_refused(saved):
    assert refusal(saved(TABLE.encode("utf-16")[:-1])) == (
        "The file is damaged: its text cannot be decoded. Save it again as CSV in UTF-8."
    )


def test_file_that_is_not_there_is_refused(tmp_path):
    assert refusal(tmp_path / "none.csv") == (
        "The file cannot be opened (No such file or directory). Check its name and its permissions."
    )


def test_directory_is_refused(tmp_path):
    assert refusal(tmp_path) == "This is not a file. Give the name of a CSV file."


def test_two_columns_of_one_name_are_refused(saved):
    assert refusal(saved("Date,Amount, date \n")) == (
        "Two columns are called “date”. Rename one of them in the first line of the file."
    )


def test_columns_without_a_name_may_be_many(saved):
    assert rows(saved(",Amount,\n0,1,2\n")) == [(2, ["0", "1", "2"])]


def test_more_columns_than_anyone_needs_are_refused(saved):
    assert refusal(saved(",".join(f"c{n}" for n in range(501)))) == (
        "The file has more than 500 columns. Leave out those that are not needed."
    )
