from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from customers.merchants.models import Role
from loyalty_site import tasks
from loyalty_site.selectors import home
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db
HOME_QUERIES = 28
AT = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def buys_twice(shop):
    """Somebody with a gap between two visits."""
    buyer = factories.customer(shop)
    for day in (10, 20):
        factories.purchase(shop, buyer, at=datetime(2026, 3, day, 12, tzinfo=UTC))


def said(shop, at=AT):
    return {one.label: one for one in home.home(factories.place(shop), at=at).money.amounts}


def test_money_comes_first_with_the_same_days_before(shop):
    buyer = factories.customer(shop)
    for day, amount in [((2025, 3, 5), 5000), ((2026, 2, 5), 2000), ((2026, 3, 5), 3000)]:
        factories.purchase(shop, buyer, amount=amount, at=datetime(*day, 12, tzinfo=UTC))

    sold = said(shop)["Sold in March so far"]

    assert (sold.value, [(one.words, one.tone) for one in sold.changes]) == (
        "30.00\xa0€",
        [
            ("▲ 50% more than 1 to 28 Feb 2026 (20.00\xa0€)", "good"),
            ("1 to 31 Mar 2025: not on record", ""),
        ],
    )


def test_what_was_given_and_what_is_owed_stand_beside_it(shop):
    factories.program(shop, point_value=Decimal("1.5"))
    factories.purchase(shop, factories.customer(shop), amount=1399)

    amounts = said(shop)

    assert [(one.value, one.beside) for one in list(amounts.values())[1:]] == [
        ("0.00\xa0€", ["earned anew: worth 0.20\xa0€"]),
        ("0.20\xa0€", ["13 points"]),
    ]
    assert [one.label for one in amounts.values() if not one.definition] == []


def test_points_without_a_value_owe_nobody_knows_how_much(shop):
    factories.program(shop)
    factories.purchase(shop, factories.customer(shop), amount=1399)

    owed = said(shop)["Owed to customers"]

    assert (owed.value, owed.missing, owed.beside) == (None, "It needs the value of a point.", ["13 points"])


def test_objective_is_drawn_with_its_target_and_table(shop):
    aim = {"metric": "average_purchase", "target": 2000, "by": "2026-12-31"}
    factories.program(shop, objective=aim, starts_at=datetime(2026, 2, 1, tzinfo=UTC))
    buyer = factories.customer(shop)
    for month, amount in [(1, 1000), (2, 1500), (3, 500)]:
        factories.purchase(shop, buyer, amount=amount, at=datetime(2026, month, 1, 12, tzinfo=UTC))

    found = home.home(factories.place(shop), at=AT).objective

    assert found.finding == (
        "Feb 2026: 15.00\xa0€, on the way to 20.00\xa0€ by 31 Dec 2026 (10.91\xa0€ would do by now)."
    )
    assert found.chart.table.head == ["Month", "Average purchase", "Target"]
    assert found.chart.table.rows == [
        ("Jan 26", ["10.00\xa0€", "20.00\xa0€"]), ("Feb 26", ["15.00\xa0€", "20.00\xa0€"]),
        ("Mar 26", ["5.00\xa0€", "20.00\xa0€"]),
    ]  # fmt: skip
    assert found.chart.forms[0].lines[0].dots[-1].open


def test_revenue_stands_where_no_program_aims_at_anything(alice, shop):
    for month in (1, 2, 3):
        factories.purchase(shop, factories.customer(shop), at=datetime(2026, month, 1, 12, tzinfo=UTC))

    found = home.home(factories.place(shop), at=AT).objective

    assert (found.program, found.finding, found.chart.table.head) == (
        None, "Feb 2026: 10.00\xa0€", ["Month", "Revenue in a month"],
    )  # fmt: skip


def test_recommendations_that_nothing_records_are_not_drawn(shop):
    factories.program(shop, objective={"metric": "referred_customers", "target": 20, "by": "2026-12-31"})

    found = home.home(factories.place(shop), at=AT).objective

    assert (found.chart, found.finding) == (
        None, "Aim by 31 Dec 2026: 20 (customers who came on a recommendation). Nothing on record tells it yet."
    )  # fmt: skip


def test_health_says_what_came_in_last_and_whether_all_goes_on(alice, shop):
    factories.purchase(shop, factories.customer(shop), at=timezone.now())

    page = alice.get("/m/a/").content.decode()

    assert "none yet: the worker makes them" in page
    assert f"{connection.display_name} answers" in page


def test_home_of_an_owner_costs_literally(alice, shop, django_assert_num_queries):
    # session, user, place; first day, three times the same days, returns; programs, granted, lots, deficits;
    # newest purchase, newest import, work, night; the objective's months; what waits for approval and for a look;
    # the night again, regulars, the shop's gap (two, as nothing is kept), newcomers; lots and vouchers that end,
    # birthdays, unasked
    factories.program(shop)
    buys_twice(shop)

    with django_assert_num_queries(HOME_QUERIES):
        alice.get("/m/a/")


def test_staff_see_the_counter_and_no_money(client, shop):
    client.force_login(factories.staff(shop, email="dora@a.test", role=Role.STAFF))
    factories.purchase(shop, factories.customer(shop), amount=123456)

    page = client.get("/m/a/").content.decode()

    assert "1 customer has a card here." in page
    assert 'href="/m/a/counter/"' in page
    assert "1,234.56" not in page
    assert "/m/a/retention/" not in page


def test_analyst_sees_figures_and_no_counter(client, shop):
    client.force_login(factories.staff(shop, email="bob@a.test", role=Role.ANALYST))
    factories.purchase(shop, factories.customer(shop), amount=123456, at=timezone.now())

    page = client.get("/m/a/").content.decode()

    assert "1,234.56" in page
    assert "/m/a/retention/" in page
    assert "/m/a/counter/" not in page


def test_empty_shop_teaches_the_next_step(alice):
    page = alice.get("/m/a/").content.decode()

    assert "python manage.py import_csv --merchant a --kind purchases receipts.csv" in page


@pytest.mark.parametrize("number", [1, 30])
def test_home_of_a_cashier_costs_literally(client, shop, django_assert_num_queries, number):
    # session, user, place; how many cards; today, the latest, their customers
    dora = factories.staff(shop, email="dora@a.test", role=Role.STAFF)
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop), at=timezone.now(), staff_id=dora.places.get().pk)
    client.force_login(dora)

    with django_assert_num_queries(7):
        client.get("/m/a/")


def test_home_costs_the_same_for_many(alice, shop, django_assert_num_queries):
    factories.program(shop)
    for __ in range(30):
        buys_twice(shop)

    with django_assert_num_queries(HOME_QUERIES):
        alice.get("/m/a/")


def test_work_that_waits_too_long_asks_for_the_worker(shop):
    tasks.forget_old_replies.enqueue()

    soon, late = timezone.now(), timezone.now() + timedelta(minutes=11)
    assert home.home(factories.place(shop), at=soon).health.work.sentence == "1 task is about to run."
    assert home.home(factories.place(shop), at=late).health.work.sentence == (
        "1 task is waiting for longer than ten minutes. Is the worker running?"
    )


def test_work_that_failed_for_good_is_told_for_a_week(shop):
    tasks.forget_old_replies.enqueue()
    DBTaskResult.objects.update(status="FAILED", finished_at=AT - timedelta(days=6))

    assert home.home(factories.place(shop), at=AT).health.work.sentence == (
        "1 task failed for good in the last seven days."
    )
    assert home.home(factories.place(shop), at=AT + timedelta(days=2)).health.work.sentence == (
        "Nothing waits, nothing failed."
    )


def test_cashier_sees_their_own_day_and_people(client, shop):
    user = factories.staff(shop, email="dora@a.test", role=Role.STAFF)
    dora, now = user.places.get(), timezone.now()
    ana, ben = factories.customer(shop, name="Ana"), factories.customer(shop, name="Ben")
    factories.purchase(shop, ana, amount=1250, at=now, staff_id=dora.pk)
    factories.purchase(shop, ana, amount=250, at=now, staff_id=dora.pk)
    factories.purchase(shop, ben, amount=99900, at=now)
    client.force_login(user)

    page = client.get("/m/a/").content.decode()

    assert "15.00\xa0€" in page
    assert ("Ana" in page, "Ben" in page, "999.00" in page) == (True, False, False)
    assert f"/m/a/counter/{ana.public_id}/" in page


def test_cashier_who_served_nobody_is_told_what_will_stand_here(client, shop):
    client.force_login(factories.staff(shop, email="dora@a.test", role=Role.STAFF))

    assert "Nobody in the last seven days." in client.get("/m/a/").content.decode()


def test_note_of_the_merchant_is_shown(alice, shop):
    shop.note = "Real purchases, invented names."
    shop.save()

    assert "Real purchases, invented names." in alice.get("/m/a/").content.decode()


@pytest.mark.parametrize(("host", "told"), [("localhost:8000", False), ("127.0.0.1", False), ("shop.test", True)])
@override_settings(ALLOWED_HOSTS=["*"])
def test_plain_http_is_told_where_others_can_listen(alice, host, told):
    page = alice.get("/m/a/", headers={"host": host}).content.decode()

    assert ("Not encrypted." in page) == told
