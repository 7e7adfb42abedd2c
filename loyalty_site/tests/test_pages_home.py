from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import RequestFactory, override_settings
from django.utils import translation
from django.views.defaults import server_error

from customers.merchants.models import Role, User
from loyalty_site.selectors import home
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db
HOME_QUERIES = 17
AT = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop():
    return factories.merchant()


@pytest.fixture
def alice(client, shop):
    client.force_login(User.objects.get(email="alice@a.test"))
    return client


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

    assert page.count("not known yet") == 5
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


def test_home_of_an_owner_costs_literally(alice, shop, django_assert_num_queries):
    # session, user, place; how many cards; thirteen of the overview; programs, lots, deficits; newest purchase
    factories.program(shop)
    factories.purchase(shop, factories.customer(shop))

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
