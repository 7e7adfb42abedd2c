import pytest

from customers import identity
from customers.identity import Identifiers, IdentityConflict, InvalidEmail, InvalidPhone
from customers.tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("600 123 456", "ES", "+34600123456"),
        ("(212) 555-0188", "US", "+12125550188"),
        ("0049 30 123456", "ES", "+4930123456"),
        ("+44 20 7946 0018", "ES", "+442079460018"),
    ],
)
def test_phone_is_kept_in_e164(text, country, expected):
    assert identity.phone(text, country=country) == expected


@pytest.mark.parametrize("text", ["", "12", "call me", "600123456 ext home", "+34 600 123 456 789 012", "٠١"])
def test_phone_that_is_none_is_refused_with_an_example(text):
    with pytest.raises(InvalidPhone) as refusal:
        identity.phone(text, country="ES")

    assert "is not a phone number" in str(refusal.value)
    assert "810 12 34 56" in str(refusal.value)


def test_email_is_kept_as_typed():
    assert identity.email(" Ana.Ruiz+shop@Example.test ") == "Ana.Ruiz+shop@Example.test"


@pytest.mark.parametrize("text", ["ana", "ana@", "@shop.test", "ana@@shop.test", "ana ruiz@shop.test"])
def test_email_that_is_none_is_refused(text):
    with pytest.raises(InvalidEmail):
        identity.email(text)


def test_find_takes_any_identifier():
    shop = factories.merchant()
    ana = factories.customer(shop, external_id="7", phone="600123456", email="Ana@shop.test", card_code="CARD1")

    found = [
        identity.find(merchant=shop, identifiers=Identifiers(**{name: value}))
        for name, value in [
            ("external_id", "7"), ("phone", "+34600123456"), ("email", "ana@SHOP.test"), ("card_code", "card1"),
        ]
    ]  # fmt: skip

    assert found == [ana] * 4


def test_find_refuses_identifiers_of_two_people():
    shop = factories.merchant()
    factories.customer(shop, phone="600123456")
    factories.customer(shop, email="bo@shop.test")

    with pytest.raises(IdentityConflict):
        identity.find(merchant=shop, identifiers=Identifiers(phone="+34600123456", email="bo@shop.test"))


def test_a_text_names_whose_whole_identifier_it_is():
    shop = factories.merchant()
    ana = factories.customer(shop, external_id="7", phone="600123456", email="Ana@shop.test", card_code="CARD1")

    texts = ["7", "600 12 34 56", "ana@SHOP.test", "card1", "card", "123456"]

    assert [identity.named(merchant=shop, text=text) for text in texts] == [ana] * 4 + [None] * 2


def test_a_text_that_names_two_people_is_refused():
    shop = factories.merchant()
    factories.customer(shop, phone="600123456")
    factories.customer(shop, card_code="600123456")

    with pytest.raises(IdentityConflict):
        identity.named(merchant=shop, text="600123456")


def test_find_does_not_see_another_merchants_customers():
    ours, theirs = factories.merchant("a"), factories.merchant("b")
    factories.customer(theirs, external_id="7")

    assert identity.find(merchant=ours, identifiers=Identifiers(external_id="7")) is None


@pytest.mark.parametrize(
    "text", ["600 123 456", "3456", "ana@shop.test", "card1", "7", "an", "ruiz", "+34 600 12 34 56"]
)
def test_look_up_finds_by_what_a_cashier_types(text):
    shop = factories.merchant()
    ana = factories.customer(
        shop, name="Ana Ruiz", external_id="7", phone="600123456", email="Ana@shop.test", card_code="CARD1"
    )
    factories.customer(shop, name="Bo Diaz", phone="600999888")

    assert identity.look_up(merchant=shop, text=text) == [ana]


def test_look_up_of_nothing_finds_nobody():
    shop = factories.merchant()
    factories.customer(shop)

    assert identity.look_up(merchant=shop, text="  ") == []


def test_look_up_stops_at_five_with_the_latest_buyers_first():
    shop = factories.merchant()
    anas = [factories.customer(shop, name=f"Ana {number}") for number in range(6)]
    factories.purchase(shop, anas[4])

    found = identity.look_up(merchant=shop, text="ana")

    assert found == [anas[4], *anas[:4]]


@pytest.mark.parametrize("people", [1, 5])
def test_look_up_costs_two_queries(people, django_assert_num_queries):
    shop = factories.merchant()
    for number in range(people):
        factories.customer(shop, name=f"Ana {number}")

    with django_assert_num_queries(2):  # exact identifiers, then beginnings of names with their activity
        found = [(one.name, getattr(one, "activity", None)) for one in identity.look_up(merchant=shop, text="ana")]

    assert len(found) == people


def test_masks_leave_enough_to_recognise():
    assert identity.mask_phone("+34600123456") == "+34••••••456"
    assert identity.mask_email("ana@shop.test") == "a•••@shop.test"
    assert identity.mask_phone(None) is None
    assert identity.mask_email("") is None


@pytest.mark.parametrize("typed", ["600 123 456", "ANA@mail.test", "k7q2m4x9pa", "ext-1"])
def test_whole_identifier_names_the_one_customer(typed):
    shop = factories.merchant()
    known = {"phone": "+34600123456", "email": "ana@mail.test", "card_code": "K7Q2M4X9PA", "external_id": "ext-1"}
    ana = factories.customer(shop, **known)
    factories.customer(factories.merchant(slug="b"), **known)

    assert identity.recognise(merchant=shop, text=typed) == ana


@pytest.mark.parametrize("typed", ["", "3456", "ana@", "K7Q2M4", "ext-2"])
def test_part_of_an_identifier_names_nobody(typed):
    shop = factories.merchant()
    factories.customer(shop, phone="+34600123456", email="ana@mail.test", card_code="K7Q2M4X9PA")

    assert identity.recognise(merchant=shop, text=typed) is None


def test_what_two_people_answer_to_names_nobody():
    shop = factories.merchant()
    factories.customer(shop, external_id="K7Q2M4X9PA")
    factories.customer(shop, card_code="K7Q2M4X9PA")

    assert identity.recognise(merchant=shop, text="K7Q2M4X9PA") is None
