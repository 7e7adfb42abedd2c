from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from customers.merchants.templatetags import ficha

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # a Tuesday, noon in Madrid


@pytest.mark.parametrize(
    ("minor", "currency", "english", "spanish"),
    [
        (1250, "EUR", "12.50\xa0€", "12,50\xa0€"),
        (1250, "USD", "$12.50", "12,50\xa0$"),
        (-1250, "USD", "−$12.50", "−12,50\xa0$"),
        (123456789, "EUR", "1,234,567.89\xa0€", "1\xa0234\xa0567,89\xa0€"),
        (1250, "JPY", "¥1,250", "1\xa0250\xa0¥"),
        (1250, "KWD", "1.250\xa0KWD", "1,250\xa0KWD"),
        (0, "EUR", "0.00\xa0€", "0,00\xa0€"),
        (None, "EUR", "", ""),
        ("", "EUR", "", ""),
    ],
)
def test_money_follows_currency_and_language(minor, currency, english, spanish):
    with translation.override("en"):
        assert ficha.money(minor, currency) == english
    with translation.override("es"):
        assert ficha.money(minor, currency) == spanish


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [(0.49, 0, "49%"), (0.495, 0, "50%"), (0.005, 0, "1%"), (0.8345, 1, "83.5%"), (1.0, 0, "100%"), (None, 0, "")],
)
def test_percent_rounds_half_up(share, decimals, text):
    with translation.override("en"):
        assert ficha.percent(share, decimals) == text


@pytest.mark.parametrize(
    ("count", "unit", "text"),
    [
        (1, "points", "1 point"),
        (1200, "points", "1,200 points"),
        (3, "crumbs", "3\xa0crumbs"),
        (-2, "points", "−2 points"),
    ],
)
def test_points_use_the_programs_word(count, unit, text):
    with translation.override("en"):
        assert ficha.points(count, unit) == text


@pytest.mark.parametrize(("count", "text"), [(1200, "1,200"), (-3, "−3"), (0, "0")])
def test_whole_numbers_have_a_true_minus(count, text):
    with translation.override("en"):
        assert ficha.whole(count) == text


@pytest.mark.parametrize(("count", "text"), [(1200, "+1,200"), (-3, "−3"), (0, "0")])
def test_signed_says_the_direction(count, text):
    with translation.override("en"):
        assert ficha.signed(count) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 24, 7, 5, tzinfo=UTC), "today, 08:05"),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "today, 00:30"),
        (datetime(2026, 11, 23, 17, 40, tzinfo=UTC), "yesterday, 18:40"),
        (datetime(2026, 11, 18, 10, 0, tzinfo=UTC), "Wednesday, 11:00"),
        (datetime(2026, 11, 17, 10, 0, tzinfo=UTC), "17 Nov 2026"),
        (datetime(2026, 11, 25, 10, 0, tzinfo=UTC), "25 Nov 2026"),
    ],
)
def test_when_is_relative_under_a_week_in_the_shops_time(moment, text):
    with translation.override("en"), timezone.override(ZoneInfo("Europe/Madrid")):
        assert f">{text}</time>" in ficha.when(moment, NOW)


def test_when_carries_the_exact_moment():
    with translation.override("en"), timezone.override(ZoneInfo("Europe/Madrid")):
        assert ficha.when(datetime(2026, 11, 23, 17, 40, tzinfo=UTC), NOW) == (
            '<time datetime="2026-11-23T18:40:00+01:00" title="23 Nov 2026, 18:40">yesterday, 18:40</time>'
        )


@pytest.mark.parametrize("write", [lambda: ficha.when("", NOW), lambda: ficha.day(None), lambda: ficha.month("")])
def test_moments_that_are_not_known_are_empty(write):
    assert write() == ""


def test_months_and_weekdays_are_small_in_spanish():
    with translation.override("es"):
        assert (ficha.day(date(2026, 1, 5)), ficha.month(date(2026, 1, 1))) == ("5 ene 2026", "ene 2026")


def test_day_and_month_are_short():
    with translation.override("en"):
        assert (ficha.day(date(2026, 1, 5)), ficha.month(date(2026, 1, 1))) == ("5 Jan 2026", "Jan 2026")


def test_channel_of_the_merchants_own_stays_as_it_is():
    with translation.override("en"):
        assert (ficha.channel("pickup"), ficha.channel("market stall")) == ("pick-up", "market stall")
