"""The geometry of charts, to the exact place, and what their markup says to those who do not see it."""

import re
from fractions import Fraction

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from loyalty_site import charts
from loyalty_site.charts import scale
from loyalty_site.charts.line import path

WORDS = charts.Words("sales", "Sales doubled", "Sales by month")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def two_months(values, **options):
    labels = ["Jan", "Feb", "Mar"][: len(values)]
    return charts.line(WORDS, labels=labels, series=[charts.Series("Sales", values)], head="Month", **options)


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        ([0, 10], [0, 2.5, 5, 7.5, 10]),
        ([0, 7], [0, 2, 4, 6, 8]),
        ([140_000], [0, 50_000, 100_000, 150_000]),
        ([0.96], [0, 0.25, 0.5, 0.75, 1]),
        ([-30, 70], [-50, -25, 0, 25, 50, 75]),
        ([], [0, 1]),
        ([0], [0, 1]),
    ],
)
def test_ticks_are_round_and_hold_zero_and_every_value(values, marks):
    assert [float(mark) for mark in scale.ticks(values)] == marks


def test_scale_is_exact():
    up = scale.Scale(0, Fraction(1, 3), 100, 0)

    assert [up(0), up(Fraction(1, 6)), up(Fraction(1, 3))] == [100.0, 50.0, 0.0]


def test_points_are_spread_from_end_to_end():
    assert scale.spread(3, 48, 296) == [48.0, 172.0, 296.0]
    assert scale.spread(1, 48, 296) == [172.0]


def test_last_label_is_always_written():
    assert scale.every(13, 4) == [0, 4, 8, 12]
    assert scale.every(4, 12) == [0, 1, 2, 3]


def test_path_leaves_gaps_open():
    assert path([(0, 1.0, 2.0), (1, 3.5, 4.0), (3, 5.0, 6.0)]) == "M1 2 L3.5 4 M5 6"


def test_line_has_a_wide_and_a_narrow_form():
    wide, narrow = two_months([0, 50, 100]).forms

    assert (wide.kind, wide.width, wide.height) == ("wide", 720, 260)
    assert (narrow.kind, narrow.width, narrow.height) == ("narrow", 340, 220)
    assert wide.lines[0].path == "M64 232 L360 128 L656 24"
    assert narrow.lines[0].path == "M48 192 L172 108 L296 24"
    assert [(mark.y, mark.text) for mark in narrow.rows] == [
        (192, "0"),
        (150, "25"),
        (108, "50"),
        (66, "75"),
        (24, "100"),
    ]
    assert (narrow.lines[0].end.x, narrow.lines[0].end.y, narrow.lines[0].end.text) == (304, 28, "100")


def test_line_ends_dashed_where_the_last_month_is_not_complete():
    [line] = two_months([0, 100, 50], partial=True).forms[0].lines

    assert (line.path, line.dashed) == ("M64 232 L360 24", "M360 24 L656 128")
    assert [dot.open for dot in line.dots] == [False, False, True]
    assert (line.end.x, line.end.y, line.end.text, line.end.anchor) == (360, 14, "100", "middle")


def test_value_of_a_line_that_fell_stands_below_it():
    [line] = two_months([100, 50, 0], partial=True).forms[0].lines

    assert (line.end.x, line.end.y, line.end.text, line.end.anchor) == (356, 146, "50", "end")


def test_line_without_a_last_value_has_no_dashes():
    [line] = two_months([0, 100, None], partial=True).forms[0].lines

    assert (line.path, line.dashed, len(line.dots)) == ("M64 232 L360 24", "", 2)


def test_line_of_nothing_is_empty():
    [line] = two_months([None, None]).forms[0].lines

    assert (line.path, line.dots, line.end) == ("", [], None)


def test_table_says_what_the_line_says_and_more():
    more = charts.Series("Visits", [1, 2], lambda number: f"{number} times", drawn=False)
    chart = charts.line(
        WORDS, labels=["Jan", "Feb"], series=[charts.Series("Sales", [5, None]), more], head="Month"
    )  # fmt: skip

    assert chart.table.head == ["Month", "Sales", "Visits"]
    assert chart.table.rows == [("Jan", ["5", "1 times"]), ("Feb", ["not known yet", "2 times"])]
    assert len(chart.forms[0].lines) == 1


def test_bars_start_at_zero_and_name_their_series_once():
    series = [charts.Series("of revenue", [40, 20]), charts.Series("of points", [30, 0])]
    wide, narrow = charts.bars(WORDS, labels=["1", "2"], series=series, head="Group").forms

    assert [(bar.number, bar.x, bar.y, bar.width, bar.label.text) for bar in wide.bars] == [
        (1, 128, 4, 424, "40 of revenue"), (2, 128, 20, 318, "30 of points"), (1, 128, 46, 212, "20"),
        (2, 128, 62, 0, "0"),
    ]  # fmt: skip
    assert (wide.zero, wide.height, narrow.zero) == (128, 88, 80)


def test_bar_below_zero_reaches_to_the_left():
    wide, __ = charts.bars(WORDS, labels=["a", "b"], series=[charts.Series("x", [-50, 50])], head="").forms

    assert [(bar.x, bar.width) for bar in wide.bars] == [(128, 212), (340, 212)]
    assert wide.zero == 340


def test_dots_have_their_interval_and_say_what_is_not_known():
    estimates = [charts.Estimate("Jan", 50, 25, 75), charts.Estimate("Feb", None)]
    chart = charts.dots(WORDS, estimates=estimates, write=str, head=["Month", "Share", "at least", "at most"])

    wide = chart.forms[0]
    [one] = wide.whiskers
    assert (one.low, one.x, one.high, one.y, one.label.text) == (260.5, 393, 525.5, 22, "50")
    assert one.title == "Jan: 50, between 25 and 75"
    assert [(mark.y, mark.text) for mark in wide.unknown] == [(55, "not known yet")]
    assert chart.table.rows[1] == ("Feb", ["not known yet"] * 3)


def test_spark_is_as_small_as_a_word():
    spark = charts.spark("Visits by week", [0, 2, 1])

    assert (spark.path, spark.x, spark.y, spark.width, spark.height) == ("M3 25 L48 3 L93 14", 93, 14, 96, 28)
    assert charts.spark("Visits", [4]) is None


CHARTS = {
    "ui/chart_line.html": lambda: two_months([1, 2, 3], partial=True),
    "ui/chart_bars.html": lambda: charts.bars(
        WORDS, labels=["a"], series=[charts.Series("x", [1.5])], head="Group"
    ),
    "ui/chart_dots.html": lambda: charts.dots(
        WORDS, estimates=[charts.Estimate("a", 0.5, 0.25, 0.75)], write=str, head=["", "", "", ""]
    ),
}  # fmt: skip


@pytest.mark.parametrize("template", CHARTS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_markup_has_title_description_and_table_twin(template, language):
    with translation.override(language):
        markup = render_to_string(template, {"chart": CHARTS[template](), "csv": "/file.csv"})

    ids = re.findall(r' id="([^"]+)"', markup)
    named = re.findall(r'aria-labelledby="([^"]+)"', markup)
    assert ids == ["sales-wide-title", "sales-wide-desc", "sales-narrow-title", "sales-narrow-desc"]
    assert named == ["sales-wide-title sales-wide-desc", "sales-narrow-title sales-narrow-desc"]
    assert markup.count(">Sales doubled</title>") == markup.count(">Sales by month</desc>") == 2
    assert ("<details" in markup, "<table" in markup, 'href="/file.csv"' in markup) == (True, True, True)


@pytest.mark.parametrize("template", CHARTS)
def test_markup_has_no_inline_style_and_writes_numbers_as_svg_does(template):
    with translation.override("es"):
        markup = render_to_string(template, {"chart": CHARTS[template]()})

    places = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|d|width|height|viewBox)="([^"]*)"', markup)
    assert "style=" not in markup
    assert [place for place in places if "," in place] == []


def test_text_in_a_chart_is_escaped():
    chart = charts.bars(WORDS, labels=["<b>"], series=[charts.Series("<i>", [1])], head="<u>")
    markup = render_to_string("ui/chart_bars.html", {"chart": chart})

    assert re.findall(r"<[biu]>", markup) == []


def test_spark_says_what_it_is():
    markup = render_to_string("ui/chart_spark.html", {"spark": charts.spark("Visits by week", [0.5, 2])})

    assert 'aria-label="Visits by week"' in markup
    assert render_to_string("ui/chart_spark.html", {"spark": None}).strip() == ""


def test_level_is_a_line_without_dots_whose_label_lies_on_no_other():
    shown = charts.line(
        charts.Words("aim", "Aim", "Aim"),
        labels=["Jan", "Feb"],
        series=[charts.Series("Visits", [90, 98]), charts.Series("Target", [100, 100], level=True)],
        head="Month",
    )

    lines = shown.forms[0].lines
    assert [(line.level, len(line.dots)) for line in lines] == [(False, 2), (True, 0)]
    assert lines[1].path.startswith("M64 ")
    assert [line.end.y for line in lines] == [32.2, 16.2]
    assert shown.table.rows == [("Jan", ["90", "100"]), ("Feb", ["98", "100"])]


def test_long_labels_have_more_room():
    one = [charts.Estimate("Bread", 0.5, 0.4, 0.6)]
    short, long = (
        charts.dots(charts.Words("a", "A", "A"), estimates=one, write=str, head=[], long_labels=wide)
        for wide in (False, True)
    )

    assert [form.names[0].x for form in long.forms] == [form.names[0].x + 46 for form in short.forms]
