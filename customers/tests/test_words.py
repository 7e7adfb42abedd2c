import pytest

from customers import profiles, words
from customers.models import Customer, CustomerWord
from customers.tests import factories
from customers.tests.factories import AT

pytestmark = pytest.mark.django_db


def known(customer):
    return sorted(CustomerWord.objects.filter(customer=customer).values_list("word", flat=True))


def names(shop, text):
    found = Customer.objects.filter(words.matching(merchant=shop, text=text)).order_by("pk")
    return [customer.name for customer in found]


@pytest.mark.parametrize(
    ("text", "folded"),
    [("José", "jose"), ("MUÑOZ", "munoz"), ("Straße", "strasse"), ("ŁÓDŹ", "łodz"), ("Ángel\u0301", "angel")],
)
def test_fold_leaves_accents_and_case_away(text, folded):
    assert words.fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ana  Ruiz-Díaz", ["ana", "ruiz", "diaz"]),
        ("O'Brien_2", ["o", "brien", "2"]),
        (" - ", []),
        ("x" * 50, ["x" * 40]),
    ],
)
def test_words_are_cut_where_nobody_types_on(text, found):
    assert words.words(text) == found


def test_card_is_known_by_name_phone_and_tags():
    ana = factories.customer(
        factories.merchant(),
        name="Ana Ana",
        phone="600123456",
        city="A  Coruña",
        attributes={"tags": ["Prensa", 7, ""]},
    )

    assert known(ana) == ["#65432100643", "=prensa", "@a coruna", "ana"]


def test_words_follow_every_change():
    ana = factories.customer(factories.merchant(), name="Ana", phone="600123456")

    profiles.update(customer=ana, fields={"name": "Zoë", "phone": ""}, at=AT)
    changed = known(ana)
    profiles.update(customer=ana, fields={"notes": "Sings."}, at=AT)

    assert changed == known(ana) == ["zoe"]


def test_words_leave_with_the_card():
    profiles.delete(customer=factories.customer(factories.merchant()))

    assert CustomerWord.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("jos", ["José Ruiz"]),
        ("ruiz jose", ["José Ruiz"]),
        ("ru", ["José Ruiz", "Ana Rubio"]),
        ("3456", ["José Ruiz"]),
        ("0 123 456", ["José Ruiz"]),
        ("456", ["456 Main"]),
        ("iz", []),
        ("ruiz ana", []),
        ("%", []),
        ("r_iz", []),
        ("", []),
    ],
)
def test_matching_finds_beginnings_of_words_and_ends_of_phones(text, found):
    shop, other = factories.merchant(), factories.merchant("b")
    factories.customer(shop, name="José Ruiz", phone="600123456")
    factories.customer(shop, name="Ana Rubio", phone="600999888")
    factories.customer(shop, name="456 Main")
    factories.customer(other, name="José Ruiz 456", phone="600123456")

    assert names(shop, text) == found
    assert words.found(merchant=shop, text=text).count() == len(found)


def test_percent_and_underscore_are_no_patterns():
    ana = factories.customer(factories.merchant(), name="Ana")
    CustomerWord.objects.filter(customer=ana).update(word="a_b%c")

    def found(text):
        return CustomerWord.objects.filter(word__begins=text).count()

    assert [found("a_b%"), found("a_"), found("axb"), found("a%")] == [1, 1, 0, 0]


def test_tag_reaches_every_card_once():
    shop = factories.merchant()
    ana = factories.customer(shop, name="Ana", attributes={"tags": ["Press"], "shoe": 42})
    ben = factories.customer(shop, name="Ben")
    people = Customer.objects.for_merchant(shop)

    first = profiles.tag(people=people, tag=" press ", at=AT)
    again = profiles.tag(people=people, tag="PRESS", at=AT)

    assert (first, again) == (1, 0)
    assert Customer.objects.get(pk=ana.pk).attributes == {"tags": ["Press"], "shoe": 42}
    assert Customer.objects.get(pk=ben.pk).attributes == {"tags": ["press"]}
    assert words.exactly(merchant=shop, word=words.tag_word("Press")).count() == 2


def test_tag_is_taken_away():
    shop = factories.merchant()
    ana = factories.customer(shop, attributes={"tags": ["Press", "old"]})

    assert profiles.tag(people=Customer.objects.all(), tag="press", at=AT, remove=True) == 1
    assert Customer.objects.get(pk=ana.pk).attributes == {"tags": ["old"]}


@pytest.mark.parametrize("tag", ["", "   ", "x" * 41])
def test_tag_that_is_none_is_refused(tag):
    with pytest.raises(profiles.WrongTag):
        profiles.tag(people=Customer.objects.all(), tag=tag, at=AT)


def test_tag_for_too_many_is_refused_and_nothing_written(monkeypatch):
    shop = factories.merchant()
    for __ in range(3):
        factories.customer(shop)
    monkeypatch.setattr(profiles, "MOST_AT_ONCE", 2)

    with pytest.raises(profiles.TooMany) as refusal:
        profiles.tag(people=Customer.objects.all(), tag="press", at=AT)

    assert str(refusal.value) == "These are 3 customers. Narrow the list to 2 at most and go on in parts."
    assert Customer.objects.filter(attributes={}).count() == 3
