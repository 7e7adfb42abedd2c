"""What a customer agreed to, over the API."""

import pytest

from customers.models import Consent
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows

pytestmark = pytest.mark.django_db
YES = {
    "channel": "email",
    "purpose": "marketing",
    "granted": True,
    "source": "till",
    "wording": "May we write to you?",
    "version": "2026-03",
}


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="counter")


@pytest.fixture
def path(shop):
    return f"customers/{factories.customer(shop).public_id}/consents"


def test_a_yes_keeps_where_it_was_said_and_what_was_read(till, path):
    made = till.post(path, YES, once=None)

    assert made.status_code == 201
    assert {name: made.json()[name] for name in YES} == YES
    assert till.get(path).json()["data"] == [made.json()]


def test_a_withdrawal_is_a_new_row_and_the_newest_holds(till, path):
    till.post(path, YES)
    till.post(path, {**YES, "granted": False})

    customer = till.get(path.removesuffix("/consents")).json()
    assert [one["granted"] for one in till.get(path).json()["data"]] == [False, True]
    assert [one["granted"] for one in customer["consents"]] == [False]


def test_consents_as_csv(till, path):
    till.post(path, YES)

    [row] = rows(till.get(path, csv=True))
    assert list(row) == [*YES, "recorded_at"]
    assert list(row.values())[:6] == ["email", "marketing", "True", "till", "May we write to you?", "2026-03"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({**YES, "channel": "pigeon"}, "channel"), ({"channel": "email", "purpose": "x"}, "granted")],
)
def test_what_is_no_consent_is_refused_by_its_field(till, path, body, field):
    response = till.post(path, body)

    assert response.status_code == 400
    assert places(response)[0][0] == field
    assert not Consent.objects.exists()


def test_a_dry_run_keeps_nothing(till, path):
    assert till.post(f"{path}?dry_run=true", YES).status_code == 200
    assert not Consent.objects.exists()


def test_a_reading_key_may_not_speak_for_a_customer(shop, path):
    assert refused(api_client.api(shop, scope="read").post(path, YES)) == (403, "insufficient_scope")


def test_consents_cost_the_same_for_one_and_for_thirty(till, path, django_assert_num_queries):
    till.post(path, YES)
    with django_assert_num_queries(3):
        till.get(path)
    Consent.objects.bulk_create(
        [
            Consent(customer_id=Consent.objects.values_list("customer", flat=True)[0], recorded_at=factories.AT,
                    channel="sms", purpose=f"p{number}", granted=True)
            for number in range(29)
        ]
    )  # fmt: skip
    with django_assert_num_queries(3):
        till.get(path, limit=100)
