"""Every call of the API against everybody who might make it. A call that is not in the table fails the test."""

import re
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import attributes
from customers.merchants import keys
from customers.merchants.models import Scope
from loyalty_site import imports
from loyalty_site.api.urls import urlpatterns
from loyalty_site.tests import api_client, asking, factories
from loyalty_site.tests.lasting import lasting
from rewards import adjustments, catalog, pools, programs, redemption, vouchers
from rewards.models import Membership, Voucher
from rewards.vouchers import VoucherDraft
from segments import lists

pytestmark = pytest.mark.django_db

WHO = ["nobody", "wrong", "revoked", "stranger", "read", "counter", "manage"]
#                                                    the stranger has a key with scope manage of shop B
CALLS = {
    ("GET", "me"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "locations"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "staff"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "customers"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "customers"): [401, 401, 401, 201, 403, 201, 201],
    ("GET", "lookup"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "customer"): [401, 401, 401, 404, 200, 200, 200],
    ("PATCH", "customer"): [401, 401, 401, 404, 403, 200, 200],
    ("DELETE", "customer"): [401, 401, 401, 404, 403, 403, 204],
    ("GET", "segment-fields"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "segment-preview"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "profile"): [401, 401, 401, 404, 200, 200, 200],
    ("GET", "timeline"): [401, 401, 401, 404, 200, 200, 200],
    ("GET", "consents"): [401, 401, 401, 404, 200, 200, 200],
    ("POST", "consents"): [401, 401, 401, 404, 403, 201, 201],
    ("POST", "export"): [401, 401, 401, 404, 403, 403, 200],
    ("POST", "erase"): [401, 401, 401, 404, 403, 403, 200],
    ("GET", "attributes"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "attributes"): [401, 401, 401, 201, 403, 403, 201],
    ("PATCH", "attribute"): [401, 401, 401, 404, 403, 403, 200],
    ("DELETE", "attribute"): [401, 401, 401, 404, 403, 403, 204],
    ("GET", "programs"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "programs"): [401, 401, 401, 201, 403, 403, 201],
    ("GET", "program"): [401, 401, 401, 404, 200, 200, 200],
    ("PATCH", "program"): [401, 401, 401, 404, 403, 403, 200],
    ("POST", "activate"): [401, 401, 401, 404, 403, 403, 200],
    ("POST", "pause"): [401, 401, 401, 404, 403, 403, 200],
    ("POST", "close"): [401, 401, 401, 404, 403, 403, 200],
    ("DELETE", "close"): [401, 401, 401, 404, 403, 403, 200],
    ("GET", "versions"): [401, 401, 401, 404, 200, 200, 200],
    ("GET", "memberships"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "memberships"): [401, 401, 401, 404, 403, 200, 200],
    ("GET", "membership"): [401, 401, 401, 404, 200, 200, 200],
    ("GET", "entries"): [401, 401, 401, 404, 200, 200, 200],
    ("GET", "lots"): [401, 401, 401, 404, 200, 200, 200],
    ("POST", "transfers"): [401, 401, 401, 404, 403, 403, 201],
    ("POST", "pool"): [401, 401, 401, 404, 403, 403, 200],
    ("DELETE", "pool"): [401, 401, 401, 404, 403, 403, 200],
    ("POST", "adjust"): [401, 401, 401, 404, 403, 201, 201],
    ("GET", "adjustments"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "adjustment-approve"): [401, 401, 401, 404, 403, 403, 200],
    ("POST", "adjustment-reject"): [401, 401, 401, 404, 403, 403, 200],
    ("GET", "tier-changes"): [401, 401, 401, 404, 200, 200, 200],
    ("GET", "purchases"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "purchases"): [401, 401, 401, 404, 403, 201, 201],
    ("POST", "preview"): [401, 401, 401, 404, 403, 200, 200],
    ("POST", "batch"): [401, 401, 401, 200, 403, 200, 200],
    ("GET", "purchase"): [401, 401, 401, 404, 200, 200, 200],
    ("GET", "refunds"): [401, 401, 401, 404, 200, 200, 200],
    ("POST", "refunds"): [401, 401, 401, 404, 403, 201, 201],
    ("POST", "void"): [401, 401, 401, 404, 403, 200, 200],
    ("POST", "reassign"): [401, 401, 401, 404, 403, 200, 200],
    ("POST", "returns"): [401, 401, 401, 404, 403, 201, 201],
    ("GET", "activities"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "activities"): [401, 401, 401, 404, 403, 201, 201],
    ("GET", "member-rewards"): [401, 401, 401, 404, 200, 200, 200],
    ("GET", "rewards"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "rewards"): [401, 401, 401, 404, 403, 403, 201],
    ("GET", "reward"): [401, 401, 401, 404, 200, 200, 200],
    ("PATCH", "reward"): [401, 401, 401, 404, 403, 403, 200],
    ("DELETE", "reward"): [401, 401, 401, 404, 403, 403, 204],
    ("GET", "redemptions"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "redemptions"): [401, 401, 401, 404, 403, 201, 201],
    ("GET", "redemption"): [401, 401, 401, 404, 200, 200, 200],
    ("POST", "redemption-capture"): [401, 401, 401, 404, 403, 200, 200],
    ("POST", "redemption-cancel"): [401, 401, 401, 404, 403, 200, 200],
    ("GET", "vouchers"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "vouchers"): [401, 401, 401, 201, 403, 403, 201],
    ("GET", "voucher"): [401, 401, 401, 404, 200, 200, 200],
    ("POST", "voucher-use"): [401, 401, 401, 404, 403, 200, 200],
    ("POST", "voucher-reverse"): [401, 401, 401, 404, 403, 200, 200],
    ("POST", "voucher-revoke"): [401, 401, 401, 404, 403, 403, 200],
    ("GET", "segments"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "segments"): [401, 401, 401, 201, 403, 403, 201],
    ("POST", "segment-upload"): [401, 401, 401, 400, 403, 403, 201],  # the file names nobody of the stranger's
    ("GET", "segment"): [401, 401, 401, 404, 200, 200, 200],
    ("PATCH", "segment"): [401, 401, 401, 404, 403, 403, 200],
    ("DELETE", "segment"): [401, 401, 401, 404, 403, 403, 204],
    ("GET", "segment-customers"): [401, 401, 401, 404, 200, 200, 200],
    ("POST", "segment-refresh"): [401, 401, 401, 404, 403, 403, 200],
    ("POST", "segment-snapshot"): [401, 401, 401, 404, 403, 403, 201],
    ("GET", "imports"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "imports"): [401, 401, 401, 202, 403, 403, 202],
    ("GET", "import"): [401, 401, 401, 404, 200, 200, 200],
    ("GET", "import-errors"): [401, 401, 401, 404, 200, 200, 200],
    ("POST", "import-undo"): [401, 401, 401, 404, 403, 403, 200],
    ("GET", "alerts"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "overview"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "retention"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "rfv"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "lifecycle"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "predictions"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "surveys"): [401, 401, 401, 200, 200, 200, 200],
    ("POST", "surveys"): [401, 401, 401, 201, 403, 403, 201],
    ("GET", "survey"): [401, 401, 401, 404, 200, 200, 200],
    ("PATCH", "survey"): [401, 401, 401, 404, 403, 403, 200],
    ("POST", "survey-open"): [401, 401, 401, 404, 403, 403, 200],
    ("POST", "survey-close"): [401, 401, 401, 404, 403, 403, 200],
    ("GET", "survey-responses"): [401, 401, 401, 404, 200, 200, 200],
    ("POST", "survey-responses"): [401, 401, 401, 404, 403, 201, 201],
    ("POST", "survey-invitations"): [401, 401, 401, 404, 403, 201, 201],
    ("GET", "satisfaction"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "clv"): [401, 401, 401, 200, 200, 200, 200],
    ("GET", "openapi"): [200, 200, 200, 200, 200, 200, 200],
    ("GET", "docs"): [200, 200, 200, 200, 200, 200, 200],
}
TABLE = [(*call, who, status) for call, statuses in CALLS.items() for who, status in zip(WHO, statuses, strict=True)]
COFFEE = {"name": "Coffee", "cost": 1, "benefit": {"kind": "free_shipping"}}
RULES = [{"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}]
NAMED = [pattern for pattern in urlpatterns if pattern.name]
LISTS = ["locations", "staff", "customers", "programs", "memberships", "purchases", "imports", "adjustments"]
LISTS += ["attributes", "activities", "vouchers", "rewards", "redemptions", "segments", "surveys"]
BUYERS = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 1}]}


@pytest.fixture(scope="module")
def shop(django_db_setup, django_db_blocker):
    """Shop A, for all tests of the module like its keys and things."""
    with lasting(django_db_blocker):
        yield factories.merchant()


@pytest.fixture(scope="module")
def keyring(shop):
    """A key of everybody in the table."""
    rival = factories.merchant(slug="b", owner="charlie@b.test")
    revoked = keys.create(merchant=shop, name="lost", scope=Scope.MANAGE, at=timezone.now())
    keys.revoke(merchant=shop, name="lost", at=timezone.now())
    return {
        "nobody": None,
        "wrong": "ficha_wrong",
        "revoked": revoked,
        "stranger": api_client.new_key(rival),
        **{scope: api_client.new_key(shop, scope=scope) for scope in Scope.values},
    }


@pytest.fixture(scope="module")
def things(shop):
    """An object of shop A behind every address, each in the state that its call needs."""
    running = factories.program(shop)
    ending = programs.close(
        program=factories.program(shop, name="Ending"),
        last_earning_on=date(2030, 4, 10),
        last_spending_on=date(2030, 5, 10),
        at=factories.AT,
    )
    draft = programs.create(merchant=shop, name="Draft", rules=RULES, at=factories.AT)
    buyer = factories.customer(shop)
    bought = factories.purchase(shop, buyer)
    vouchers.issue(merchant=shop, drafts=[VoucherDraft("Tea", {"kind": "free_shipping"})] * 2, at=factories.AT)
    used, unused = Voucher.objects.for_merchant(shop)
    vouchers.use(voucher=used, at=factories.AT)
    segment = lists.create(merchant=shop, name="Buyers", definition=BUYERS, at=factories.AT)
    file = ContentFile(b"name,email\nJo,jo@a.test\n", name="people.csv")
    sent = imports.create(merchant=shop, kind="customers", content=file, filename="people.csv", at=factories.AT)
    member = Membership.objects.get(customer=buyer)
    coffee, unwanted = (catalog.create(program=running, at=factories.AT, **COFFEE) for __ in range(2))
    pooled, host = (factories.customer(shop).memberships.get() for __ in range(2))
    pools.join(membership=pooled, host=host, at=factories.AT)
    clerk = factories.clerk(shop)
    asked = adjustments.adjust(membership=member, points=500, reason="sorry", by=clerk, at=factories.AT)
    return {
        "idle": factories.customer(shop).public_id,
        "customer": buyer.public_id,
        "draft": draft.public_id,
        "ending": ending.public_id,
        "program": running.public_id,
        "voucher": unused.code,
        "used": used.code,
        "membership": member.public_id,
        "other": factories.customer(shop).memberships.get().public_id,
        "pooled": pooled.public_id,
        "adjustment": asked.public_id,
        "purchase": bought.draft.public_id,
        "reward": coffee.public_id,
        "unwanted": unwanted.public_id,
        "redemption": set_aside(shop, coffee).public_id,
        "segment": segment.public_id,
        "card": buyer.card_code,
        "attribute": attributes.define(merchant=shop, label="Dog", kind="text", at=factories.AT).public_id,
        "survey": asking.survey(shop).public_id,
        "import": imports.run(sent.pk, at=factories.AT).public_id,
    }


def set_aside(shop, coffee):
    """A reward that is set aside for somebody else."""
    guest = factories.customer(shop)
    factories.purchase(shop, guest)
    member = guest.memberships.select_related("program__merchant").get(program=coffee.program)
    return redemption.redeem(membership=member, reward=coffee, at=timezone.now(), capture=False)


def address(name: str, method: str, things: dict) -> str:
    """The path of a call, under the API's base."""
    kind = {"activate": "draft", "pause": "program", "versions": "program", "entries": "membership"}
    kind |= dict.fromkeys(["refunds", "void", "reassign"], "purchase")
    kind |= {"voucher-use": "voucher", "voucher-reverse": "used", "voucher-revoke": "voucher"}
    kind |= dict.fromkeys(["transfers", "pool", "adjust", "lots", "tier-changes", "member-rewards"], "membership")
    kind |= dict.fromkeys(["profile", "timeline", "consents", "export", "erase"], "customer")
    kind |= dict.fromkeys(["redemption-capture", "redemption-cancel"], "redemption")
    kind |= dict.fromkeys(["adjustment-approve", "adjustment-reject"], "adjustment")
    kind |= dict.fromkeys(["survey-open", "survey-close", "survey-responses", "survey-invitations"], "survey")
    kind |= dict.fromkeys(["segment-customers", "segment-refresh", "segment-snapshot"], "segment")
    kind |= {"import-errors": "import", "import-undo": "import"}
    kind |= {"close": "ending" if method == "DELETE" else "program"}
    deleted = {"customer": "idle", "pool": "pooled", "reward": "unwanted"}
    thing = deleted.get(name, kind.get(name, name)) if method == "DELETE" else kind.get(name, name)
    route = next(str(pattern.pattern) for pattern in NAMED if pattern.name == name)
    path = reverse(f"api:{name}", kwargs={part: things[thing] for part in re.findall(r"<str:(\w+)>", route)})
    return path.removeprefix(api_client.BASE)


def body(name: str, things: dict):
    """A body that works at shop A."""
    sale = {"customer": things["customer"], "amount": 500, "external_id": "till-7"}
    return {
        "customers": {"name": "New"},
        "customer": {"name": "Changed"},
        "segment-preview": {"definition": {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 1}]}},
        "segments": {"name": "All buyers", "definition": BUYERS},
        "segment": {"name": "Everybody who bought"},
        "programs": {"name": "Second", "rules": RULES},
        "program": {"unit": "beans"},
        "memberships": {"customer": things["customer"], "program": things["program"]},
        "vouchers": {"benefit": {"kind": "free_shipping"}},
        "purchases": sale,
        "preview": sale,
        "batch": {"purchases": [sale]},
        "refunds": {"amount": 100},
        "returns": {"customer": things["customer"], "amount": 100},
        "activities": {"customer": things["customer"], "type": "review", "external_id": "r-7"},
        "rewards": {"program": things["program"], **COFFEE},
        "reward": {"cost": 2},
        "redemptions": {"membership": things["membership"], "reward": things["reward"]},
        "surveys": {"title": "New"},
        "survey": {"title": "Renamed"},
        "survey-responses": {"answers": [{"question": 1, "value": 9}]},
        "survey-invitations": {"customer": things["customer"]},
        "reassign": {"customer": things["idle"]},
        "attributes": {"label": "Shoe size", "kind": "number"},
        "consents": {"channel": "sms", "purpose": "marketing", "granted": True},
        "transfers": {"to": things["other"], "points": 1},
        "pool": {"with": things["other"]},
        "adjust": {"points": 5, "reason": "sorry"},
        "close": {"last_earning_on": "2030-01-31", "last_spending_on": "2030-02-28"},
    }.get(name, {})


def ask(till: api_client.Api, method: str, name: str, things: dict):
    """Make a call of the table."""
    path = address(name, method, things)
    if method == "GET":
        return till.get(path)
    if name == "imports":
        return till.upload(path, {"kind": "customers", "file": ContentFile(b"name\nJo\n", name="people.csv")})
    if name == "segment-upload":
        file = ContentFile(f"card\n{things['card']}\n".encode(), name="press.csv")
        return till.upload(path, {"name": "Press", "file": file})
    return till.send(method, path, body(name, things))


def test_table_names_every_call():
    called = {
        (method.upper(), pattern.name)
        for pattern in NAMED
        for method in pattern.callback.view_class.http_method_names
        if method not in {"options", "head"} and getattr(pattern.callback.view_class, method, None)
    }

    assert called == set(CALLS)


@pytest.mark.any_database
@pytest.mark.parametrize(("method", "name", "who", "status"), TABLE)
def test_call_answers_everybody_as_the_table_says(keyring, things, method, name, who, status):
    before = api_client.snapshot()

    response = ask(api_client.Api(keyring[who]), method, name, things)

    assert response.status_code == status
    if status >= 400:
        api_client.refused(response)
        assert api_client.snapshot() == before


@pytest.mark.parametrize("name", LISTS)
def test_list_shows_a_stranger_nothing_of_the_shop(keyring, things, name):
    response = ask(api_client.Api(keyring["stranger"]), "GET", name, things)

    rows = response.json()["data"]

    assert [row["id"] for row in rows if row["id"] in things.values()] == []


def test_batch_of_a_stranger_finds_no_foreign_customer(keyring, things):
    response = ask(api_client.Api(keyring["stranger"]), "POST", "batch", things)

    results = response.json()["results"]

    assert [(result["status"], result["error"]["code"]) for result in results] == [("error", "not_found")]


@pytest.mark.parametrize("who", ["nobody", "wrong", "revoked"])
def test_unauthenticated_answer_names_the_scheme(keyring, who):
    response = api_client.Api(keyring[who]).get("me")

    assert response["WWW-Authenticate"] == 'Bearer realm="Ficha"'


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "not_authenticated"),
        ("Bearer ficha_wrong", "invalid_key"),
        ("Bearer", "invalid_key"),
        ("Bearer a b", "invalid_key"),
        ("Basic YTpi", "invalid_key"),
        ("Bearer clé\u0080", "invalid_key"),
        ("Bearer a\x00b", "invalid_key"),
    ],
)
def test_authorization_header_that_opens_nothing_is_401(header, code):
    headers = {"Authorization": header} if header else {}

    response = api_client.Api(None).get("me", headers=headers)

    assert api_client.refused(response) == (401, code)


def test_scope_too_small_names_the_one_needed(keyring, things):
    response = ask(api_client.Api(keyring["read"]), "POST", "purchases", things)

    assert api_client.refused(response) == (403, "insufficient_scope")
    assert response.json()["detail"] == "This needs a key of the scope 'counter'; this one has 'read'."


@pytest.mark.parametrize("path", ["", "nothing", "customers/", "customers/cus_1/nothing", "purchases/pur_1/nothing"])
def test_address_that_the_api_does_not_have_is_404(path):
    response = api_client.Api(None).get(path)

    assert api_client.refused(response) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "customers"), ("DELETE", "purchases"), ("GET", "purchases/batch")]
)
def test_method_that_an_address_does_not_have_is_405(keyring, method, path):
    response = api_client.Api(keyring["manage"]).send(method, path, {})

    assert api_client.refused(response) == (405, "method_not_allowed")


def test_me_says_whose_key_it_is(shop):
    response = api_client.api(shop, scope=Scope.READ).get("me")

    key = shop.api_keys.latest("pk")
    assert response.json() == {
        "merchant": {
            "id": shop.public_id,
            "name": "Shop A",
            "slug": "a",
            "currency": "EUR",
            "country": "ES",
            "timezone": "Europe/Madrid",
        },
        "key": {"id": key.public_id, "name": key.name, "scope": "read", "location": None},
    }


def test_address_that_does_not_exist_is_a_problem_whatever_is_sent_there():
    response = Client(enforce_csrf_checks=True).post("/api/v1/nowhere", {}, content_type="application/json")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "not_found"
