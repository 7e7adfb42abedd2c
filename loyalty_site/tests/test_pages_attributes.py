"""Attributes that a shop defines: in the settings, on cards, in files and over the API."""

import pytest

from customers import attributes
from customers.models import AttributeField, Customer
from loyalty_site.tests import api_client, factories, files
from loyalty_site.tests.api_client import places, refused

pytestmark = pytest.mark.django_db
PAGE = "/m/a/settings/attributes/"


@pytest.fixture
def size(shop):
    return attributes.define(merchant=shop, label="Shoe size", kind="number", at=factories.AT)


@pytest.fixture
def why(shop):
    how = {"kind": "tags", "group": "motivation", "choices": ["Price", "Taste"]}
    return attributes.define(merchant=shop, label="Comes for", at=factories.AT, **how)


def test_settings_add_and_change_an_attribute(alice, shop):
    said = alice.post(
        PAGE, {"label": "Comes for", "kind": "choice", "group": "motivation", "choices": "Price\nTaste\n"}
    )
    made = AttributeField.objects.get()
    alice.post(f"{PAGE}{made.public_id}/", {"label": "Comes for", "group": "preference", "choices": "Price"})

    made.refresh_from_db()
    assert said.status_code == 302
    assert (made.key, made.kind, made.group, made.choices) == ("comes_for", "choice", "preference", ["Price"])
    assert "attributes.comes_for" in alice.get(PAGE).content.decode()


def test_settings_say_what_is_wrong_beside_the_field(alice, size):
    taken = alice.post(PAGE, {"label": "Shoe size", "kind": "text", "group": "fact"}).content.decode()
    empty = alice.post(PAGE, {"label": "Colour", "kind": "choice", "group": "fact", "choices": " "}).content.decode()

    assert "There is an attribute of this name already. Choose another name." in taken
    assert "Write the choices, one on each line" in empty
    assert AttributeField.objects.count() == 1


def test_card_asks_for_attributes_and_shows_them_by_name(alice, shop, size, why):
    ana = factories.customer(shop, name="Ana", attributes={"pet": "dog", "shoe_size": 38})
    page = f"/m/a/customers/{ana.public_id}/edit/"
    form = alice.get(page).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if not name.startswith("consent")}

    saved = alice.post(page, {**sent, "fact-shoe_size": "38,5", "fact-comes_for": ["Taste"]})

    ana.refresh_from_db()
    shown = alice.get(f"/m/a/customers/{ana.public_id}/").content.decode()
    assert saved.status_code == 302
    assert ana.attributes == {"pet": "dog", "shoe_size": 38.5, "comes_for": ["Taste"]}
    assert "<dt>Shoe size</dt><dd>38.5</dd>" in shown
    assert "<dt>Comes for</dt><dd>Taste</dd>" in shown


def test_card_says_beside_the_field_what_it_does_not_take(alice, shop, size):
    page = alice.post("/m/a/customers/new/", {"name": "Ana", "fact-shoe_size": "big"}).content.decode()

    assert "&#x27;Shoe size&#x27; is a number, such as 42 or 42.5, and not &#x27;big&#x27;." in page
    assert not Customer.objects.exists()


def test_a_file_is_checked_by_the_attributes_of_the_shop(shop, size):
    done = files.send(shop, "name,email,Shoe size\nJo,jo@a.test,41\nAl,al@a.test,big\n", kind="customers")

    assert Customer.objects.get().attributes == {"shoe_size": 41}
    assert [(fault.line, fault.value) for fault in done.faults.all()] == [(3, "big")]


def test_the_api_defines_changes_removes_and_refuses_by_the_place(shop):
    till = api_client.api(shop)

    made = till.post("attributes", {"label": "Shoe size", "kind": "number"}, once=None).json()
    wrong = till.post("customers", {"name": "Jo", "attributes": {"shoe_size": "big"}})
    right = till.post("customers", {"name": "Jo", "attributes": {"shoe_size": "38", "free": [1]}})
    changed = till.patch(f"attributes/{made['id']}", {"label": "Size"}).json()

    assert made["key"] == "shoe_size"
    assert refused(wrong) == (400, "invalid_attribute")
    assert places(wrong) == [("attributes.shoe_size", "invalid_attribute")]
    assert right.json()["attributes"] == {"shoe_size": 38, "free": [1]}
    assert (changed["label"], changed["key"]) == ("Size", "shoe_size")
    assert till.delete(f"attributes/{made['id']}").status_code == 204
    assert till.get("attributes").json()["data"] == []


def test_attributes_of_another_shop_check_nothing_here(shop):
    attributes.define(
        merchant=factories.merchant(slug="b", owner="charlie@b.test"), label="Size", kind="number", at=factories.AT
    )

    made = api_client.api(shop).post("customers", {"name": "Jo", "attributes": {"size": "big"}})

    assert made.json()["attributes"] == {"size": "big"}
