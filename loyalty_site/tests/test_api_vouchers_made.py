"""Vouchers made over the API: in batches, as CSV, with limits, minimums and balances, revoked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty_site.api import paging
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows, together
from rewards.models import Voucher, VoucherBatch, VoucherUse

pytestmark = pytest.mark.django_db

TEA = {"kind": "amount_off", "amount": 200}
GIFT = {"kind": "gift_card", "amount": 1000}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def make(till, **body):
    return till.post("vouchers", {"benefit": TEA, **body})


def code(till, **body) -> str:
    return make(till, **body).json()["data"][0]["code"]


def test_batch_answers_the_first_hundred_and_lists_all(till, monkeypatch):
    monkeypatch.setattr(paging, "ROWS_AT_ONCE", 40)

    response = make(till, count=130, prefix="sum-mer", name="Summer", uses=2, ends_at="2099-01-01T00:00:00Z")

    made = response.json()
    assert (response.status_code, made["count"], len(made["data"])) == (201, 130, 100)
    listed = rows(till.get("vouchers", csv=True, batch=made["batch"]))
    assert (len(listed), len({one["code"] for one in listed})) == (130, 130)
    assert {one["code"][:6] for one in listed} == {"SUMMER"}
    assert {one["batch"] for one in listed} == {made["batch"]}
    one = made["data"][0]
    assert one["code"] in {one["code"] for one in listed}
    assert (one["status"], one["name"], one["uses"], one["uses_left"], one["benefit"]) == ("open", "Summer", 2, 2, TEA)
    assert (one["balance"], one["customer"], one["expires_at"]) == (None, None, "2099-01-01T00:00:00Z")


def test_retry_answers_the_same_codes_and_makes_none(till):
    body = {"benefit": TEA, "count": 3}

    first, again = till.post("vouchers", body, once="v1"), till.post("vouchers", body, once="v1")

    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert Voucher.objects.count() == 3
    assert refused(till.post("vouchers", {"benefit": TEA}, once=None)) == (400, "idempotency_key_required")


def test_dry_run_makes_nothing_and_names_no_code(till):
    reply = till.post("vouchers?dry_run=true", {"benefit": GIFT, "count": 2}, once=None)

    said = reply.json()
    assert (reply.status_code, said["dry_run"], said["count"], said["batch"]) == (200, True, 2, None)
    assert [(one["id"], one["code"], one["batch"], one["balance"]) for one in said["data"]] == [
        (None, None, None, 1000)
    ] * 2
    assert (Voucher.objects.count(), VoucherBatch.objects.count()) == (0, 0)


def test_batch_remembers_who_made_it_and_is_named_after_its_benefit(till, shop):
    make(till, note="For the letter in May")

    batch = VoucherBatch.objects.get()
    assert (batch.name, batch.note, batch.count) == ("€2.00 off", "For the letter in May", 1)
    assert batch.actor == shop.api_keys.get().public_id


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"count": 0}, ("count", "invalid_batch")),
        ({"count": 100_001}, ("count", "invalid_batch")),
        ({"count": "3"}, ("count", "invalid")),
        ({"uses": 0}, ("uses", "invalid_batch")),
        ({"benefit": GIFT, "uses": 2}, ("uses", "invalid_batch")),
        ({"benefit": {"kind": "gold"}}, ("benefit.kind", "invalid_benefit")),
        ({"prefix": "a b!"}, ("prefix", "invalid_prefix")),
        ({"min_amount": 1.5}, ("min_amount", "invalid_amount")),
        ({"ends_at": "2020-01-01T00:00:00Z"}, ("ends_at", "invalid_batch")),
        ({"value": 3}, ("value", "unknown_field")),
    ],
)
def test_wrong_batch_is_refused_beside_its_field(till, body, place):
    response = make(till, **body)

    assert refused(response) == (400, place[1])
    assert places(response) == [place]
    assert VoucherBatch.objects.count() == 0


def test_batch_of_another_shops_customer_is_missing(till):
    stranger = factories.customer(factories.merchant(slug="b", owner="charlie@b.test"))

    assert refused(make(till, customer=stranger.public_id)) == (404, "not_found")


def test_gift_card_pays_in_parts_and_gets_them_back(till):
    path = f"vouchers/{code(till, benefit=GIFT)}"

    def pay(amount):
        return till.post(f"{path}/use", {"amount": amount})

    assert [(one["balance"], one["status"]) for one in (pay(400).json(), pay(600).json())] == [
        (600, "open"),
        (0, "used"),
    ]
    assert refused(pay(1)) == (409, "voucher_used")
    assert till.post(f"{path}/reverse").json()["balance"] == 600
    short = pay(601)
    assert (refused(short), short.json()["balance"]) == ((409, "insufficient_points"), 600)
    assert places(till.post(f"{path}/use")) == [("amount", "amount_required")]
    assert places(till.post(f"{path}/use", {"amount": 0})) == [("amount", "amount_required")]


@pytest.mark.any_database
def test_limits_of_a_voucher_are_said_by_their_codes(till, shop):
    ana, soon = factories.customer(shop), (timezone.now() + timedelta(1)).isoformat()
    limited, large, later = code(till, uses=3, per_customer=1), code(till, min_amount=500), code(till, starts_at=soon)
    mine = {"customer": ana.public_id}
    till.post(f"vouchers/{limited}/use", mine)

    assert refused(till.post(f"vouchers/{limited}/use", mine)) == (409, "voucher_used")
    assert places(till.post(f"vouchers/{limited}/use")) == [("customer", "customer_required")]
    assert refused(till.post(f"vouchers/{large}/use")) == (409, "voucher_minimum")
    assert refused(till.post(f"vouchers/{large}/use", {"purchase_amount": 499})) == (409, "voucher_minimum")
    assert till.post(f"vouchers/{large}/use", {"purchase_amount": 500}).json()["status"] == "used"
    assert refused(till.post(f"vouchers/{later}/use")) == (409, "voucher_not_started")
    assert VoucherUse.objects.filter(customer=ana).count() == 1


def test_revoking_twice_is_revoking_once(till):
    path = f"vouchers/{code(till)}"

    assert [till.post(f"{path}/revoke").json()["status"] for __ in range(2)] == ["revoked", "revoked"]
    assert refused(till.post(f"{path}/use")) == (409, "voucher_revoked")
    assert refused(till.post(f"{path}/reverse")) == (409, "voucher_revoked")


def test_what_is_used_up_is_not_revoked(till):
    path = f"vouchers/{code(till)}"
    till.post(f"{path}/use")

    assert refused(till.post(f"{path}/revoke")) == (409, "voucher_used")


def test_list_is_filtered_by_batch_state_and_the_beginning_of_the_code(till):
    first, second = make(till, prefix="MAY", count=2).json(), make(till, prefix="MAYBE").json()
    revoked = first["data"][0]["code"]
    till.post(f"vouchers/{revoked}/revoke")

    def codes(**filters):
        return {one["code"] for one in till.get("vouchers", **filters).json()["data"]}

    assert codes(batch=second["batch"]) == {second["data"][0]["code"]}
    assert codes(status="revoked") == codes(code=revoked[:8].lower()) == {revoked}
    assert len(codes(code="may")) == 3
    assert codes(code="maybe") == codes(code="may-be", batch=second["batch"])
    assert codes(code="JUNE") == codes(batch="bat_none") == set()


@pytest.mark.django_db(transaction=True)
def test_two_tills_share_what_a_gift_card_holds():
    shop = factories.merchant()
    tills = [api_client.api(shop, scope="counter") for __ in range(4)]
    path = f"vouchers/{code(api_client.api(shop), benefit=GIFT)}"

    def pay(number):
        while refused_as(answer := tills[number].post(f"{path}/use", {"amount": 400})) == "busy":
            pass
        return answer.status_code

    assert sorted(together(4, pay)) == [200, 200, 409, 409]
    assert (Voucher.objects.get().balance, VoucherUse.objects.count()) == (200, 2)


def refused_as(answer) -> str:
    return answer.json().get("code", "") if answer.status_code == 409 else ""
