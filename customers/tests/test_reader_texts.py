"""Identifiers stay as written; names are put on one line; what cannot be printed is a fault."""

import pytest

from customers.reader import texts
from customers.reader.faults import BadCell


@pytest.mark.parametrize(
    ("text", "customer"),
    [("17850.0", "17850"), ("17850", "17850"), ("A1.0", "A1.0"), ("1.50", "1.50"), (" 007 ", "007"), ("", None)],
)
def test_customer_id_loses_only_what_spreadsheets_add(text, customer):
    assert texts.customer_id(text) == customer


def test_code_is_kept_as_written():
    assert texts.code(" C-536379 ") == "C-536379"
    assert texts.code("12.0") == "12.0"


def test_line_is_put_on_one_line():
    assert texts.line(" Ann\n\tLee  Roe ", longest=300) == "Ann Lee Roe"


def test_paragraph_keeps_its_lines():
    assert texts.paragraph("one\ntwo\n", longest=300) == "one\ntwo"


@pytest.mark.parametrize("parse", [texts.code, texts.customer_id])
@pytest.mark.parametrize("text", ["a\0b", "a\nb", "a\x1bb", "a\x7fb"])
def test_code_with_control_characters_is_a_fault(parse, text):
    with pytest.raises(BadCell) as refusal:
        parse(text)

    assert refusal.value.message == "The text contains characters that cannot be printed. Write the cell anew."


def test_line_with_a_nul_is_a_fault():
    with pytest.raises(BadCell, match="cannot be printed"):
        texts.line("a\0b", longest=300)


def test_text_at_its_longest_is_kept_and_beyond_a_fault():
    assert texts.code("x" * 100) == "x" * 100
    with pytest.raises(BadCell) as refusal:
        texts.code("x" * 101)

    assert refusal.value.message == (
        "The text is longer than 100 characters. Shorten it; perhaps a quotation mark is missing."
    )


@pytest.mark.parametrize(("text", "year"), [("1980", 1980), ("1980.0", 1980), ("", None)])
def test_year_of_birth_is_a_number(text, year):
    assert texts.year(text, latest=2026) == year


@pytest.mark.parametrize("text", ["80", "1899", "2027", "old"])
def test_year_of_birth_outside_of_a_life_is_a_fault(text):
    with pytest.raises(BadCell, match="This is not a year between 1900 and 2026"):
        texts.year(text, latest=2026)
