"""Every page of the site against everybody who might ask for it. A page that is not in the table fails the test."""

import pytest
from django.urls import reverse

from customers.merchants.models import StaffMember, User
from customers.models import Customer, Purchase
from loyalty_site.pages.urls import urlpatterns
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db

WHO = ["anonymous", "charlie", "bob", "dora", "alice"]
#                    nobody, stranger, analyst, staff, owner
PAGES = {
    ("GET", "front"): [302, 302, 302, 302, 302],
    ("GET", "login"): [200, 302, 302, 302, 302],
    ("GET", "home"): [302, 404, 200, 200, 200],
    ("GET", "counter"): [302, 404, 403, 200, 200],
    ("GET", "counter_enrol"): [302, 404, 403, 200, 200],
    ("POST", "counter_enrol"): [302, 404, 403, 302, 302],
    ("GET", "counter_card"): [302, 404, 403, 200, 200],
    ("POST", "counter_card"): [302, 404, 403, 302, 302],
    ("GET", "customers"): [302, 404, 200, 200, 200],
    ("GET", "customer"): [302, 404, 200, 200, 200],
    ("GET", "retention"): [302, 404, 200, 403, 200],
    ("GET", "retention_csv"): [302, 404, 200, 403, 200],
    ("POST", "logout"): [302, 302, 302, 302, 302],
    ("POST", "language"): [302, 302, 302, 302, 302],
}
SENT = {
    "counter_enrol": {"name": "New"},
    "counter_card": {"amount": "12.50", "receipt": "till-0123456789abcdefghijkl"},
    "language": {"language": "es", "next": "/"},
}
WRITES = ["counter_enrol", "counter_card"]
ROWS = [(*page, who, status) for page, statuses in PAGES.items() for who, status in zip(WHO, statuses, strict=True)]


@pytest.fixture
def people():
    return factories.people()


@pytest.fixture
def customer(people):
    return factories.customer(people["alice"].places.get().merchant)


def address(name, customer):
    """The page at shop A, where Charlie has no place."""
    known = {"slug": "a", "public_id": customer.public_id}
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    return reverse(name, kwargs={part: known[part] for part in pattern.pattern.converters})


def ask(client, method, name, who, people, customer):
    if who != "anonymous":
        client.force_login(people[who])
    if method == "GET":
        return client.get(address(name, customer))
    return client.post(address(name, customer), SENT.get(name, {}))


def counts():
    return Customer.objects.count(), Purchase.objects.count()


def test_every_page_is_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == {name for __, name in PAGES}


@pytest.mark.parametrize(("method", "name", "who", "status"), ROWS)
def test_page_answers_each_person_as_it_should(client, people, customer, method, name, who, status):
    before = counts()

    response = ask(client, method, name, who, people, customer)

    done = method == "POST" and name in WRITES and who in {"dora", "alice"}
    assert response.status_code == status
    assert (counts() != before) == done


@pytest.mark.parametrize(("method", "name", "who", "status"), ROWS)
def test_page_carries_the_strict_policy(client, people, customer, method, name, who, status):
    response = ask(client, method, name, who, people, customer)

    assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")


@pytest.mark.parametrize("name", [name for method, name in PAGES if method == "GET" and name not in {"login"}])
def test_page_comes_back_after_sign_in(client, customer, name):
    url = address(name, customer)

    response = client.get(url)

    assert response.headers["Location"] == f"/login/?next={url}"


@pytest.mark.parametrize("name", ["counter_card", "customer"])
def test_customer_of_another_shop_does_not_exist(client, people, customer, name):
    client.force_login(people["charlie"])

    response = client.get(reverse(name, args=["b", customer.public_id]))

    assert response.status_code == 404


def test_purchase_for_a_customer_of_another_shop_is_not_recorded(client, people, customer):
    client.force_login(people["charlie"])

    response = client.post(reverse("counter_card", args=["b", customer.public_id]), SENT["counter_card"])

    assert response.status_code == 404
    assert Purchase.objects.count() == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("counter/?q=%00", 200),
        ("counter/enrol/?q=%00", 200),
        ("counter/{id}/?receipt=%00&amount=%00", 200),
        ("counter/%00/", 404),
        ("customers/?search=%00&page=%00", 200),
        ("customers/%00/", 404),
        ("retention/?from=%00&show=%00", 200),
        ("retention.csv?to=%00", 400),
    ],
)
def test_nonsense_in_the_address_is_answered(client, people, customer, path, status):
    client.force_login(people["alice"])

    assert client.get("/m/a/" + path.format(id=customer.public_id)).status_code == status


def test_place_that_was_taken_away_opens_nothing(client, people):
    StaffMember.objects.filter(user=people["dora"]).update(is_active=False)
    client.force_login(people["dora"])

    assert client.get("/m/a/").status_code == 404


def test_login_that_was_switched_off_opens_nothing(client, people):
    client.force_login(people["dora"])
    User.objects.filter(pk=people["dora"].pk).update(is_active=False)

    assert client.get("/m/a/").status_code == 302
