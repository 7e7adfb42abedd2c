"""Plain tuples into the database: the same rows as `bulk_create`, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, transaction

from customers.merchants import rows
from customers.merchants.models import ApiKey, Location, Merchant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 12, 0, 0, 123456, tzinfo=UTC)
MERCHANT = {"currency": "EUR", "country": "ES", "timezone": "Europe/Madrid", "created_at": AT}
FIELDS = ["public_id", "name", "slug", "currency", "country", "timezone", "note", "created_at"]


def values(count):
    """Merchants whose names would break a careless writer."""
    awkward = ["plain", "tab\there", "new\nline", "back\\slash", "\\N", "quote'\"", "ñandú 🥐", "%s %(x)s", ""]
    return [
        (f"mer_{place}", awkward[place % len(awkward)], f"m{place}", "EUR", "ES", "Europe/Madrid", "", AT)
        for place in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 23, 24, 1201])
def test_insert_writes_what_bulk_create_writes(count):
    shop = Merchant.objects.create(name="A", slug="a", **MERCHANT)
    fields = ["public_id", "merchant", "name", "scope", "hash", "hint", "created_at", "revoked_at"]
    keys = [(f"key_{row[2]}", shop.pk, f"{row[1]}{row[2]}", "read", row[2], "", AT, None) for row in values(count)]
    columns = ["public_id", "merchant_id", *fields[2:]]
    ApiKey.objects.bulk_create([ApiKey(**dict(zip(columns, key, strict=True))) for key in keys])
    expected = list(ApiKey.objects.order_by("hash").values_list(*fields))
    ApiKey.objects.all().delete()

    rows.insert(ApiKey, fields, keys)

    assert list(ApiKey.objects.order_by("hash").values_list(*fields)) == expected


def test_store_writes_objects_as_bulk_create_does():
    shop = Merchant.objects.create(name="A", slug="a", **MERCHANT)
    fields = {"merchant": shop, "scope": "read", "created_at": AT}
    names = [row[1] for row in values(30)]

    stored = [ApiKey(name=f"{name}{place}", hash=str(place), **fields) for place, name in enumerate(names)]
    rows.store(stored)

    assert list(ApiKey.objects.order_by("pk")) == stored
    assert [one.name for one in ApiKey.objects.order_by("pk")] == [one.name for one in stored]
    kept = ApiKey.objects.values_list("revoked_at", "created_at", "merchant")
    assert list(kept) == [(None, AT, shop.pk)] * 30
    assert not any(one._state.adding for one in stored)


def test_store_of_nothing_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        rows.store([])


def test_insert_of_nothing_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        rows.insert(Merchant, FIELDS, [])


def test_insert_converts_moments_of_other_zones():
    local = AT.astimezone(timezone(timedelta(hours=2)))

    rows.insert(Merchant, FIELDS, [("mer_1", "A", "a", "EUR", "ES", "Europe/Madrid", "", local)])

    assert Merchant.objects.get().created_at == AT


def test_constraints_hold_for_plain_rows():
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(Merchant, FIELDS, [("mer_1", "A", "a", "euro"[:3], "ES", "Europe/Madrid", "", AT)])

    assert not Merchant.objects.exists()


def test_reserved_keys_are_fresh_and_never_given_again():
    first = rows.reserve(Merchant, 3)
    rows.insert(Merchant, ["id", *FIELDS], [(key, *row) for key, row in zip(first, values(3), strict=True)])

    later = Merchant.objects.create(name="B", slug="b", **MERCHANT)
    second = rows.reserve(Merchant, 2)

    assert len({*first, later.pk, *second}) == 6
    assert later.pk > max(first)


def test_upsert_changes_what_stands_and_inserts_what_does_not():
    shop = Merchant.objects.create(name="A", slug="a", **MERCHANT)

    rows.upsert(
        Merchant,
        FIELDS,
        [("mer_1", "A2", "a", "EUR", "ES", "Europe/Madrid", "", AT), ("mer_2", "B", "b", "EUR", "ES", "UTC", "", AT)],
        key=["slug"],
        changes="name = excluded.name",
    )

    shop.refresh_from_db()
    assert shop.name == "A2"
    assert Merchant.objects.get(slug="b").public_id == "mer_2"


def test_change_sets_each_row_its_own_values():
    shops = [Merchant.objects.create(name=name, slug=name, **MERCHANT) for name in "ab"]
    places = [Location.objects.create(merchant=shops[0], name=str(place)) for place in range(3)]

    rows.change(Location, ["merchant"], [(places[0].pk, shops[1].pk), (places[2].pk, shops[1].pk)])

    assert list(Location.objects.order_by("pk").values_list("merchant__slug", flat=True)) == ["b", "a", "b"]


def test_change_cells_sets_cells_of_any_type_and_empty_ones():
    shop = Merchant.objects.create(name="A", slug="a", **MERCHANT)
    made = [
        ApiKey.objects.create(merchant=shop, name=name, scope="read", hash=name * 64, hint="ficha_", created_at=AT)
        for name in "abc"
    ]

    changes = [(made[0].pk, "x, {y}", AT), (made[2].pk, 'z "\\', None)]
    rows.change_cells(ApiKey, ["name", "revoked_at"], changes)

    found = ApiKey.objects.order_by("pk").values_list("name", "revoked_at")
    assert list(found) == [("x, {y}", AT), ("b", None), ('z "\\', None)]


def test_prepare_leaves_empty_cells_empty():
    shop = Merchant.objects.create(name="A", slug="a", **MERCHANT)
    fields = ["public_id", "merchant", "name", "scope", "location", "hash", "hint", "created_at", "revoked_at"]

    rows.insert(ApiKey, fields, [("key_1", shop.pk, "till", "read", None, "0" * 64, "ficha_", AT, None)])

    assert ApiKey.objects.values_list("location", "revoked_at", "created_at").get() == (None, None, AT)
