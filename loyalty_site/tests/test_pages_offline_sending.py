"""What a device sends when the network is back: each purchase once, and each answered for itself."""

import json
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone, translation

from customers import staff_cards
from customers.merchants import shops
from customers.merchants.models import Location, Role, StaffMember, User
from customers.models import Customer, Purchase
from loyalty_site import flows, offline
from loyalty_site.offline_forms import SALT, slip
from loyalty_site.tests import factories
from rewards import watching
from rewards.models import Entry

pytestmark = pytest.mark.django_db
SEND = "/m/a/counter/send/"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    factories.program(shop)
    return factories.customer(shop, name="Ana Alvarez", phone="+34600111222")


@pytest.fixture
def place(dora, shop):
    """Dora's place at the shop."""
    return StaffMember.objects.select_related("merchant").get(user__email="dora@a.test")


def receipt(number: int = 1) -> str:
    return f"till-{number:022d}"


def row(number: int = 1, **fields) -> dict:
    """A purchase of 12.50 as a device keeps it, typed an hour ago."""
    typed = (timezone.now() - timedelta(hours=1)).isoformat()
    return {"receipt": receipt(number), "amount": "12,50", "location": "", "code": "", "occurred_at": typed, **fields}


def send(client, *rows, now=None, **more):
    """What the server answers to a sending: receipt, status and sentence of each."""
    body = {"now": (now or timezone.now()).isoformat(), "purchases": list(rows), **more}
    return client.post(SEND, json.dumps(body), content_type="application/json")


def said(response) -> list[tuple[str, str]]:
    """The status and the sentence of each purchase."""
    return [(one["status"], one["sentence"]) for one in response.json()["results"]]


def test_purchase_counts_at_its_own_time_by_who_typed_it(dora, place, ana):
    typed = timezone.now() - timedelta(hours=1)

    response = send(dora, row(customer=ana.public_id, occurred_at=typed.isoformat(), slip=slip(place)))

    bought = Purchase.objects.get()
    assert response.json()["results"] == [
        {
            "receipt": receipt(),
            "status": "created",
            "sentence": "Recorded: +12 points.",
            "purchase": bought.public_id,
        }
    ]
    assert (bought.customer, bought.amount, bought.staff, bought.external_id) == (ana, 1250, place, receipt())
    assert abs(bought.occurred_at - typed) < timedelta(seconds=30)
    assert Entry.objects.get().points == 12


def test_purchase_that_is_sent_twice_or_came_by_the_form_counts_once(dora, ana):
    form = {"amount": "12,50", "receipt": receipt(2)}
    dora.post(f"/m/a/counter/{ana.public_id}/", form)
    rows = [row(1, customer=ana.public_id), row(2, customer=ana.public_id)]

    answers = [said(send(dora, *rows)), said(send(dora, *rows, rows[0]))]

    again = ("duplicate", "It had arrived before: 12.50\xa0€ for Ana Alvarez. Counted once.")
    assert answers == [[("created", "Recorded: +12 points."), again], [again, again, again]]
    assert (Purchase.objects.count(), Entry.objects.count()) == (2, 2)


@pytest.mark.any_database
def test_bad_purchase_stops_no_other_and_says_what_to_do(dora, shop, ana):
    gone = factories.customer(shop)
    flows.delete_customer(customer=gone)
    factories.customer(shop, name="One", card_code="600111222")  # the same digits as Ana's phone

    answers = said(
        send(
            dora,
            row(1, amount="12,5x", customer=ana.public_id),
            row(2, customer=gone.public_id),
            row(3, who="600 111 222"),
            row(4, who="600111222"),
            row(5, who="NOBODYS-CARD"),
            row(6, occurred_at="yesterday"),
            row(7, occurred_at="1999-12-31T12:00:00Z"),
            row(8, customer=ana.public_id),
        )
    )

    assert answers == [
        ("error", "Write the amount with digits only, for example 1250,50."),
        ("error", str(offline.CardGone())),
        ("created", "Recorded: +12 points."),
        (
            "error",
            "These identifiers belong to two different customers. Use only one of them, or correct the cards.",
        ),
        ("error", "No customer has this card or id. Check it, or enrol the customer with a phone or e-mail."),
        ("error", "The time of the purchase cannot be read. Discard it and type it again."),
        (
            "error",
            "This purchase would lie more than a year back. Set the clock of the device right and send it again.",
        ),
        ("created", "Recorded: +12 points."),
    ]
    assert Purchase.objects.count() == 2


@pytest.mark.parametrize(("typed", "field"), [("699 999 999", "phone"), ("zoe@mail.test", "email")])
def test_phone_or_mail_that_nobody_has_makes_a_card_once(dora, ana, typed, field):
    answers = said(send(dora, row(1, who=typed), row(2, who=typed)))

    made = Customer.objects.latest("pk")
    assert answers == [("created", "Recorded: +12 points.")] * 2
    assert getattr(made, field) == {"phone": "+34699999999", "email": "zoe@mail.test"}[field]
    assert (made.purchases.count(), Customer.objects.count()) == (2, 2)


def test_sale_without_a_customer_is_counted(dora, ana):
    assert said(send(dora, row())) == [("created", "Recorded. It earned nothing.")]
    assert Purchase.objects.get().customer is None


def test_location_must_still_be_there(dora, shop, ana):
    station, gone = (shops.add_location(merchant=shop, name=name) for name in ("Station", "Gone"))
    shops.add_location(merchant=shop, name="Main Street")
    Location.objects.filter(pk=gone.pk).delete()

    answers = said(send(dora, row(1, location=station.public_id), row(2, location=gone.public_id), row(3, location="")))

    sentence = "This location is gone, or none was chosen. Correct the purchase and choose one of yours."
    assert answers == [("created", "Recorded. It earned nothing."), ("error", sentence), ("error", sentence)]
    assert Purchase.objects.get().location == station


def test_code_of_the_customer_earns(dora, shop):
    factories.program(shop, rules=[{"name": "Code", "award": {"fixed": 5}, "when": {"code": "HELLO"}}])
    buyer = factories.customer(shop)

    assert said(send(dora, row(customer=buyer.public_id, code="hello"))) == [("created", "Recorded: +5 points.")]


def test_products_that_rules_name_earn_and_one_without_a_button_is_said(dora, shop):
    loaf = {"name": "Loaf", "trigger": "purchase", "award": {"per_item": 3}, "when": {"skus": ["loaf"]}}
    factories.program(shop, rules=[loaf])
    buyer = factories.customer(shop)
    two = {"amount": "", "customer": buyer.public_id, "each-sku-loaf": "1,50", "many-sku-loaf": "2"}
    gone = {"customer": buyer.public_id, "many-sku-cake": "2", "each-sku-cake": "3"}

    answers = said(send(dora, row(1, **two), row(2, **gone)))

    sentence = "A product of this purchase has no button any more. Correct it, and its amount."
    assert answers == [("created", "Recorded: +6 points."), ("error", sentence)]
    assert Purchase.objects.get().amount == 300


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (3, "The clock of this device is 180 minutes fast. The times were corrected."),
        (-3, "The clock of this device is 180 minutes slow. The times were corrected."),
        (0.01, ""),
    ],
)
def test_wrong_clock_is_corrected_and_said(dora, ana, hours, sentence):
    now, ahead = timezone.now(), timedelta(hours=hours)
    typed = now + ahead - timedelta(minutes=20)

    response = send(dora, row(customer=ana.public_id, occurred_at=typed.isoformat()), now=now + ahead)

    assert response.json()["clock"] == sentence
    assert abs(Purchase.objects.get().occurred_at - (now - timedelta(minutes=20))) < timedelta(seconds=30)


def test_time_that_is_still_ahead_is_now(dora, ana):
    later = timezone.now() + timedelta(hours=1)

    assert said(send(dora, row(occurred_at=later.isoformat()))) == [("created", "Recorded. It earned nothing.")]
    assert Purchase.objects.get().occurred_at <= timezone.now()


def test_purchase_of_somebody_else_waits_until_one_says_so(client, shop, place, ana):
    client.force_login(User.objects.get(email="alice@a.test"))
    typed = row(customer=ana.public_id, slip=slip(place))

    first = said(send(client, typed))
    second = said(send(client, typed, for_others=True))

    assert first == [("waiting", str(offline.TypedByAnother()))]
    assert second == [("created", "Recorded: +12 points.")]
    owner = StaffMember.objects.get(role=Role.OWNER)
    assert (Purchase.objects.get().staff, Entry.objects.get().actor) == (place, owner.public_id)


def test_a_colleague_does_not_send_a_sale_onto_the_card_of_who_typed_it(client, shop, place, ana):
    owner = StaffMember.objects.get(role=Role.OWNER)
    staff_cards.link(staff=place, customer=ana, by=owner, at=timezone.now())
    client.force_login(User.objects.get(email="alice@a.test"))

    answer = said(send(client, row(customer=ana.public_id, slip=slip(place)), for_others=True))

    assert answer == [("error", str(watching.OwnCard()))]
    assert not Purchase.objects.exists()


def test_slip_that_is_not_ours_makes_nobody_answer_for_a_sale(dora, shop, place, ana):
    shops_owner = StaffMember.objects.get(role=Role.OWNER)
    factories.merchant(slug="b", owner="charlie@b.test")
    stranger = StaffMember.objects.get(user__email="charlie@b.test")
    forged = signing.dumps(shops_owner.public_id, salt="another")

    send(dora, row(1, slip=forged), row(2, slip=slip(stranger)), row(3, slip=shops_owner.public_id), for_others=True)

    assert list(Purchase.objects.values_list("staff", flat=True)) == [place.pk] * 3
    assert signing.loads(slip(place), salt=SALT) == place.public_id


@pytest.mark.any_database
@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "nothing", "{}", '{"now": "x", "purchases": []}', '{"now": "2026-03-10T12:00:00", "purchases": []}',
        '{"now": "2026-03-10T12:00:00Z", "purchases": ["x"]}', '{"now": "2026-03-10T12:00:00Z", "purchases": {"a": 1}}',
        '{"now": "9999-12-31T12:00:00Z", "purchases": []}',
        '{"now": "2026-03-10T12:00:00Z", "purchases": [{"a": "\\u0000"}]}',
        json.dumps({"now": "2026-03-10T12:00:00Z", "purchases": [{}] * 101}),
    ],
)  # fmt: skip
def test_what_is_no_sending_is_refused_whole(dora, ana, body):
    response = dora.post(SEND, body, content_type="application/json")

    assert (response.status_code, Purchase.objects.count()) == (400, 0)
    assert response.json()["sentence"].startswith("This sending cannot be read.")


@pytest.mark.any_database
def test_sending_needs_the_token_of_the_session(shop, ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.staff(shop, email="dora@a.test", role=Role.STAFF))

    assert send(client, row()).status_code == 403
    client.get("/m/a/counter/")
    token = client.cookies["csrftoken"].value
    sent = {"now": timezone.now().isoformat(), "purchases": [row()]}
    headers = {"X-CSRFToken": token}
    assert client.post(SEND, json.dumps(sent), content_type="application/json", headers=headers).status_code == 200
    assert Purchase.objects.count() == 1


def test_customers_of_another_shop_are_gone(client, people_of_two_shops, shop, ana):
    client.force_login(people_of_two_shops)
    url = "/m/b/counter/send/"
    sent = {"now": timezone.now().isoformat(), "purchases": [row(customer=ana.public_id)]}

    answer = client.post(url, json.dumps(sent), content_type="application/json")

    assert said(answer) == [("error", str(offline.CardGone()))]


@pytest.fixture
def people_of_two_shops(shop):
    factories.merchant(slug="b", owner="charlie@b.test")
    return User.objects.get(email="charlie@b.test")


def test_sentences_are_in_the_reader_s_language(dora, ana):
    User.objects.filter(email="dora@a.test").update(language="es")

    assert said(send(dora, row(amount="x"))) == [("error", "Escribir el importe solo con cifras, por ejemplo 1250,50.")]
