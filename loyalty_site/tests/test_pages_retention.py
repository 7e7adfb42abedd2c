import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import translation

from loyalty_site import charts
from loyalty_site.forms import RetentionForm
from loyalty_site.selectors import retention as words
from loyalty_site.selectors.lapsed import lapsed_figures
from loyalty_site.selectors.second_visit import second_visit_page
from loyalty_site.tests import factories
from segments.cohorts import Cohort, Retention

TODAY = date(2026, 6, 15)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop(db):
    return factories.merchant()


@pytest.fixture
def history(shop):
    """Two came in January, one of them again in February; one came in February, whose last days are not on record."""
    ana, ben, cleo = (factories.customer(shop) for __ in range(3))
    for buyer, month, amount in [(ana, 1, 1000), (ben, 1, 500), (ana, 2, 2000), (cleo, 2, 150)]:
        factories.purchase(shop, buyer, amount=amount, at=datetime(2026, month, 10, 12, tzinfo=UTC))


def text(response):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def rows(response):
    """The body of the heat map: texts by row."""
    table = re.search(r'<table class="heat".*?</table>', response.content.decode(), re.DOTALL)[0]
    body = re.sub(r"</?a[^>]*>", "", re.search(r"<tbody>(.*?)</tbody>", table, re.DOTALL)[1])
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in body.split("</tr>")[:-1]]


def two_cohorts():
    january = Cohort(month=date(2026, 1, 1), size=4, retained=[4, 2], revenue=[1000, -50])
    february = Cohort(month=date(2026, 2, 1), size=3, retained=[3], revenue=[300])
    last = date(2026, 2, 1)
    return Retention(cohorts=[january, february], pooled=[1.0, 0.5], last=last, partial_month=last)


@pytest.mark.parametrize(
    ("show", "found"),
    [
        ("share", [["Jan 2026", "2", "100%", "50%"], ["Feb 2026", "1", "100%"]]),
        ("count", [["Jan 2026", "2", "2", "1"], ["Feb 2026", "1", "1"]]),
        ("revenue", [["Jan 2026", "2", "15", "20"], ["Feb 2026", "1", "2"]]),
        ("nonsense", [["Jan 2026", "2", "100%", "50%"], ["Feb 2026", "1", "100%"]]),
    ],
)
def test_page_shows_cohorts_by_share_count_or_revenue(alice, history, show, found):
    assert rows(alice.get("/m/a/retention/", {"show": show})) == found


def test_page_says_the_finding_and_the_incomplete_month(alice, history):
    page = text(alice.get("/m/a/retention/"))

    assert "Of 100 new customers, 50 come again the month after" in page
    assert "Feb 2026 is not complete: its hatched figures will still grow." in page


def test_page_explains_each_cell(alice, history):
    page = alice.get("/m/a/retention/").content.decode()

    said = "1 of 2 customers (50%), 20.00\xa0€ in Feb 2026; until then 17.50\xa0€ for each"
    assert f'title="Jan 2026, 1 month later: {said}"' in page


def test_page_takes_months_from_the_address(alice, history):
    assert rows(alice.get("/m/a/retention/", {"from": "2026-02"})) == [["Feb 2026", "1", "100%"]]
    assert rows(alice.get("/m/a/retention/", {"to": "2026-01"})) == [["Jan 2026", "2", "100%"]]


def test_page_answers_a_wrong_month_with_a_sentence_and_the_whole(alice, history):
    response = alice.get("/m/a/retention/", {"from": "January"})

    assert "Write the month as year and month, for example 2026-01." in text(response)
    assert len(rows(response)) == 2


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(("path", "queries"), [
    # session, user, place; newest day, who is not settled, cells; notes, programs
    ("", 8), ("?by=quarter", 11), ("?by=channel", 10), ("second-visit/", 5), ("notes/", 5), ("month/", 12),
    ("print/", 19),
])  # fmt: skip
def test_page_costs_the_same_for_one_and_for_many(alice, shop, django_assert_num_queries, path, queries, number):
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop))

    with django_assert_num_queries(queries):
        alice.get(f"/m/a/retention/{path}")


def test_empty_shop_is_told_what_is_missing(alice):
    page = text(alice.get("/m/a/retention/"))

    assert "Not known yet: retention needs purchases in two months or more." in page
    assert "Nothing to show yet" in page


def test_cells_lead_to_their_customers(alice, history):
    page = alice.get("/m/a/retention/").content.decode()

    assert '<a href="/m/a/customers/?cohort=2026-01&amp;active=2026-02">50%</a>' in page
    assert '<a href="/m/a/customers/?cohort=2026-01">2</a>' in page


def test_every_link_to_customers_is_answered(alice, history):
    parts = ("", "?by=quarter", "?by=channel", "?by=product", "second-visit/", "reach/", "reach/?by=points")
    pages = "".join(alice.get(f"/m/a/retention/{part}").content.decode() for part in parts)
    links = sorted(set(re.findall(r'href="(/m/a/customers/[?][^"]+)"', pages)))

    assert len(links) == 22
    assert {alice.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


def page_of(shop):
    return words.retention_page(shop, since=None, until=None, by="month", show="share")


def test_returning_share_is_said_for_the_last_whole_month(shop):
    ana = factories.customer(shop)
    for month in (1, 2, 3, 4):
        factories.purchase(shop, ana, at=datetime(2026, month, 10, 12, tzinfo=UTC))
    factories.purchase(shop, factories.customer(shop), at=datetime(2026, 3, 31, 12, tzinfo=UTC))

    chart = page_of(shop).returning

    assert chart.words.title == "In Mar 2026, 50% of the customers had bought before; in Feb 2026 100%"
    assert chart.table.rows == [
        ("Feb 2026", ["100%", "1", "1"]), ("Mar 2026", ["50%", "1", "2"]), ("Apr 2026", ["100%", "1", "1"]),
    ]  # fmt: skip


def test_second_visit_names_the_months_that_are_old_enough(shop):
    for name, days in {"ana": [(1, 5), (2, 5)], "ben": [(1, 6)], "cleo": [(5, 5)]}.items():
        buyer = factories.customer(shop, name=name)
        for month, day in days:
            factories.purchase(shop, buyer, at=datetime(2026, month, day, 12, tzinfo=UTC))

    found = second_visit_page(shop, since=None, until=None, today=TODAY)

    assert found.second.words.title == (
        "50% of the new customers of Jan 2026 to Jan 2026 came a second time within 60 days"
    )
    assert found.second.table.rows == [("Jan 2026", ["50%", "9%", "91%"]), ("May 2026", ["not known yet"] * 3)]
    assert [[cell.count for cell in row.cells] for row in found.rows] == [[0, 1, 1], [None, None, None]]


def test_lapsed_are_compared_with_30_days_before(shop):
    factories.purchase(shop, factories.customer(shop), at=datetime(2026, 5, 1, 12, tzinfo=UTC))
    factories.purchase(shop, factories.customer(shop), at=datetime(2026, 6, 1, 12, tzinfo=UTC))

    found = lapsed_figures(shop, today=TODAY).figures

    assert [(one.days, one.count, one.share, one.change, one.tone) for one in found] == [
        (30, 1, "50%", "▲ 1 more than 30 days before (0)", "bad"),
        (60, 0, "0%", "= the same as 30 days before", ""),
        (90, 0, "0%", "= the same as 30 days before", ""),
    ]


@pytest.mark.parametrize(
    ("path", "name", "found"),
    [
        (
            "retention/returning.csv",
            "returning-a.csv",
            [["month", "customers", "returning", "share"], ["2026-02", "2", "1", "0.5"]],
        ),
        (
            "retention/second-visit.csv",
            "second-visit-a.csv",
            [
                [
                    "month",
                    "new_customers",
                    "within_30d",
                    "within_60d",
                    "within_90d",
                    "share_30d",
                    "share_60d",
                    "share_90d",
                ],
                ["2026-01", "2", "", "", "", "", "", ""],
                ["2026-02", "1", "", "", "", "", "", ""],
            ],
        ),
    ],
)
def test_tables_can_be_had_as_csv(alice, history, path, name, found):
    response = alice.get(f"/m/a/{path}")

    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert list(csv.reader(io.StringIO(response.content.decode()))) == found


def test_csv_of_the_lapsed_has_a_row_for_now_and_one_for_before(alice, history):
    head, now, before = csv.reader(io.StringIO(alice.get("/m/a/retention/lapsed.csv").content.decode()))

    assert head == ["date", "customers", "lapsed_30d", "lapsed_60d", "lapsed_90d"]
    assert now[1:] == ["3", "3", "3", "3"]
    assert date.fromisoformat(now[0]) - date.fromisoformat(before[0]) == timedelta(days=30)


def test_csv_holds_a_row_per_cohort_and_month(alice, history):
    response = alice.get("/m/a/retention.csv")

    assert response.headers["Content-Disposition"] == 'attachment; filename="retention-a.csv"'
    assert list(csv.reader(io.StringIO(response.content.decode()))) == [
        ["month", "size", "k", "month_of", "retained", "rate", "revenue", "worth"],
        ["2026-01", "2", "0", "2026-01", "2", "1.0", "1500", "750.0"],
        ["2026-01", "2", "1", "2026-02", "1", "0.5", "2000", "1750.0"],
        ["2026-02", "1", "0", "2026-02", "1", "1.0", "150", "150.0"],
    ]


def test_csv_has_the_table_that_the_page_shows(alice, history):
    groups, quarters = (
        list(csv.reader(io.StringIO(alice.get("/m/a/retention.csv", {"by": by}).content.decode())))
        for by in ("channel", "quarter")
    )

    assert groups == [
        ["group", "size", "k", "base", "retained", "rate", "revenue", "worth"],
        ["store", "3", "0", "3", "3", "1.0", "1650", "550.0"],
        ["store", "3", "1", "2", "1", "0.5", "2000", "1550.0"],
    ]
    assert quarters[1:] == [["2026-Q1", "3", "0", "2026-Q1", "3", "1.0", "3650", "1216.67"]]


def test_page_shows_groups_by_the_first_channel(alice, history):
    assert rows(alice.get("/m/a/retention/", {"by": "channel", "show": "worth"})) == [["store", "3", "5.50", "15.50"]]


def test_page_compares_with_other_months(shop):
    for month, number in [(1, 1), (2, 3), (3, 2)]:
        for __ in range(number):
            factories.purchase(shop, factories.customer(shop), at=datetime(2026, month, 28, 12, tzinfo=UTC))
    factories.purchase(shop, factories.customer(shop), at=datetime(2026, 3, 31, 12, tzinfo=UTC))

    def compared(first, last):
        since, until = date(2026, first, 1), date(2026, last, 1)
        return words.retention_page(shop, since=since, until=until, by="month", show="share").comparison

    new = compared(3, 3).figures[0]
    assert (compared(3, 3).time, new.label, new.value) == ("Mar 2026", "New customers", "3")
    assert [(one.text, one.tone) for one in new.changes] == [
        ("= the same as in Feb 2026", ""), ("Mar 2025 is not on record.", ""),
    ]  # fmt: skip
    assert compared(2, 2).figures[3].changes[0].text == "▲ 20.00\xa0€ more than in Jan 2026 (10.00\xa0€)"
    assert compared(2, 3).time == "Feb 2026 to Mar 2026"


def test_notes_and_starts_of_programs_stand_in_the_chart(alice, shop):
    ana = factories.customer(shop)
    for month in (1, 2, 3):
        factories.purchase(shop, ana, at=datetime(2026, month, 10, 12, tzinfo=UTC))

    alice.post("/m/a/retention/notes/", {"on": "2026-03-05", "text": "  Prices up\n"})

    [note] = [one for one in page_of(shop).returning.notes if "Prices" in one]
    assert note == "5 Mar 2026: Prices up"
    page = alice.get("/m/a/retention/notes/").content.decode()
    remove = re.search(r"/m/a/retention/notes/(nte_\w+)/remove/", page)[0]
    alice.post(remove)
    assert page_of(shop).returning.notes == []


@pytest.mark.parametrize(("sent", "sentence"), [
    ({"on": "2026-03-05", "text": " "}, "Write what happened, for example: prices up by a tenth."),
    ({"on": "2999-03-05", "text": "x"}, "Choose a day that has come, since 1900."),
    ({"on": "5 March", "text": "x"}, "Write the day as 2026-03-01."),
])  # fmt: skip
def test_a_note_that_cannot_be_is_refused(alice, shop, sent, sentence):
    assert sentence in text(alice.post("/m/a/retention/notes/", sent))


def test_csv_answers_a_wrong_month_with_a_sentence(alice):
    response = alice.get("/m/a/retention.csv", {"to": "2026-13"})

    assert response.status_code == 400
    assert response.content.decode() == "Write the month as year and month, for example 2026-01."


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("", {}),
        ("from=2026-01&to=2026-06", {}),
        ("from=2026-1", {"since": ["Write the month as year and month, for example 2026-01."]}),
        ("from=0001-01", {"since": ["Write the month as year and month, for example 2026-01."]}),
        ("to=2026-07", {"until": ["This month has not begun yet. Choose an earlier one."]}),
        ("from=2026-05&to=2026-04", {"since": ["The first month lies after the last. Swap them."]}),
    ],
)
def test_form_refuses_months_that_cannot_be(query, errors):
    form = RetentionForm(QueryDict(query), today=TODAY)

    assert form.errors == errors


@pytest.mark.parametrize(("pooled", "sentence"), [
    ([1.0, 0.494], "Of 100 new customers, 49 come again the month after"),
    ([1.0, 0.01], "Of 100 new customers, 1 comes again the month after"),
    ([1.0], "Not known yet: retention needs purchases in two months or more."),
    ([], "Not known yet: retention needs purchases in two months or more."),
])  # fmt: skip
def test_finding_is_the_title(pooled, sentence):
    assert words.finding(Retention(cohorts=[], pooled=pooled)) == sentence


def test_heat_map_leaves_everybody_out_of_the_scale_of_shares():
    chart = charts.heat_map(two_cohorts(), show="share", currency="EUR")

    assert [[(cell.text, cell.level, cell.partial) for cell in row.cells] for row in chart.rows] == [
        [("100%", 0, False), ("50%", 9, True)],
        [("100%", 0, True)],
    ]
    assert (chart.columns, chart.pooled, chart.strongest) == ([0, 1], ["100%", "50%"], "50%")


def test_heat_map_of_revenue_scales_the_first_month_too():
    chart = charts.heat_map(two_cohorts(), show="revenue", currency="EUR")

    assert [[(cell.text, cell.level) for cell in row.cells] for row in chart.rows] == [
        [("10", 9), ("-1", 0)],
        [("3", 3)],
    ]
    assert chart.strongest == "10.00\xa0€"


@pytest.mark.parametrize(("value", "top", "level"), [(0, 10, 0), (-1, 10, 0), (1, 1000, 1), (10, 10, 9), (5, 0, 0)])
def test_level_of_something_is_at_least_one(value, top, level):
    assert charts.level(value, top) == level
