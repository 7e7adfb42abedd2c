"""A shared till on its pages: taken over with a PIN, locked, and kept at the counter until it is taken back."""

import pytest
from django.utils import timezone, translation

from customers.merchants import pins
from customers.merchants.models import PinEvent, Role, StaffMember, User
from customers.models import Purchase
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text

pytestmark = pytest.mark.django_db
RECEIPT = "till-0123456789abcdefghijkl"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def erin(shop):
    """Somebody of the staff with a PIN."""
    return pins.choose(place=factories.clerk(shop, email="erin@a.test"), pin="1357", at=timezone.now())


def stand(client, place, pin="1357"):
    return client.post("/m/a/counter/till/", {"staff": place.public_id, "pin": pin})


@pytest.fixture
def owner(shop):
    return factories.place(shop)


def test_purchase_carries_the_name_of_who_stands_there(alice, shop, erin):
    ana = factories.customer(shop)
    taken = stand(alice, erin)

    alice.post(f"/m/a/counter/{ana.public_id}/", {"amount": "5", "receipt": RECEIPT})

    assert taken.headers["Location"] == "/m/a/counter/"
    assert Purchase.objects.get().staff == erin


@pytest.mark.parametrize("page", ["/m/a/settings/", "/m/a/programs/", "/m/a/retention/", "/m/a/customers.csv"])
def test_owners_pages_are_closed_while_somebody_else_stands_there(alice, erin, page):
    assert alice.get(page).status_code == 200
    stand(alice, erin)

    assert alice.get(page).status_code == 403


def test_till_stays_at_its_shop(alice, shop, erin):
    factories.merchant(slug="c", owner="alice@a.test")
    stand(alice, erin)

    found = {page: alice.get(page).headers.get("Location") for page in ("/m/c/", "/account/", "/", "/admin/")}

    assert found == dict.fromkeys(found, "/m/a/counter/till/")
    assert alice.get("/m/a/counter/pin/").status_code == 403
    assert alice.post("/logout/").headers["Location"] == "/login/"


def test_locked_till_opens_nothing_but_its_question(alice, owner, erin):
    alice.post("/m/a/counter/till/lock/")

    for page in ("/m/a/", "/m/a/counter/", "/m/a/settings/", "/account/"):
        assert alice.get(page).headers["Location"] == "/m/a/counter/till/"
    assert "The till is locked." in text(alice.get("/m/a/counter/till/"))
    assert alice.get("/m/a/counter/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/m/a/counter/till/"
    assert PinEvent.objects.latest("pk").kind == "locked"


@pytest.mark.any_database
def test_till_is_taken_back_with_the_password_of_who_signed_in(alice, owner, erin):
    user = User.objects.get(email="alice@a.test")
    user.set_password(factories.PASSWORD)
    user.save()
    alice.force_login(user)
    stand(alice, erin)

    refused = stand(alice, owner, "1357")
    back = stand(alice, owner, factories.PASSWORD)

    assert "This is not the PIN of Alice." in text(refused)
    assert back.headers["Location"] == "/m/a/counter/"
    assert alice.get("/m/a/settings/").status_code == 200


def test_sixth_wrong_pin_waits(alice, erin):
    said = [text(stand(alice, erin, "2468")) for __ in range(6)]

    assert "This is not the PIN of Erin." in said[4]
    assert "Too many wrong PINs for Erin. Wait 15 minutes" in said[5]


def test_pin_that_is_cleared_locks_the_till_where_it_was_used(alice, shop, erin, owner):
    stand(alice, erin)
    pins.clear(place=erin, by=owner, at=timezone.now())

    assert alice.get("/m/a/counter/").headers["Location"] == "/m/a/counter/till/"


def test_names_without_a_pin_and_of_other_shops_cannot_be_chosen(alice, shop, owner):
    without = factories.clerk(shop, email="gus@a.test")
    elsewhere = factories.clerk(factories.merchant(slug="b", owner="charlie@b.test"), email="fay@b.test")
    pins.choose(place=elsewhere, pin="1357", at=timezone.now())

    for place in (without, elsewhere):
        assert "Choose one of the names." in text(stand(alice, place))


def choose(client, **typed):
    return client.post("/m/a/counter/pin/", {"pin": "1357", "again": "1357", "password": factories.PASSWORD, **typed})


@pytest.fixture
def known(dora):
    user = User.objects.get(email="dora@a.test")
    user.set_password(factories.PASSWORD)
    user.save()
    dora.force_login(user)
    return dora


def test_pin_is_chosen_from_the_account(known):
    assert "Set a PIN for Shop A" in text(known.get("/account/"))
    response = choose(known)

    assert response.headers["Location"] == "/account/"
    assert StaffMember.objects.get(user__email="dora@a.test").pin
    assert "Another PIN for Shop A" in text(known.get("/account/"))


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"pin": "1234", "again": "1234"}, "This PIN is the first that anybody tries."),
        ({"pin": "12"}, "The two PINs differ."),
        ({"pin": "12", "again": "12"}, "A PIN has 4 to 6 digits"),
        ({"password": "guessed"}, "This is not your present password."),
    ],
)
def test_pin_is_refused_with_a_sentence(known, typed, sentence):
    assert sentence in text(choose(known, **typed))
    assert StaffMember.objects.get(user__email="dora@a.test").pin == ""


def test_manager_sees_what_happened_and_clears_a_pin(alice, erin, owner):
    stand(alice, erin, "2468")

    page = text(alice.get(f"/m/a/settings/staff/{erin.public_id}/"))
    alice.post(f"/m/a/settings/staff/{erin.public_id}/pin/")

    assert "typed wrong" in page
    assert "signed in: Alice" in page
    assert "1357" not in page
    erin.refresh_from_db()
    assert erin.pin == ""


def test_analysts_have_no_pin(client, shop):
    client.force_login(factories.staff(shop, email="bob@a.test", role=Role.ANALYST))

    assert "PIN" not in text(client.get("/account/"))


def test_lent_till_costs_one_query_more(alice, erin, django_assert_num_queries):
    # session, user, place; who stands there; today's purchases
    stand(alice, erin)

    with django_assert_num_queries(5):
        alice.get("/m/a/counter/")
