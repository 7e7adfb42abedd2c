"""API keys: shown once, kept as a hash, ended at once."""

import hashlib
from datetime import UTC, datetime

import pytest

from customers.merchants import keys, shops
from customers.merchants.models import ApiKey, Scope
from customers.merchants.refusals import Invalid, Missing

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def merchant(slug: str = "a", owner: str = "alice@a.test"):
    """A shop in Madrid."""
    return shops.open_shop(
        name=f"Shop {slug.upper()}",
        slug=slug,
        currency="EUR",
        country="ES",
        timezone="Europe/Madrid",
        owner_email=owner,
    )[0]


@pytest.fixture
def shop():
    return merchant()


def test_key_is_stored_as_a_hash_only(shop):
    key = keys.create(merchant=shop, name="till", scope="counter", at=AT)

    stored = ApiKey.objects.get()
    assert key.startswith("ficha_")
    assert len(key) == 49
    assert stored.hash == hashlib.sha256(key.encode()).hexdigest()
    assert [value for value in ApiKey.objects.values().get().values() if value == key] == []
    assert stored.hint == key[:12]


def test_key_opens_its_merchant(shop, django_assert_num_queries):
    counter = shops.add_location(merchant=shop, name="Front")
    key = keys.create(merchant=shop, name="till", scope="counter", at=AT, location=counter)

    with django_assert_num_queries(1):
        found = keys.find(key)
        assert (found.merchant, found.location, found.scope) == (shop, counter, "counter")


@pytest.mark.parametrize("text", ["", "ficha_", "ficha_wrong", "clé", "a\0b", "x" * 10_000])
def test_text_that_is_no_key_opens_nothing(shop, text):
    keys.create(merchant=shop, name="till", scope="counter", at=AT)

    assert keys.find(text) is None


def test_revoked_key_opens_nothing(shop):
    key = keys.create(merchant=shop, name="till", scope="counter", at=AT)

    keys.revoke(merchant=shop, name="till", at=AT)

    assert keys.find(key) is None
    assert ApiKey.objects.get().revoked_at == AT


def test_revoked_name_is_free_again(shop):
    keys.create(merchant=shop, name="till", scope="counter", at=AT)
    keys.revoke(merchant=shop, name="till", at=AT)

    again = keys.create(merchant=shop, name="till", scope="read", at=AT)

    assert keys.find(again).scope == "read"


def test_name_of_a_working_key_is_taken(shop):
    keys.create(merchant=shop, name="till", scope="counter", at=AT)

    with pytest.raises(keys.KeyNameTaken):
        keys.create(merchant=shop, name="till", scope="counter", at=AT)

    assert ApiKey.objects.count() == 1


def test_name_is_free_at_another_shop(shop):
    other = merchant(slug="b", owner="charlie@b.test")

    made = [keys.create(merchant=one, name="till", scope="read", at=AT) for one in (shop, other)]

    assert [keys.find(key).merchant for key in made] == [shop, other]


def test_revoking_a_name_of_another_shop_is_missing(shop):
    key = keys.create(merchant=shop, name="till", scope="read", at=AT)

    with pytest.raises(Missing):
        keys.revoke(merchant=merchant(slug="b", owner="charlie@b.test"), name="till", at=AT)

    assert keys.find(key) is not None


def test_scope_that_does_not_exist_is_refused(shop):
    with pytest.raises(Invalid) as refusal:
        keys.create(merchant=shop, name="till", scope="everything", at=AT)

    assert refusal.value.field == "scope"
    assert ApiKey.objects.count() == 0


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("read", ["read"]), ("counter", ["read", "counter"]), ("manage", ["read", "counter", "manage"])],
)
def test_scope_includes_those_before_it(scope, allowed):
    key = ApiKey(scope=scope)

    assert [one for one in Scope.values if key.allows(one)] == allowed
