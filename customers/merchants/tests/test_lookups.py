import pytest

from customers.merchants import rows
from customers.merchants.models import Location, Merchant

pytestmark = pytest.mark.django_db


@pytest.fixture
def shops():
    fields = {"currency": "EUR", "country": "ES", "timezone": "Europe/Madrid"}
    made = [Merchant.objects.create(name=f"Shop {slug}", slug=slug, **fields) for slug in "abc"]
    for shop in made:
        Location.objects.create(merchant=shop, name="Main")
    return made


AWKWARD = ["a", "c", "nobody", "quote'\"\\", "ñ", "{a}", "a,b", "NULL"]


@pytest.mark.parametrize("values", [[], [""], ["a"], AWKWARD, [str(number) for number in range(40_000)]])
def test_among_finds_what_in_finds(shops, values):
    found = Merchant.objects.filter(slug__among=values).order_by("slug")

    assert list(found) == [shop for shop in shops if shop.slug in values]


def test_among_takes_keys(shops):
    keys = {shops[0].pk, shops[2].pk, 10**12}

    assert set(Merchant.objects.filter(pk__among=keys)) == {shops[0], shops[2]}
    assert Location.objects.filter(merchant_id__among=keys).count() == 2
    assert Location.objects.exclude(merchant_id__among=keys).get().merchant == shops[1]


def test_among_is_one_parameter(shops):
    __, params = Merchant.objects.filter(slug__among=["a", "b", "c"]).query.sql_with_params()

    assert len(params) == 1


def test_among_refuses_a_nul_and_does_not_cut_there(shops):
    with pytest.raises(ValueError, match="NUL"):
        rows.array(["a\0b", "c"])
