"""Dates and times become moments, or a sentence; the column decides the order of day and month."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.reader import dates
from customers.reader.faults import BadCell

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


def calendar(order=None, zone=MADRID, country="ES", at=AT):
    return dates.Calendar(order, zone, country, at)


def moment(text, clock="", **habits):
    return dates.EPOCH + timedelta(microseconds=dates.moment(text, clock, calendar=calendar(**habits)))


def outcome(text):
    try:
        return dates.moment(text, calendar=calendar())
    except BadCell as fault:
        return fault.message


def order_of(*cells):
    orders = dates.Orders()
    for cell in cells:
        orders.add(cell)
    return orders.order()


@pytest.mark.parametrize(
    "text",
    ["2024-01-31", "2024/1/31", "2024.01.31", "31.01.2024", "31/1/2024", "31-01-24", "1/31/2024", "20240131",
     " 2024-01-31 "],
)  # fmt: skip
def test_date_alone_is_noon_in_the_shops_zone(text):
    assert moment(text) == datetime(2024, 1, 31, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-31T18:30:05",
        "2024-07-31 18:30:05",
        "2024-07-31 18:30:05.000",
        "2024-07-31T16:30:05Z",
        "2024-07-31T16:30:05+00:00",
        "2024-07-31 20:30:05+0400",
        "2024-07-31 20:30:05 +04",
        "31/07/2024 18:30:05",
        "31.07.2024, 18:30:05",
        "7/31/2024 6:30:05 PM",
        "7/31/24 6:30:05 p. m.",
        "20240731T18:30:05",
    ],
)
def test_time_is_read_in_every_usual_form(text):
    assert moment(text) == datetime(2024, 7, 31, 16, 30, 5, tzinfo=UTC)


def test_time_without_seconds_and_with_fractions():
    assert moment("2024-07-31 18:30") == datetime(2024, 7, 31, 16, 30, tzinfo=UTC)
    assert moment("2024-07-31T18:30:05.1234567") == datetime(2024, 7, 31, 16, 30, 5, 123456, tzinfo=UTC)


@pytest.mark.parametrize(("text", "hour"), [("12:15 AM", 0), ("12:15 PM", 12), ("1:15 am", 1), ("11:15pm", 23)])
def test_time_on_a_clock_of_twelve_hours(text, hour):
    assert moment(f"2024-01-31 {text}", zone=ZoneInfo("UTC")) == datetime(2024, 1, 31, hour, 15, tzinfo=UTC)


def test_time_in_a_column_of_its_own_joins_the_date():
    expected = datetime(2024, 7, 31, 16, 30, tzinfo=UTC)

    assert moment("31/07/2024", "18:30") == expected
    assert moment("2024-07-31 00:00:00", "6:30 PM") == expected
    assert moment("2024-07-31 18:30", "09:00") == expected
    assert moment("2024-07-31", " ") == datetime(2024, 7, 31, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "year"), [("31/01/69", 2069), ("31/01/70", 1970), ("31/01/99", 1999), ("31/01/05", 2005)]
)
def test_year_of_two_digits_turns_at_seventy(text, year):
    assert dates.day(text, calendar=calendar()) == date(year, 1, 31)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The date is missing. Write it like 2024-01-31."),
        ("soon", "This is not a date. Write it like 2024-01-31 or 31/01/2024."),
        ("1706700000", "This is not a date. Write it like 2024-01-31 or 31/01/2024."),
        ("2024-01/31", "This is not a date. Write it like 2024-01-31 or 31/01/2024."),
        ("1" * 51, "This is not a date. Write it like 2024-01-31 or 31/01/2024."),
        ("1997-02-30", "This day does not exist in the calendar. Check day and month."),
        ("30.02.1997", "This day does not exist in the calendar. Check day and month."),
        ("2024-13-01", "This day does not exist in the calendar. Check day and month."),
        ("0024-01-31", "The date is before 1900. Check the year."),
        ("1899-12-31", "The date is before 1900. Check the year."),
        ("2097-01-01", "The date is in the future. Check day, month and year."),
        ("2024-01-31 25:00", "This time of day does not exist. Write it like 18:30."),
        ("2024-01-31 13:00 PM", "This time of day does not exist. Write it like 18:30."),
        ("2024-01-31 noon", "The time of day cannot be read. Write it like 18:30."),
        ("2024-01-31 10:00 +99:99", "The time zone cannot be read. Write it like +02:00."),
    ],
)
def test_date_that_cannot_be_says_why(text, sentence):
    with pytest.raises(BadCell) as refusal:
        moment(text)

    assert refusal.value.message == sentence


def test_moment_up_to_five_minutes_ahead_counts_as_now():
    assert moment("2026-11-24T12:05:00Z") == AT + timedelta(minutes=5)
    with pytest.raises(BadCell, match="in the future"):
        moment("2026-11-24T12:05:01Z")


def test_order_is_what_the_cells_prove():
    assert order_of("03/04/2024", "13/04/2024") == dates.DAY
    assert order_of("03/04/2024", "04/13/2024") == dates.MONTH
    assert order_of("13/04/2024", "04/13/2024") == dates.MIXED
    assert order_of("03/04/2024", "2024-04-13", "99/99/2024", "") is None


def test_order_of_the_column_decides_the_cells_that_prove_nothing():
    assert dates.day("3/4/2024", calendar=calendar(dates.DAY, country="US")) == date(2024, 4, 3)
    assert dates.day("3/4/2024", calendar=calendar(dates.MONTH, country="ES")) == date(2024, 3, 4)


def test_order_without_proof_is_the_countrys_and_with_points_always_the_day_first():
    assert dates.day("3/4/2024", calendar=calendar(country="US")) == date(2024, 3, 4)
    assert dates.day("3/4/2024", calendar=calendar(country="ES")) == date(2024, 4, 3)
    assert dates.day("3.4.2024", calendar=calendar(country="US")) == date(2024, 4, 3)


def test_order_of_a_column_that_has_both_is_asked_of_each_cell():
    both = calendar(dates.MIXED)

    assert dates.day("13/4/2024", calendar=both) == date(2024, 4, 13)
    assert dates.day("4/13/2024", calendar=both) == date(2024, 4, 13)
    assert dates.day("4/4/2024", calendar=both) == date(2024, 4, 4)
    with pytest.raises(BadCell, match="Day or month first"):
        dates.day("3/4/2024", calendar=both)


@pytest.mark.parametrize(
    ("text", "birthday"),
    [
        ("02-29", ("02-29", None)),
        ("29/02", ("02-29", None)),
        ("1980-12-05", ("12-05", 1980)),
        ("05.12.80", ("12-05", 1980)),
    ],
)
def test_birthday_is_month_and_day_with_the_year_beside_it(text, birthday):
    assert dates.birthday(text, calendar=calendar()) == birthday


def test_birthday_in_the_future_is_a_fault():
    with pytest.raises(BadCell, match="in the future"):
        dates.birthday("2026-11-25", calendar=calendar())


@given(
    st.timedeltas(timedelta(days=1), timedelta(days=20000)).map(lambda ago: (AT - ago).replace(tzinfo=None)),
    st.sampled_from(
        [
            ("%Y-%m-%dT%H:%M:%S.%f", dates.DAY),
            ("%Y/%m/%d %H:%M:%S.%f", dates.MONTH),
            ("%d.%m.%Y %H:%M:%S.%f", dates.DAY),
            ("%d/%m/%Y, %H:%M:%S.%f", dates.DAY),
            ("%m/%d/%y %I:%M:%S.%f %p", dates.MONTH),
            ("%m-%d-%Y %I:%M:%S,%f%p", dates.MONTH),
        ]
    ),
    st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu"]),
)
def test_moment_formatted_in_any_style_reads_back(value, style, zone):
    shape, order = style
    zone = ZoneInfo(zone)

    read = moment(value.strftime(shape), order=order, zone=zone)

    assert read == value.replace(tzinfo=zone).astimezone(UTC)


@given(
    st.text(max_size=60)
    | st.from_regex(r"[0-9]{1,4}[-/.][0-9]{1,4}[-/.][0-9]{1,4}[ T]?[0-9:+Z.APM]{0,16}", fullmatch=True)
)
def test_any_text_is_a_moment_or_a_fault(text):
    dates.Orders().add(text)

    assert isinstance(outcome(text), int | str)
