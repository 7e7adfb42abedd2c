"""The board of recency and frequency and the life cycle as pages: figures, links, files, what cannot be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from loyalty_site.selectors import lifecycle, rfv
from loyalty_site.tests import asking, factories
from loyalty_site.tests.page_text import text
from segments import scores
from segments.rfv import Perceived

TODAY = datetime(2026, 6, 15, tzinfo=UTC).date()


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop(db):
    return factories.merchant()


def bought(shop, *ago: int, amount: int = 1000, **fields):
    """Somebody who bought so many days before TODAY."""
    buyer = factories.customer(shop, **fields)
    for days in ago:
        factories.purchase(shop, buyer, amount=amount, at=datetime(2026, 6, 15, 12, tzinfo=UTC) - timedelta(days=days))
    return buyer


@pytest.fixture
def people(shop):
    """Ana comes every week, Ben came once, Cleo came every week and stays away."""
    return bought(shop, 3, 10, 17, 24, name="Ana"), bought(shop, 5, name="Ben"), bought(shop, 90, 97, 104, name="Cleo")


def read(response) -> list[str]:
    """The lines of a file that is written while it is read."""
    return response.getvalue().decode().splitlines()


@pytest.mark.parametrize("number", [1, 30])
def test_pages_cost_the_same_for_one_and_for_many(alice, shop, django_assert_num_queries, number):
    for __ in range(number):
        bought(shop, 3)

    with django_assert_num_queries(6):  # session, user, place; who stands now, since; what they think
        alice.get("/m/a/rfv/")
    with django_assert_num_queries(12):  # and first month; who stands now, since; gaps and rhythms: six
        alice.get("/m/a/rfv/life-cycle/")


def test_board_says_who_carries_the_shop(shop, people):
    shown = rfv.board_page(shop, day=TODAY, today=TODAY, show="customers")

    assert shown.finding == "1 of 3 customers is a champion and brings 50% of the revenue"
    assert {row.region.key: (row.cell.customers, row.query) for row in shown.regions if row.cell.customers} == {
        "champions": (1, "rfv=champions"), "lost": (2, "rfv=lost"),
    }  # fmt: skip
    assert [[square.text for square in line.squares] for line in shown.lines] == [
        ["0", "0", "0", "0", "0"],
        ["0", "0", "0", "1", "0"],
        ["0", "0", "0", "0", "0"],
        ["1", "0", "0", "0", "0"],
        ["0", "1", "0", "0", "0"],
    ]


def test_board_shows_the_figure_that_is_asked_for(shop, people):
    corner = {
        show: rfv.board_page(shop, day=TODAY, today=TODAY, show=show).lines[1].squares[3]
        for show in ("customers", "revenue", "value", "moved")
    }

    assert {show: (square.text, square.level) for show, square in corner.items()} == {
        "customers": ("1", 9), "revenue": ("40", 9), "value": ("4.0", 9), "moved": ("+1 −0", 9),
    }  # fmt: skip


def test_a_page_of_the_past_leads_to_the_customers_of_then(alice, shop, people):
    page = alice.get("/m/a/rfv/", {"as_of": "2026-03-10"})

    assert 'href="/m/a/customers/?rfv=1-1_on_2026-03-10"' in page.content.decode()
    found = text(alice.get("/m/a/customers/", {"rfv": "1-1_on_2026-03-10"}))
    assert "Cleo" in found
    assert "Ana" not in found


def test_a_day_that_has_not_come_is_refused_beside_its_field(alice, shop, people):
    for address in ("/m/a/rfv/", "/m/a/rfv/life-cycle/"):
        page = alice.get(address, {"as_of": "2999-01-01"})

        assert page.status_code == 200
        assert "This day has not come yet. Choose today or an earlier one." in text(page)


def test_an_empty_shop_is_told_what_is_missing(alice, shop):
    for address in ("/m/a/rfv/", "/m/a/rfv/life-cycle/"):
        page = text(alice.get(address))

        assert "Not known yet: it needs customers with purchases." in page
        assert "Nothing to show yet" in page


def test_a_young_shop_has_no_movement(alice, shop):
    factories.purchase(shop, factories.customer(shop), at=timezone.now())

    page = text(alice.get("/m/a/rfv/", {"show": "moved"}))

    assert "Nothing to compare with yet: it needs a month on record." in page


def test_files_of_the_board(alice, shop, people):
    ana = people[0]

    everybody = read(alice.get("/m/a/rfv.csv", {"as_of": TODAY.isoformat()}))
    board = read(alice.get("/m/a/rfv/board.csv", {"as_of": TODAY.isoformat()}))

    assert everybody[0] == (
        "customer,external_id,recency_days,frequency,value,recency_score,frequency_score,value_score"
    )
    assert everybody[1] == f"{ana.public_id},,3,4,4000,4,4,4"
    assert len(everybody) == 4
    assert board[0] == (
        "recency_score,frequency_score,region,customers,share,revenue,average_value_score,before,joined,left"
    )
    assert "4,4,champions,1,0.333333,4000,4.0,0,1,0" in board
    assert len(board) == 26


def test_life_cycle_says_who_is_on_the_way_out(shop):
    bought(shop, 12, 19, 26, amount=3000)
    bought(shop, 3, 10, 17)

    shown = lifecycle.lifecycle_page(shop, day=TODAY, today=TODAY, choose=lambda months: months[-1])

    assert shown.finding == "Of 2 customers, 1 is late or at risk, who brought 75% of the revenue"
    assert shown.rhythm == ("Customers with fewer than three visits are judged by the shop's own rhythm: every 7 days.")
    assert {row.state: row.query for row in shown.states if row.query} == {
        "active": "lifecycle=active", "late": "lifecycle=late",
    }  # fmt: skip


def test_flows_lead_to_their_customers(alice, shop, people):
    shown = lifecycle.lifecycle_page(shop, day=TODAY, today=TODAY, choose=lambda months: months[-1])

    queries = {cell.query: cell.text for row in shown.flows for cell in row.cells if cell.query}
    assert queries == {
        "cohort=2026-06&lifecycle=new_on_2026-06-15": "1",
        "lifecycle_before=active_on_2026-05-31&lifecycle=active_on_2026-06-15": "1",
        "lifecycle_before=lost_on_2026-05-31&lifecycle=lost_on_2026-06-15": "1",
    }
    for query, name in zip(queries, ["Ben", "Ana", "Cleo"], strict=True):
        found = text(alice.get(f"/m/a/customers/?{query}"))
        assert [one for one in ("Ana", "Ben", "Cleo") if one in found] == [name]


def test_the_month_of_the_flows_is_chosen_in_the_address(alice, shop, people):
    address = {"as_of": "2026-06-15", "month": "2026-03"}

    page = text(alice.get("/m/a/rfv/life-cycle/", address))

    assert "How they moved in Mar 2026" in page
    assert "is not complete" not in page
    assert "Jun 2026 is not complete" in text(alice.get("/m/a/rfv/life-cycle/", {"as_of": "2026-06-15"}))


def test_files_of_the_life_cycle(alice, shop, people):
    everybody = read(alice.get("/m/a/rfv/life-cycle.csv", {"as_of": "2026-06-15"}))
    flows = read(alice.get("/m/a/rfv/flows.csv", {"as_of": "2026-06-15"}))

    assert everybody[0] == "customer,external_id,state,recency_days,visits,gap_days,own_gap"
    assert [line.split(",", 1)[1] for line in everybody[1:]] == [
        ",active,3,4,7.0,True", ",new,5,1,7.0,False", ",lost,90,3,7.0,True",
    ]  # fmt: skip
    assert flows[0] == "month,before,now,customers"
    assert flows[-1] == "2026-06,lost,lost,1"


def test_regions_say_what_their_customers_think_where_five_answered(alice, shop):
    asked = asking.survey(shop)
    people = [factories.customer(shop) for __ in range(6)]
    for one in people:
        factories.purchase(shop, one)
    scores.refresh(merchant=shop, at=timezone.now())
    for one, said in zip(people, (5, 4, 4, 3, 2), strict=False):
        asking.answer(asked, one, {1: 9, 3: said})

    known = text(alice.get("/m/a/rfv/"))
    earlier = text(alice.get("/m/a/rfv/", {"as_of": "2026-03-31"}))

    assert "3.6 of 5 5 answers" in known
    assert "Worth the money" not in earlier.partition("What these words mean")[0]
    assert (Perceived(9, 4).mean, Perceived(9, 5).mean) == (None, 1.8)
