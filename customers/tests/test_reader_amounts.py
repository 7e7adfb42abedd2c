"""Amounts, quantities and prices become the integers they say, or a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.reader import amounts
from customers.reader.faults import BadCell


def euros(text, mark="."):
    return amounts.minor_units(text, mark=mark, decimals=2, currency="EUR")


def column_mark(*cells, country):
    marks = amounts.Marks()
    for cell in cells:
        marks.add(cell)
    return marks.mark(country=country)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("29.33", 2933),
        ("29,33", 2933),
        ("29.3", 2930),
        ("29", 2900),
        ("0", 0),
        ("-0.05", -5),
        (".5", 50),
        ("12.", 1200),
        ("+3.10", 310),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1 234,56", 123456),
        ("1\u00a0234,56", 123456),
        ("1\u202f234\u202f567,80", 123456780),
        ("1'234.50", 123450),
        ("1’234.50", 123450),
        ("1.234.567", 123456700),
        ("1,234,567", 123456700),
        ("1,23,456.50", 12345650),
        ("€ 12.50", 1250),
        ("12,50 €", 1250),
        ("12.50EUR", 1250),
        ("eur 12.50", 1250),
        ("-€12.50", -1250),
        ("€ -12.50", -1250),
        ("12.50-", -1250),
        ("\u221212.50", -1250),
        ("(12.50)", -1250),
        ("(€1,250.00)", -125000),
        ("  7.00 ", 700),
        ("7.000", 7000 * 100),
        ("0.500", 50),
        ("1234.500", 123450),
    ],
)
def test_amount_is_read_in_every_usual_form(text, minor):
    assert euros(text, mark=",") == minor


@pytest.mark.parametrize(
    "text",
    ["abc", "12 abc", "1e3", "12.34.56", "1,2,3", "1.23,4.5", "1.234,56.7", "--5", "-5-", "(-5)", "(5", "5)", ".", ",",
     "-", "€", "12 50 1", "1'23", "٣", "0x10", "nan", "inf", "1/2", "9" * 61],
)  # fmt: skip
def test_amount_that_is_no_number_says_how_to_write_one(text):
    with pytest.raises(BadCell) as refusal:
        euros(text)

    assert refusal.value.message == "This is not a number. Write it like 12.50 or 12,50, without words."


@pytest.mark.parametrize("text", ["", " ", "\u00a0"])
def test_amount_that_is_empty_is_missing(text):
    with pytest.raises(BadCell, match="The amount is missing"):
        euros(text)


@pytest.mark.parametrize("text", ["10000000000.01", "99999999999999999999", "1" + "0" * 40])
def test_amount_of_absurd_size_is_a_fault(text):
    with pytest.raises(BadCell, match="too large to be true"):
        euros(text)


def test_amount_with_more_decimals_than_the_currency_is_a_fault_not_rounded():
    with pytest.raises(BadCell) as refusal:
        euros("1.005")

    assert refusal.value.message == ("The amount has more decimals than EUR has (2). Round it, or check its marks.")


@pytest.mark.parametrize(("text", "other"), [("12.50 USD", "USD"), ("$12.50", "$"), ("£3", "£"), ("12,50 kr.", "kr.")])
def test_amount_in_another_currency_names_both(text, other):
    with pytest.raises(BadCell) as refusal:
        euros(text)

    assert refusal.value.message == (
        f"The amount is in {other}; this shop keeps EUR. Convert it, or leave the row out."
    )


@pytest.mark.parametrize(("currency", "text"), [("MXN", "$12.50"), ("PEN", "S/. 12.50"), ("BRL", "R$ 12.50")])
def test_amount_with_the_sign_of_the_shops_currency_is_read(currency, text):
    assert amounts.minor_units(text, mark=".", decimals=2, currency=currency) == 1250


@pytest.mark.parametrize(
    ("text", "decimals", "currency", "minor"),
    [("1,250", 0, "JPY", 1250), ("1.250", 0, "JPY", 1250), ("12.00", 0, "JPY", 12), ("1.234", 3, "KWD", 1234)],
)
def test_amount_follows_the_decimals_of_the_currency(text, decimals, currency, minor):
    assert amounts.minor_units(text, mark=".", decimals=decimals, currency=currency) == minor


def test_mark_of_a_column_is_what_its_cells_prove():
    assert column_mark("1,234", "12.50", country="ES") == "."
    assert column_mark("1,234", "12,5", country="US") == ","
    assert column_mark("1.234.567", "1,234", country="US") == ","
    assert column_mark("0,123", country="US") == ","
    assert column_mark("1234,567", country="US") == ","


def test_mark_of_a_column_without_proof_is_the_countrys():
    assert column_mark("1,234", "10", "abc", country="ES") == ","
    assert column_mark("1,234", "10", "abc", country="MX") == "."


def test_mark_of_a_column_decides_the_cells_that_prove_nothing():
    assert euros("1,234", mark=".") == 123400
    assert euros("1.234", mark=",") == 123400


@pytest.mark.parametrize(
    ("text", "thousandths"), [("6", 6000), ("-1", -1000), ("0.375", 375), ("1,5", 1500), ("2.0000", 2000), ("", 1000)]
)
def test_quantity_is_kept_in_thousandths(text, thousandths):
    assert amounts.thousandths(text, mark=".") == thousandths


def test_quantity_with_four_decimals_is_a_fault():
    with pytest.raises(BadCell, match="more than three decimals"):
        amounts.thousandths("0.1234", mark=".")


@pytest.mark.parametrize(
    ("quantity", "price", "minor"),
    [
        (6000, (255, 2), 1530),
        (1000, (1, 3), 0),
        (5000, (1, 3), 1),
        (-5000, (1, 3), -1),
        (500, (1, 2), 1),
        (1500, (333, 2), 500),
        (0, (333, 2), 0),
    ],
)
def test_line_amount_rounds_halves_away_from_zero(quantity, price, minor):
    assert amounts.line_amount(quantity, price, decimals=2) == minor


def test_unit_price_finer_than_the_currency_is_not_whole():
    assert amounts.whole_units((1, 3), decimals=2) is None
    assert amounts.whole_units((25, 1), decimals=2) == 250


@pytest.mark.parametrize("text", ["", "EUR", "eur", " € "])
def test_currency_cell_of_the_shop_is_fine(text):
    assert amounts.check_currency(text, currency="EUR") is None


@pytest.mark.parametrize("text", ["USD", "gold"])
def test_currency_cell_of_another_is_a_fault(text):
    with pytest.raises(BadCell, match=f"The amount is in {text}; this shop keeps EUR"):
        amounts.check_currency(text, currency="EUR")


def outcome(text):
    try:
        return euros(text)
    except BadCell as fault:
        return fault.message


def grouped(digits, mark):
    return f"{int(digits):,}".replace(",", mark)


@given(
    minor=st.integers(-(10**12), 10**12),
    decimals=st.sampled_from([0, 2, 3]),
    style=st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", "."), ("", "."), ("", ",")]),
    sign=st.sampled_from(["-{}", "{}-", "({})", "\u2212{}"]),
)
def test_amount_formatted_in_any_style_reads_back(minor, decimals, style, sign):
    thousands, mark = style
    digits = str(abs(minor)).rjust(decimals + 1, "0")
    whole, fraction = (digits[:-decimals], mark + digits[-decimals:]) if decimals else (digits, "")
    text = (grouped(whole, thousands) if thousands else whole) + fraction

    value = amounts.minor_units(sign.format(text) if minor < 0 else text, mark=mark, decimals=decimals, currency="XXX")

    assert value == minor


@given(st.integers(0, 10**9).filter(lambda minor: minor % 100), st.sampled_from([(",", "."), (".", ",")]))
def test_amount_with_cents_proves_its_own_mark(minor, style):
    thousands, mark = style

    text = f"{grouped(minor // 100, thousands)}{mark}{minor % 100:02}"

    assert amounts.proven_mark(text) == mark


@given(st.text(max_size=80))
def test_any_text_is_an_amount_or_a_fault(text):
    assert amounts.proven_mark(text) in {".", ",", None}
    assert isinstance(outcome(text), int | str)
