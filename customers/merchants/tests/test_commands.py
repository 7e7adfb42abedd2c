"""Commands of an operator: a shop and its keys."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.merchants import keys, shops
from customers.merchants.models import ApiKey, Merchant, StaffMember, User

pytestmark = pytest.mark.django_db

SHOP = {
    "name": "Corner Bakery",
    "slug": "corner-bakery",
    "currency": "EUR",
    "country": "ES",
    "timezone": "Europe/Madrid",
    "owner": "ana@bakery.test",
}


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


def said(command: str, *words: str, **options) -> tuple[str, str]:
    """What a command writes on stdout and stderr."""
    out, err = StringIO(), StringIO()
    call_command(command, *words, **options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_create_merchant_prints_the_slug_and_how_to_set_a_password():
    out, err = said("create_merchant", **SHOP)

    owner = StaffMember.objects.get(merchant__slug="corner-bakery")
    assert out == "corner-bakery\n"
    [link, other] = err.splitlines()
    assert link.startswith("Set ana@bakery.test's password within three days at: http://127.0.0.1:8000/password/")
    assert other == "Or here: python manage.py changepassword ana@bakery.test"
    assert (owner.user.email, owner.role, owner.user.has_usable_password()) == ("ana@bakery.test", "owner", False)


@pytest.mark.parametrize("url", ["https://shop.example", "https://shop.example/"])
def test_create_merchant_prints_a_link_of_the_site_that_sets_the_password(client, url):
    __, err = said("create_merchant", **SHOP, url=url)
    path = re.search(r"https://shop\.example(/password/\S+)", err).group(1)

    form = client.get(path, follow=True)
    chosen = {"new_password1": "a-rather-long-secret", "new_password2": "a-rather-long-secret"}
    answer = client.post(form.request["PATH_INFO"], chosen, follow=True)

    assert User.objects.get().check_password("a-rather-long-secret")
    assert answer.redirect_chain[-1] == ("/m/corner-bakery/", 302)


def test_create_merchant_with_a_password_lets_the_owner_in():
    out, err = said("create_merchant", **SHOP, password="a-rather-long-secret")

    assert (out, err) == ("corner-bakery\n", "")
    assert User.objects.get().check_password("a-rather-long-secret")


def test_create_merchant_keeps_what_the_owner_has():
    said("create_merchant", **SHOP, password="a-rather-long-secret")

    said("create_merchant", **{**SHOP, "slug": "second", "owner": "ANA@bakery.test"})

    assert User.objects.count() == 1
    assert User.objects.get().check_password("a-rather-long-secret")
    assert StaffMember.objects.count() == 2


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("slug", "Corner Bakery", "The short name 'Corner Bakery' must be small letters"),
        ("slug", "", "The short name '' must be small letters"),
        ("slug", "x" * 51, "The short name"),
        ("currency", "EURO", "'EURO' is not a currency code"),
        ("currency", "eur", "'eur' is not a currency code"),
        ("country", "es", "'es' is not a country code"),
        ("country", "XX", "'XX' is not a country code"),
        ("timezone", "Madrid", "'Madrid' is not a time zone"),
        ("owner", "nobody", "'nobody' is not an e-mail address"),
        ("name", "", "A shop needs a name of 1 to 150 characters"),
        ("name", "x" * 151, "A shop needs a name of 1 to 150 characters"),
        ("password", "short", "The password is too weak"),
    ],
)
def test_create_merchant_refuses_what_could_not_work(field, value, sentence):
    with pytest.raises(CommandError) as refusal:
        said("create_merchant", **{**SHOP, field: value})

    assert str(refusal.value).startswith(sentence)
    assert (Merchant.objects.count(), User.objects.count()) == (0, 0)


def test_create_merchant_refuses_a_slug_that_is_taken():
    said("create_merchant", **SHOP)

    with pytest.raises(CommandError, match="Another shop has this short name"):
        said("create_merchant", **SHOP)

    assert Merchant.objects.count() == 1


def test_create_api_key_prints_only_the_key():
    shop = merchant()

    out, err = said("create_api_key", merchant="a", name="till", scope="manage")

    found = keys.find(out.removesuffix("\n"))
    assert (out.count("\n"), err) == (1, "")
    assert (found.merchant, found.name, found.scope) == (shop, "till", "manage")


def test_create_api_key_makes_a_counter_key_by_default():
    merchant()

    said("create_api_key", "--merchant", "a", "--name", "till")

    assert ApiKey.objects.get().scope == "counter"


@pytest.mark.parametrize("by", ["public_id", "name"])
def test_create_api_key_binds_to_a_location(by):
    counter = shops.add_location(merchant=merchant(), name="Front")

    out, __ = said("create_api_key", merchant="a", name="till", location=getattr(counter, by))

    assert keys.find(out.strip()).location == counter


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"merchant": "z"}, "There is no merchant 'z'. There are: a."),
        ({"location": "Nowhere"}, "Shop A has no location 'Nowhere'. It has: Front."),
        ({"name": ""}, "Give the key a name of 1 to 100 characters."),
        ({"name": "x" * 101}, "Give the key a name of 1 to 100 characters."),
    ],
)
def test_create_api_key_refuses_what_does_not_exist(options, sentence):
    shops.add_location(merchant=merchant(), name="Front")

    with pytest.raises(CommandError) as refusal:
        said("create_api_key", **{"merchant": "a", "name": "till", **options})

    assert str(refusal.value) == sentence
    assert ApiKey.objects.count() == 0


def test_create_api_key_refuses_an_unknown_scope():
    merchant()

    with pytest.raises(CommandError, match="invalid choice: 'everything'"):
        said("create_api_key", "--merchant", "a", "--name", "till", "--scope", "everything")


def test_create_api_key_refuses_a_name_that_works_already():
    merchant()
    said("create_api_key", merchant="a", name="till")

    with pytest.raises(CommandError, match="A working key has this name already"):
        said("create_api_key", merchant="a", name="till")


def test_revoke_api_key_ends_it_at_once():
    merchant()
    out, __ = said("create_api_key", merchant="a", name="till")

    told, __ = said("revoke_api_key", merchant="a", name="till")

    assert told == "The key 'till' no longer works.\n"
    assert keys.find(out.strip()) is None


def test_revoke_api_key_refuses_a_name_that_does_not_work():
    merchant()

    with pytest.raises(CommandError, match="Shop A has no working key named 'till'"):
        said("revoke_api_key", merchant="a", name="till")
