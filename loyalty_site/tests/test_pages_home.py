from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import RequestFactory, override_settings
from django.utils import timezone, translation
from django.views.defaults import server_error
from django_tasks_db.models import DBTaskResult

from customers.merchants.models import Role, StaffMember, User
from customers.models import Import
from loyalty_site import tasks
from loyalty_site.selectors import home
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db
HOME_QUERIES = 29
AT = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def shown(shop, at=AT):
    return {figure.label: figure.value for figure in home.home(factories.place(shop), at=at).figures}


def test_figures_are_those_of_the_overview(shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    factories.purchase(shop, ana, amount=1000, at=datetime(2026, 1, 10, 12, tzinfo=UTC))
    factories.purchase(shop, ana, amount=2000, at=datetime(2026, 1, 20, 12, tzinfo=UTC))
    factories.purchase(shop, ben, amount=500, at=datetime(2026, 3, 20, 12, tzinfo=UTC))
    factories.purchase(shop, None, amount=300, at=datetime(2026, 3, 20, 12, tzinfo=UTC))

    assert shown(shop) == {
        "Revenue": "38.00\xa0€",
        "Purchases": "4",
        "Customers": "2",
        "Average purchase": "9.50\xa0€",
        "Come again": "50.0%",
        "Not seen for 60 days": "50.0%",
        "Share of the best fifth": "85.7%",
        "Days between visits": "10",
    }


def test_what_cannot_be_known_yet_is_said_with_what_is_missing(alice, shop):
    factories.customer(shop)

    page = alice.get("/m/a/").content.decode()

    assert page.count("not known yet") == 6  # five since the beginning, and the returning share of the last 30 days
    assert "It needs a customer who bought on two days." in page


def test_every_figure_has_its_definition(shop):
    factories.purchase(shop, factories.customer(shop))

    figures = home.home(factories.place(shop), at=AT).figures

    assert [figure.label for figure in figures if not figure.definition or "minor units" in figure.definition] == []


def test_points_are_shown_with_what_they_are_worth(shop):
    program = factories.program(shop, point_value=Decimal("1.5"))
    factories.purchase(shop, factories.customer(shop), amount=1399)

    [promised] = home.home(factories.place(shop), at=AT).promised

    assert (promised.program, promised.available, promised.value) == (program, 13, 20)


def buys_twice(shop):
    """Somebody with a gap between two visits."""
    buyer = factories.customer(shop)
    for day in (10, 20):
        factories.purchase(shop, buyer, at=datetime(2026, 3, day, 12, tzinfo=UTC))


def test_home_of_an_owner_costs_literally(alice, shop, django_assert_num_queries):
    # session, user, place; how many cards; nine of the overview; days, returns, buyers, newcomers; newest purchase,
    # newest import, work; what waits for approval and for a look, regulars, newcomers, lots that
    # expire; programs, lots, deficits
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
    factories.purchase(shop, factories.customer(shop), amount=123456)

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


def lately(shop, at=AT):
    return {tile.label: tile for tile in home.home(factories.place(shop), at=at).lately.tiles}


@pytest.fixture
def two_months(shop):
    """A first purchase long ago; in February Ana spent 20.00 twice; in March Ana 30.00, and Ben 15.00 as a new face."""
    ana, ben = factories.customer(shop), factories.customer(shop)
    bought = [(ana, 1, 10, 1000), (ana, 2, 10, 2000), (ana, 2, 20, 2000), (ana, 3, 20, 3000), (ben, 3, 25, 1500)]
    for buyer, month, day, amount in bought:
        factories.purchase(shop, buyer, amount=amount, at=datetime(2026, month, day, 12, tzinfo=UTC))


def test_last_days_are_compared_in_sign_and_words(shop, two_months):
    tiles = lately(shop)

    assert [(tile.value, tile.change, tile.tone) for tile in tiles.values()] == [
        ("45.00\xa0€", "▲ 13% more than the 30 days before (40.00\xa0€)", "good"),
        ("2", "= the same as the 30 days before", ""),
        ("1", "▲ 0 before", "good"),
        ("50%", "▼ 50 percentage points less than before (100%)", "bad"),
    ]
    assert [tile.label for tile in tiles.values() if not tile.definition] == []


def test_young_shop_has_nothing_to_compare_with(shop):
    factories.purchase(shop, factories.customer(shop), at=datetime(2026, 3, 20, 12, tzinfo=UTC))

    assert {tile.change for tile in lately(shop).values()} == {
        "nothing to compare with yet: it needs 60 days on record"
    }


def test_what_changed_is_said_in_words(shop, two_months):
    assert home.home(factories.place(shop), at=AT).lately.changed == [
        "2 customers bought, against 1 in the 30 days before; 1 of them for the first time.",
        "An average purchase is worth more: 22.50\xa0€ after 20.00\xa0€.",
    ]


def test_trend_says_the_last_whole_week_and_leaves_the_present_one_open(shop, two_months):
    trend = home.home(factories.place(shop), at=AT).lately.trend

    assert trend.words.title == "The week of 23 Mar brought 15.00\xa0€; the weeks before 7.27\xa0€ on average"
    assert trend.table.rows[-3:] == [
        ("16 Mar", ["30.00\xa0€", "1"]), ("23 Mar", ["15.00\xa0€", "1"]), ("30 Mar", ["0.00\xa0€", "0"]),
    ]  # fmt: skip
    assert trend.forms[0].lines[0].dots[-1].open


def test_to_do_leads_to_the_people_it_counts(alice, shop):
    factories.program(shop, policies={"expiry": {"kind": "days", "days": 40}}, starts_at=AT.replace(year=2025))
    ana, ben = factories.customer(shop, name="Ana"), factories.customer(shop, name="Ben")
    for day in (10, 12, 14, 16):
        factories.purchase(shop, ana, at=datetime(2026, 2, day, 12, tzinfo=UTC))
    factories.purchase(shop, ben, at=datetime(2026, 3, 1, 12, tzinfo=UTC))

    todos = home.home(factories.place(shop), at=AT).todos

    assert [(todo.title, todo.action, todo.href) for todo in todos] == [
        ("Nothing recorded since 1 Mar 2026", "Record a purchase", "/m/a/counter/"),
        ("1 regular is slipping away", "See the regulars", "/m/a/customers/?quiet=regulars"),
        ("1 new customer has not come back", "See these customers", "/m/a/customers/?once=7"),
        ("10 points expire soon", "See whose points", "/m/a/customers/?expiring=30"),
    ]
    assert [bool(todo.definition) for todo in todos] == [False, True, True, True]
    assert [alice.get(todo.href).status_code for todo in todos] == [200] * 4


def test_to_do_of_an_analyst_does_not_lead_to_the_counter(shop):
    factories.purchase(shop, factories.customer(shop), at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    factories.staff(shop, email="bob@a.test", role=Role.ANALYST)
    bob = StaffMember.objects.select_related("merchant", "user").get(role=Role.ANALYST)

    assert home.home(bob, at=AT).todos == []


def test_shop_without_worries_has_nothing_to_do(alice, shop):
    factories.purchase(shop, factories.customer(shop), at=timezone.now())

    assert "Nothing waits for you" in alice.get("/m/a/").content.decode()


def import_of(shop, **fields):
    return Import.objects.create(
        merchant=shop, kind="purchases", filename="till.csv", fingerprint="", created_at=AT, **fields
    )


@pytest.mark.parametrize(
    ("fields", "title", "action"),
    [
        ({"state": "failed", "message": "This is no table."}, "till.csv could not be read", "Look at the import"),
        ({"state": "done", "rows": 5, "accepted": 3, "rejected": 2}, "2 rows of till.csv were left out", "Mend them"),
    ],
)
def test_import_that_needs_a_hand_is_something_to_do(shop, fields, title, action):
    imported = import_of(shop, **fields)

    [todo] = home.home(factories.place(shop), at=AT).todos

    assert (todo.title, todo.action, todo.href) == (title, action, f"/m/a/imports/{imported.public_id}/")


def test_import_of_long_ago_and_dry_run_are_no_work(shop):
    import_of(shop, state="failed", dry_run=True)

    later = AT + timedelta(days=15)
    assert home.home(factories.place(shop), at=AT).todos == []
    import_of(shop, state="failed")
    assert home.home(factories.place(shop), at=later).todos == []


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


def test_front_leads_to_the_only_shop(alice):
    assert alice.get("/").headers["Location"] == "/m/a/"


def test_front_lists_several_shops(alice, shop):
    other = factories.merchant(slug="b", owner="charlie@b.test")
    factories.staff(other, email="alice@a.test", role=Role.ANALYST)

    page = alice.get("/").content.decode()

    assert 'href="/m/a/"' in page
    assert 'href="/m/b/"' in page


def test_front_tells_somebody_without_a_shop_what_to_do(client):
    client.force_login(User.objects.create_user("erin@nowhere.test"))

    assert "create_merchant" in client.get("/").content.decode()


def test_sign_in_takes_the_e_mail_without_case(client, shop):
    alice = User.objects.get()
    alice.set_password(factories.PASSWORD)
    alice.save()

    response = client.post("/login/?next=/m/a/", {"username": "ALICE@a.test", "password": factories.PASSWORD})

    assert (response.status_code, response.headers["Location"]) == (302, "/m/a/")


def test_wrong_password_is_told_without_saying_which_was_wrong(client, shop):
    page = client.post("/login/", {"username": "alice@a.test", "password": "wrong"}).content.decode()

    assert "This e-mail and password do not belong together." in page


def test_too_many_wrong_passwords_lock_for_a_while(client, shop):
    for __ in range(10):
        response = client.post("/login/", {"username": "alice@a.test", "password": "wrong"})

    assert response.status_code == 429
    assert "Wait 15 minutes" in response.content.decode()


def test_sign_out_needs_a_click(alice):
    assert alice.get("/logout/").status_code == 405
    assert alice.post("/logout/").headers["Location"] == "/login/"


def test_language_is_remembered_with_the_person(alice):
    response = alice.post("/language/", {"language": "es", "next": "/m/a/"})

    assert response.headers["Location"] == "/m/a/"
    assert User.objects.get().language == "es"
    assert '<html lang="es">' in alice.get("/m/a/").content.decode()


def test_language_that_does_not_exist_changes_nothing(alice):
    alice.post("/language/", {"language": "tlh", "next": "/m/a/"})

    assert User.objects.get().language == ""


def test_language_switch_works_before_sign_in(client, shop):
    client.post("/language/", {"language": "es", "next": "/login/"})

    assert '<html lang="es">' in client.get("/login/").content.decode()


def test_address_that_does_not_exist_has_a_page(alice):
    response = alice.get("/nowhere/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_page_for_our_own_mistakes_needs_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = server_error(RequestFactory().get("/")).content.decode()

    assert "Something broke on our side" in page
