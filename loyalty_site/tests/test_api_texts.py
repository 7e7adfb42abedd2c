"""Text that no database keeps, and addresses beyond reason: refused, never a 500, on both databases alike."""

import pytest

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused

pytestmark = pytest.mark.django_db

HALF = "\\ud800"  # half of a surrogate pair, as JSON writes it


@pytest.fixture
def till(shop):
    return api_client.api(shop)


@pytest.mark.any_database
@pytest.mark.parametrize(
    "field", ["name", "external_id", "phone", "email", "card_code", "city", "gender", "birthday", "notes", "location"]
)
@pytest.mark.parametrize(("text", "code"), [("\\u0000", "null_characters"), (HALF, "surrogate_characters")])
def test_text_that_no_database_keeps_is_refused(till, field, text, code):
    response = till.post("customers", f'{{"{field}": "a{text}b"}}')

    assert places(response) == [(field, f"{code}_not_allowed")]


@pytest.mark.parametrize("text", ['"\\u0000"', f'"{HALF}"', "1e400", "[" * 30 + "]" * 30, f'{{"{HALF}": 1}}'])
def test_attributes_that_no_database_keeps_are_refused(till, text):
    response = till.post("customers", f'{{"attributes": {{"free": {text}}}}}')

    assert places(response) == [("attributes", "unstorable")]


@pytest.mark.parametrize(
    "body",
    ['{"lines": [{"amount": 1, "sku": "a%sb"}]}', '{"amount": 1, "identify": {"card_code": "a%sb"}}'],
)
@pytest.mark.parametrize("text", ["\\u0000", HALF])
def test_text_inside_a_purchase_that_no_database_keeps_is_refused(till, body, text):
    assert till.post("purchases", body % text).status_code == 400


@pytest.mark.parametrize("path", ["customers/%00", "purchases/a%00", "memberships/%00/lots", "imports/%00"])
def test_id_with_a_null_character_is_missing(till, path):
    assert refused(till.get(path)) == (404, "not_found")


@pytest.mark.parametrize("path", ["customers/" + "9" * 40, "purchases/" + "x" * 3000, "programs/%ED%A0%80"])
def test_id_beyond_reason_is_missing(till, path):
    assert refused(till.get(path)) == (404, "not_found")


def test_change_of_an_id_beyond_reason_is_missing(till):
    assert refused(till.post(f"purchases/{'x' * 300}/void")) == (404, "not_found")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("customers", "search"),
        ("customers", "phone"),
        ("customers/lookup", "q"),
        ("memberships", "customer"),
        ("purchases", "external_id"),
    ],
)
def test_filter_with_a_null_character_is_refused(till, path, name):
    response = till.get(path, **{name: "a\0"})

    assert refused(response) == (400, "null_characters_not_allowed")
    assert places(response) == [(name, "null_characters_not_allowed")]


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "never"])
def test_filter_by_a_moment_that_is_none_answers_no_500(till, shop, sent):
    factories.customer(shop)

    assert till.get("customers", created_after=sent).status_code in {200, 400}
