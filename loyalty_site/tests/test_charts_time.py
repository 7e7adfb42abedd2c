"""The curve of a share that grows, and what happened in a line."""

import pytest

from loyalty_site import charts
from loyalty_site.charts.line import flags
from loyalty_site.charts.parts import Mark


def whole(share) -> str:
    return f"{round(float(share) * 100)}%"


@pytest.fixture
def drawn():
    steps = [charts.Step(10, 0.25, 0.1, 0.5), charts.Step(20, 0.5, 0.25, 1.0), charts.Step(90, 0.75, 0.5, 1.0)]
    return charts.curve(
        charts.Words("c", "Finding", "What it shows"),
        steps=steps, until=40, days=[7, 14, 30], write=whole, head=["Days", "Came", "low", "high"],
    )  # fmt: skip


def test_curve_stays_until_the_next_step_and_runs_to_the_end(drawn):
    wide = drawn.forms[0]

    assert wide.stroke == "M64 216 L212 216 L212 168 L360 168 L360 120 L656 120"
    assert wide.band.startswith("M64 216 L212 216 L212 120 L360 120 L360 24 L656 24 L656 168")
    assert (wide.end.text, [mark.text for mark in wide.rows]) == ("50%", ["0%", "25%", "50%", "75%", "100%"])


def test_table_of_a_curve_says_what_holds_on_its_days(drawn):
    assert drawn.table.rows == [
        ("7", ["0%", "0%", "0%"]), ("14", ["25%", "10%", "50%"]), ("30", ["50%", "25%", "100%"]),
    ]  # fmt: skip


def test_what_happened_in_one_month_shares_a_line():
    assert flags([(0, "a"), (2, "b"), (0, "c")], [10, 20, 30]) == [Mark(10, 16, "1, 3"), Mark(30, 16, "2")]


def test_words_of_moments_stand_beneath_the_line():
    chart = charts.line(
        charts.Words("l", "Finding", "What it shows"),
        labels=["Jan", "Feb"], series=[charts.Series("x", [1, 2])], head="Month", moments=[(1, "Prices up")],
    )  # fmt: skip

    assert (chart.notes, chart.forms[0].flags[0].text) == (["Prices up"], "1")
