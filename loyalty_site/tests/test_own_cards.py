"""Points for one's own card: refused, waiting or done, whichever way they would come."""

import pytest

from customers import staff_cards
from customers.merchants.models import Role, StaffMember
from customers.models import Purchase
from loyalty_site import flows
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import points, recorded
from rewards import watching
from rewards.models import Adjustment, Entry, Membership
from rewards.watching import OwnCard

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    made = factories.merchant()
    factories.program(made)
    return made


@pytest.fixture
def dora(shop) -> StaffMember:
    return factories.clerk(shop, email="dora@a.test", role=Role.MANAGER)


@pytest.fixture
def mine(shop, dora):
    """The dora who buys."""
    card = factories.customer(shop, name="Dora Buyer")
    staff_cards.link(staff=dora, customer=card, by=factories.place(shop), at=AT)
    return card


def rule(shop, word) -> None:
    watching.change(merchant=shop, by=factories.place(shop), at=AT, **{**watching.DEFAULTS, "self_credit": word})


def place_of(person) -> Membership:
    return person.memberships.select_related("program__merchant").get()


def ways(shop, dora, mine) -> dict:
    """Every way in which somebody could give points to their own card."""
    ben = factories.customer(shop, name="Ben")
    factories.purchase(shop, ben, amount=5000)
    theirs = recorded(shop, ben)
    actor = {"at": AT, "actor": dora.public_id}
    return {
        "purchase": lambda: factories.purchase(shop, mine, staff_id=dora.pk, actor=dora.public_id),
        "adjustment": lambda: flows.adjust_points(membership=place_of(mine), points=5, reason="x", by=dora, at=AT),
        "transfer": lambda: flows.transfer_points(
            sender=place_of(ben), receiver=place_of(mine), points=5, key="t", **actor
        ),
        "reassign": lambda: flows.reassign_purchase(merchant=shop, purchase_id=theirs.pk, customer_id=mine.pk, **actor),
        "pool": lambda: flows.join_pool(membership=place_of(mine), host=place_of(ben), **actor),
        "host": lambda: flows.join_pool(membership=place_of(ben), host=place_of(mine), **actor),
    }


WAYS = ["purchase", "adjustment", "transfer", "reassign", "pool", "host"]


@pytest.mark.any_database
@pytest.mark.parametrize("way", WAYS)
def test_own_card_gets_nothing_where_it_is_refused(shop, dora, mine, way):
    work, before = ways(shop, dora, mine)[way], list(Entry.objects.values())

    with pytest.raises(OwnCard):
        work()

    assert list(Entry.objects.values()) == before


@pytest.mark.any_database
@pytest.mark.parametrize("way", WAYS)
def test_own_card_gets_points_where_it_is_allowed(shop, dora, mine, way):
    rule(shop, "allowed")

    ways(shop, dora, mine)[way]()

    assert not Adjustment.objects.pending().exists()


@pytest.mark.parametrize("way", WAYS)
def test_where_a_manager_looks_at_it_adjustments_wait_and_the_rest_is_done(shop, dora, mine, way):
    rule(shop, "queued")

    ways(shop, dora, mine)[way]()

    assert Adjustment.objects.pending().exists() == (way == "adjustment")
    told = watching.find(merchant=shop, at=AT, since=AT)
    assert told == (way in {"purchase", "transfer", "reassign"})


@pytest.mark.any_database
@pytest.mark.parametrize(("word", "kept"), [("blocked", 0), ("queued", 0), ("allowed", 500)])
def test_nobody_approves_points_for_the_own_card_unless_it_is_allowed(shop, dora, mine, word, kept):
    rule(shop, word)
    erin = factories.clerk(shop, email="erin@a.test")
    asked = flows.adjust_points(membership=place_of(mine), points=500, reason="x", by=erin, at=AT)

    try:
        flows.approve_adjustment(adjustment=asked, by=dora, at=AT)
    except OwnCard:
        assert Adjustment.objects.pending().get() == asked

    assert points(mine) == kept


def test_points_may_be_taken_from_the_own_card(shop, dora, mine):
    factories.purchase(shop, mine)

    flows.adjust_points(membership=place_of(mine), points=-5, reason="x", by=dora, at=AT)

    assert points(mine) == 5


def test_colleague_and_till_serve_as_ever(shop, dora, mine):
    erin, key = factories.clerk(shop, email="erin@a.test"), api_client.api(shop, scope="counter")

    factories.purchase(shop, mine, staff_id=erin.pk, actor=erin.public_id)
    for sent in ({}, {"staff": erin.public_id}):
        assert key.post("purchases", {"customer": mine.public_id, "amount": 1000, **sent}).status_code == 201

    assert points(mine) == 30


@pytest.mark.parametrize(("word", "status", "kept"), [("blocked", 403, 0), ("queued", 201, 10), ("allowed", 201, 10)])
def test_a_tills_key_sells_to_nobodys_own_card_that_it_names_as_the_seller(shop, dora, mine, word, status, kept):
    rule(shop, word)
    key = api_client.api(shop, scope="counter")

    answered = key.post("purchases", {"customer": mine.public_id, "amount": 1000, "staff": dora.public_id})

    assert (answered.status_code, points(mine)) == (status, kept)
    assert watching.find(merchant=shop, at=AT, since=AT) == (word == "queued")


def test_batch_refuses_the_row_that_somebody_sold_to_the_own_card_and_no_other(shop, dora, mine):
    key, row = api_client.api(shop), {"customer": mine.public_id, "amount": 1000}
    rows = [{**row, "external_id": "own", "staff": dora.public_id}, {**row, "external_id": "plain"}]

    answered = key.post("purchases/batch", {"purchases": rows}).json()["results"]

    assert [(one["status"], (one["error"] or {}).get("code")) for one in answered] == [
        ("error", "own_card"),
        ("created", None),
    ]
    assert points(mine) == 10


def test_counter_says_it_while_the_amount_is_typed_and_records_nothing(client, shop, dora, mine):
    client.force_login(dora.user)
    page = f"/m/a/counter/{mine.public_id}/"
    sentence = "This is your own customer card. Ask a colleague to do it"
    typed = {"amount": "5", "receipt": "till-0123456789abcdefghijkl"}

    looked, sent = client.get(page, typed, headers={"HX-Request": "true"}), client.post(page, typed)

    assert (sentence in looked.content.decode(), sentence in sent.content.decode()) == (True, True)
    assert not Purchase.objects.exists()
