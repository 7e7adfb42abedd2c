"""Lists: pages in a stable order, and complete rows as CSV."""

import base64
import json

import pytest

from customers.merchants import shops
from customers.models import Customer
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows
from rewards.models import Program

pytestmark = pytest.mark.django_db

CUSTOMER = (
    "id,external_id,name,phone,email,card_code,language,birthday,birth_year,gender,city,postal_code,country,attributes,"
    "preferences,notes,consents,location,created_at,updated_at,first_purchase_at,last_purchase_at,purchases,net_value,"
    "erased_at"
)
HEADERS = {
    "customers": CUSTOMER,
    "customers/lookup": "id,name,card_code,phone,email,tier,balances,last_purchase_at",
    "locations": "id,name,note",
    "staff": "id,name,role,active",
    "programs": (
        "id,name,kind,unit,status,auto_enrol,point_value,starts_at,activated_at,created_at,"
        "closing.announced_at,closing.last_earning_on,closing.last_spending_on,closing.notice,"
        "objective,budget,version,rules,policies,tiers,tier_policy,stamps"
    ),
    "memberships": (
        "id,customer,program,tier,tier_until,joined_at,balance.available,balance.pending,balance.held,balance.lifetime_earned,"
        "balance.lifetime_redeemed,balance.expired,balance.next_expiry.points,balance.next_expiry.at,"
        "to_next_tier.tier,to_next_tier.basis,to_next_tier.threshold,to_next_tier.reached,to_next_tier.missing"
    ),
    "purchases": (
        "id,external_id,customer,occurred_at,recorded_at,channel,location,staff,status,code,currency,amount,shipping,amount_due,"
        "refunded,lines,discounts,earned,spent"
    ),
    "imports": (
        "id,kind,filename,status,dry_run,message,columns,ignored,progress,created_at,finished_at,rows,accepted,"
        "duplicates,rejected,customers,new_customers,value,errors"
    ),
    "reports/retention": "month,size,k,retained,revenue",
}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def walk(till, path, limit):
    """Every page of a list, from the first to the last."""
    pages, cursor = [], {}
    while cursor is not None:
        page = till.get(path, limit=limit, **cursor).json()
        pages.append([row["id"] for row in page["data"]])
        assert page["has_more"] == (page["next_cursor"] is not None)
        cursor = {"cursor": page["next_cursor"]} if page["has_more"] else None
    return pages


def written(values) -> str:
    """A cursor as somebody might forge it."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_cursor_walks_all_rows_once_though_their_moments_are_equal(till, shop):
    newest_first = [factories.customer(shop).public_id for __ in range(7)][::-1]

    pages = walk(till, "customers", 3)

    assert pages == [newest_first[:3], newest_first[3:6], newest_first[6:]]


def test_cursor_ends_with_a_full_page(till, shop):
    for __ in range(4):
        factories.customer(shop)

    assert [len(page) for page in walk(till, "customers", 2)] == [2, 2]


def test_cursor_is_not_moved_by_what_arrives_meanwhile(till, shop):
    known = [factories.customer(shop).public_id for __ in range(4)][::-1]
    first = till.get("customers", limit=2).json()

    factories.customer(shop)
    second = till.get("customers", limit=2, cursor=first["next_cursor"]).json()

    assert [row["id"] for row in [*first["data"], *second["data"]]] == known


@pytest.mark.parametrize("path", ["purchases", "memberships", "locations", "programs"])
def test_every_list_walks_its_rows_once(till, shop, path):
    for number in range(5):
        factories.program(shop, name=f"P{number}", auto_enrol=number == 0)
        shops.add_location(merchant=shop, name=f"Counter {number}")
        factories.purchase(shop, factories.customer(shop))

    pages = walk(till, path, 2)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({one for page in pages for one in page}) == 5


def test_entries_and_lots_walk_their_rows_once(till, shop):
    factories.program(shop)
    buyer = factories.customer(shop)
    bought = [factories.purchase(shop, buyer).draft.public_id for __ in range(5)]
    path = f"memberships/{buyer.memberships.get().public_id}"

    for name, expected in [("entries", bought[::-1]), ("lots", bought)]:
        first = till.get(f"{path}/{name}", limit=3).json()
        second = till.get(f"{path}/{name}", limit=3, cursor=first["next_cursor"]).json()

        assert [row["purchase"] for row in [*first["data"], *second["data"]]] == expected
        assert second["next_cursor"] is None


def test_limit_is_25_by_default(till, shop):
    for __ in range(26):
        factories.customer(shop)

    page = till.get("customers").json()

    assert (len(page["data"]), page["has_more"]) == (25, True)


def test_limit_goes_up_to_a_hundred(till, shop):
    for __ in range(26):
        factories.customer(shop)

    assert len(till.get("customers", limit=100).json()["data"]) == 26


@pytest.mark.any_database
@pytest.mark.parametrize("limit", ["0", "101", "x", "", "-1", "1.5", "9" * 30, "9" * 5000, "²", "\0"])
def test_limit_out_of_reach_is_refused(till, limit):
    response = till.get("customers", limit=limit)

    assert response.status_code == 400
    assert [field for field, code in places(response)] == ["limit"]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "WzFd",
        written([None, 1]),
        written([1, 1]),
        written([True, True]),
        written({"a": 1}),
        written(["2026-01-01T00:00:00+00:00", 10**30]),
        written(["2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"]),
        written(["0001-01-01T00:00:00+14:00", 5]),
        written([-(10**19), 5]),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_cursor_that_is_none_of_ours_is_refused(till, cursor):
    response = till.get("customers", cursor=cursor)

    assert refused(response) == (400, "invalid_cursor")
    assert places(response) == [("cursor", "invalid_cursor")]


@pytest.mark.parametrize("value", [10**30, True, "2026-01-01T00:00:00+00:00"])
def test_cursor_of_another_list_is_refused(till, value):
    assert refused(till.get("locations", cursor=written([value]))) == (400, "invalid_cursor")


def test_csv_has_every_row_whatever_the_limit(till, shop):
    newest_first = [factories.customer(shop).public_id for __ in range(30)][::-1]

    response = till.get("customers", csv=True, limit=5)

    assert [row["id"] for row in rows(response)] == newest_first
    assert response["Content-Disposition"] == 'attachment; filename="rows.csv"'


@pytest.mark.any_database
@pytest.mark.parametrize("path", HEADERS)
def test_csv_of_an_empty_list_has_its_header(till, shop, path):
    shop.staff.all().delete()

    response = till.get(path, csv=True)

    assert response.getvalue().decode() == HEADERS[path] + "\r\n"


@pytest.mark.parametrize("name", ["entries", "lots"])
def test_csv_of_an_empty_ledger_has_its_header(till, shop, name):
    factories.program(shop)
    member = factories.customer(shop).memberships.get()

    header = till.get(f"memberships/{member.public_id}/{name}", csv=True).getvalue().decode()

    assert (
        header
        == {
            "entries": (
                "id,kind,points,points_forgiven,points_expired,balance_after,occurred_at,recorded_at,purchase,refund,"
                "activity,origin,breakdown,actor,reason\r\n"
            ),
            "lots": "entry,points,remaining,available_at,expires_at,purchase\r\n",
        }[name]
    )


@pytest.mark.parametrize("text", ["=1+1", "+34", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_makes_leading_characters_harmless(till, shop, text):
    Customer.objects.filter(pk=factories.customer(shop).pk).update(name=text, notes=f"a{text}")

    row = rows(till.get("customers", csv=True))[0]

    assert (row["name"], row["notes"]) == ("'" + text, "a" + text)


def test_csv_says_what_the_json_says(till, shop):
    factories.program(shop)
    buyer = factories.customer(shop, attributes={"shoe": 38}, city='Quote " and, comma')
    factories.purchase(shop, buyer)

    customer = rows(till.get("customers", csv=True))[0]
    member = rows(till.get("memberships", csv=True))[0]
    bought = rows(till.get("purchases", csv=True))[0]

    assert (customer["attributes"], customer["city"], customer["email"]) == (
        '{"shoe": 38}',
        'Quote " and, comma',
        "",
    )
    assert (customer["net_value"], customer["last_purchase_at"]) == ("1000", "2026-03-10T12:00:00Z")
    assert (member["balance.available"], member["balance.next_expiry.at"]) == ("10", "")
    assert (bought["amount"], json.loads(bought["earned"])[0]["points"]) == ("1000", 10)


def test_csv_of_a_filtered_list_is_filtered(till, shop):
    factories.customer(shop, name="Ann")
    factories.customer(shop, name="Jo")

    assert [row["name"] for row in rows(till.get("customers", csv=True, search="jo"))] == ["Jo"]


def test_refusal_is_json_though_csv_was_asked_for(till):
    assert refused(till.get("customers/cus_nobody", csv=True)) == (404, "not_found")


@pytest.mark.any_database
@pytest.mark.parametrize("path", [*HEADERS, "reports/overview"])
def test_a_name_that_nothing_reads_is_refused(till, path):
    response = till.get(path, custmer="cus_1")

    assert (refused(response), places(response)) == ((400, "unknown_field"), [("custmer", "unknown_field")])


def test_lists_under_a_thing_refuse_unknown_names_too(till, shop):
    factories.program(shop)
    buyer = factories.customer(shop)
    bought = factories.purchase(shop, buyer).draft.public_id
    member, program = buyer.memberships.get(), Program.objects.get()
    paths = (
        f"memberships/{member.public_id}/entries",
        f"memberships/{member.public_id}/lots",
        f"programs/{program.public_id}/versions",
        f"purchases/{bought}/refunds",
    )

    assert [refused(till.get(path, date="today")) for path in paths] == [(400, "unknown_field")] * len(paths)
