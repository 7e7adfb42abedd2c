import pytest
from django.utils import translation

from customers.models import Consent, Customer
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    return factories.customer(
        shop,
        name="Ana",
        phone="600 111 222",
        email="ana@mail.test",
        attributes={"shoe": 42, "nested": {"a": 1}, "tags": ["press"]},
    )


def sent(page, **changes):
    """The form as the browser would send it back, with some fields changed."""
    form = page.context["form"]
    known = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**known, **changes}.items() if value is not None}


def edit(client, customer, **changes):
    url = f"/m/a/customers/{customer.public_id}/edit/"
    return client.post(url, sent(client.get(url), **changes))


def test_card_is_made_with_everything(dora, shop):
    response = dora.post(
        "/m/a/customers/new/",
        {
            "name": "Zoe", "phone": "600 999 888", "email": "zoe@mail.test", "external_id": "Z1", "card_code": "ZOE1",
            "birthday_day": "29", "birthday_month": "2", "birth_year": "1990", "language": "es", "city": "Vigo",
            "postal_code": "36201", "country": "es", "preferences": "Rye bread\n\n  No   sugar ", "notes": "Sings.",
            "tags": "press, Press, regular", "attributes": "shoe: 38", "consent-email-marketing": "yes",
            "consent-sms-marketing": "no",
        },
    )  # fmt: skip

    zoe = Customer.objects.get()
    assert response.headers["Location"] == f"/m/a/customers/{zoe.public_id}/"
    assert (zoe.name, zoe.phone, zoe.email, zoe.external_id) == ("Zoe", "+34600999888", "zoe@mail.test", "Z1")
    assert (zoe.card_code, zoe.birthday, zoe.birth_year) == ("ZOE1", "02-29", 1990)
    assert (zoe.language, zoe.city, zoe.postal_code, zoe.country) == ("es", "Vigo", "36201", "ES")
    assert (zoe.preferences, zoe.notes) == (["Rye bread", "No sugar"], "Sings.")
    assert zoe.attributes == {"shoe": "38", "tags": ["Press", "regular"]}
    said = Consent.objects.order_by("channel").values_list("channel", "purpose", "granted", "source")
    assert list(said) == [("email", "marketing", True, "staff"), ("sms", "marketing", False, "staff")]


def test_form_sent_back_unchanged_changes_nothing(alice, ana):
    before = Customer.objects.values().get()

    edit(alice, ana)

    after = Customer.objects.values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    assert Consent.objects.count() == 0


def test_consent_is_written_when_it_changes(alice, ana):
    edit(alice, ana, **{"consent-email-marketing": "yes"})
    edit(alice, ana, **{"consent-email-marketing": "yes"})
    edit(alice, ana, **{"consent-email-marketing": "no"})

    said = Consent.objects.order_by("id").values_list("channel", "purpose", "granted", "source")
    assert list(said) == [("email", "marketing", True, "staff"), ("email", "marketing", False, "staff")]


def test_phone_of_somebody_else_is_refused_beside_the_field_with_a_link(alice, shop, ana):
    ben = factories.customer(shop, name="Ben")

    page = edit(alice, ben, phone="600 111 222").content.decode()

    assert "Another customer has this phone, e-mail, card code or id already." in page
    assert f'<a href="/m/a/customers/{ana.public_id}/">Open that card</a>' in page
    assert Customer.objects.get(pk=ben.pk).phone is None


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "Write at least a name, a phone or an e-mail."),
        ({"name": "Zoe", "birthday_day": "31"}, "Choose the day and the month, or neither."),
        ({"name": "Zoe", "birthday_day": "31", "birthday_month": "2"}, "This month has no such day."),
        ({"name": "Zoe", "country": "Spain"}, "Write the country with two letters, such as ES."),
        ({"name": "Zoe", "attributes": "shoe"}, "“shoe” has no name and value. Write it like: shoe size: 42."),
        ({"name": "Zoe", "tags": "x" * 41}, "A tag is a word or a few, at most 40 characters."),
        ({"phone": "12"}, "&#x27;12&#x27; is not a phone number."),
    ],
)
def test_card_that_cannot_be_is_refused_with_a_sentence(alice, shop, wrong, sentence):
    page = alice.post("/m/a/customers/new/", wrong).content.decode()

    assert sentence in page
    assert Customer.objects.count() == 0


@pytest.mark.any_database
def test_staff_change_a_card_without_seeing_its_contacts(dora, ana):
    page = dora.get(f"/m/a/customers/{ana.public_id}/edit/").content.decode()
    edit(dora, ana, name="Ana Ruiz")
    kept = Customer.objects.get()
    edit(dora, ana, phone="600 555 666")

    assert "600111222" not in page
    assert "ana@mail.test" not in page
    assert (kept.name, kept.phone, kept.email) == ("Ana Ruiz", "+34600111222", "ana@mail.test")
    assert Customer.objects.get().phone == "+34600555666"


def test_card_without_history_is_deleted_after_a_question(alice, shop, ana):
    factories.program(shop)
    asked = text(alice.get(f"/m/a/customers/{ana.public_id}/delete/"))
    alice.post(f"/m/a/customers/{ana.public_id}/delete/")

    assert "Delete the card of Ana?" in asked
    assert Customer.objects.count() == 0


def test_card_with_history_stays(alice, shop, ana):
    factories.purchase(shop, ana)

    page = text(alice.post(f"/m/a/customers/{ana.public_id}/delete/", follow=True))

    assert "This customer has a history, which the books need." in page
    assert Customer.objects.count() == 1
