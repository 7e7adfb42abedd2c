"""Attributes that a shop defines: their names, and what values they take."""

from datetime import date

import pytest

from customers import attributes, profiles
from customers.attributes import InvalidAttribute, KeyTaken, TooManyAttributes, WrongChoices, WrongName
from customers.models import AttributeField, Customer
from customers.tests import factories

AT = factories.AT


def field(kind: str, *choices: str) -> AttributeField:
    return AttributeField(key="x", label="Size", kind=kind, choices=list(choices))


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  rye ", "rye"),
        ("text", 5, "5"),
        ("number", "42", 42),
        ("number", "42,5", 42.5),
        ("number", 7, 7),
        ("choice", "RED", "Red"),
        ("tags", "blue; RED", ["Red", "Blue"]),
        ("tags", ["Red", "red"], ["Red"]),
        ("date", "2026-03-27", "2026-03-27"),
        ("date", date(2026, 3, 27), "2026-03-27"),
        ("number", "", None),
        ("tags", [], None),
        ("choice", None, None),
    ],
)
def test_value_is_kept_as_its_kind_has_it(kind, given, kept):
    assert attributes.value(field(kind, "Red", "Blue"), given) == kept


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("number", "big", "'Size' is a number, such as 42 or 42.5, and not 'big'."),
        ("number", True, "'Size' is a number, such as 42 or 42.5, and not 'True'."),
        ("number", "NaN", "'Size' is a number, such as 42 or 42.5, and not 'NaN'."),
        ("number", "1e13", "'Size' is a number, such as 42 or 42.5, and not '1e13'."),
        ("choice", "green", "'green' is none of the choices of 'Size': Red, Blue."),
        ("tags", ["Red", "green"], "'green' is none of the choices of 'Size': Red, Blue."),
        ("date", "27.3.2026", "'Size' is a day such as 2026-03-27, and not '27.3.2026'."),
        ("text", {"a": 1}, "'Size' is a text of at most 500 characters."),
        ("text", "x" * 501, "'Size' is a text of at most 500 characters."),
    ],
)
def test_value_of_another_kind_is_refused_by_its_name(kind, given, said):
    with pytest.raises(InvalidAttribute) as refusal:
        attributes.value(field(kind, "Red", "Blue"), given)

    assert (str(refusal.value), refusal.value.field) == (said, "attributes.x")


def test_what_no_definition_names_stays_free():
    assert attributes.clean({"x": "42", "y": [1, None], "z": None}, {"x": field("number")}) == {"x": 42, "y": [1, None]}


def test_an_attribute_may_go_by_its_name_as_columns_of_files_do():
    assert attributes.clean({" SIZE": "42"}, {"x": field("number")}) == {"x": 42}


@pytest.mark.django_db
def test_key_is_made_of_the_name():
    shop = factories.merchant()

    made = attributes.define(merchant=shop, label="Shoe size (EU)", kind="number", at=AT)

    assert (made.key, made.label, made.group) == ("shoe_size_eu", "Shoe size (EU)", "fact")
    assert attributes.defined(shop) == {"shoe_size_eu": made}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        ({"label": "Dog", "kind": "text"}, KeyTaken),
        ({"label": "Tags", "kind": "text"}, WrongName),
        ({"label": "!!!", "kind": "text"}, WrongName),
        ({"label": "A", "kind": "choice"}, WrongChoices),
        ({"label": "A", "kind": "tags", "choices": ["x", "X"]}, WrongChoices),
        ({"label": "A", "kind": "choice", "choices": ["x" * 61]}, WrongChoices),
    ],
)
def test_definition_that_cannot_be_is_refused(what, refusal):
    shop = factories.merchant()
    attributes.define(merchant=shop, label="Dog", kind="text", at=AT)

    with pytest.raises(refusal):
        attributes.define(merchant=shop, at=AT, **what)
    assert AttributeField.objects.count() == 1


@pytest.mark.django_db
def test_a_shop_has_fifty_at_most():
    shop = factories.merchant()
    AttributeField.objects.bulk_create(
        [AttributeField(merchant=shop, key=f"k{n}", label="K", kind="text", created_at=AT) for n in range(50)]
    )

    with pytest.raises(TooManyAttributes):
        attributes.define(merchant=shop, label="One more", kind="text", at=AT)


@pytest.mark.django_db
def test_cards_are_checked_and_keep_what_a_removed_definition_named():
    shop = factories.merchant()
    size = attributes.define(merchant=shop, label="Size", kind="number", at=AT)
    card = profiles.register(merchant=shop, fields={"attributes": {"size": "42"}}, consents=[], at=AT)

    with pytest.raises(InvalidAttribute):
        profiles.update(customer=card, fields={"attributes": {"size": "big"}}, at=AT)
    attributes.remove(field=size)
    profiles.update(customer=card, fields={"attributes": {**card.attributes, "size": "big"}}, at=AT)

    assert Customer.objects.get().attributes == {"size": "big"}


@pytest.mark.django_db
def test_other_choices_leave_cards_as_they_are():
    shop = factories.merchant()
    colour = attributes.define(merchant=shop, label="Colour", kind="choice", choices=["Red", "Blue"], at=AT)
    profiles.register(merchant=shop, fields={"attributes": {"colour": "red"}}, consents=[], at=AT)

    attributes.change(field=colour, label="Favourite colour", group="preference", choices=["Green"])

    assert Customer.objects.get().attributes == {"colour": "Red"}
    assert (colour.key, colour.group, colour.choices) == ("colour", "preference", ["Green"])
