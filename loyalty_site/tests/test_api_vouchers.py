"""Vouchers over the API: issued by full stamp cards, found by any spelling of the code, used once, taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import refused
from rewards import vouchers
from rewards.models import Voucher, VoucherUse
from rewards.vouchers import VoucherDraft

pytestmark = pytest.mark.django_db

COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}
STAMPS = {"size": 3, "reward": {"name": "A coffee", "benefit": COFFEE}}
RULES = [{"name": "Stamp", "trigger": "purchase", "award": {"per_item": 1}}]


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="counter")


@pytest.fixture
def program(shop):
    return factories.program(shop, name="Card", kind="stamps", rules=RULES, stamps=STAMPS)


@pytest.fixture
def buyer(shop, program):
    return factories.customer(shop)


def buys(till, buyer, units, path="purchases"):
    lines = [{"amount": 300 * units, "quantity": units}]
    return till.post(path, {"customer": buyer.public_id, "lines": lines}).json()


def voucher(shop, buyer=None, **fields) -> Voucher:
    draft = VoucherDraft("Tea", {"kind": "amount_off", "amount": 200}, customer_id=buyer and buyer.pk, **fields)
    vouchers.issue(merchant=shop, drafts=[draft], at=timezone.now())
    return Voucher.objects.latest("pk")


@pytest.mark.any_database
def test_purchase_says_what_is_on_the_card_and_what_it_filled(till, program, buyer):
    first, second = buys(till, buyer, 2), buys(till, buyer, 5)

    assert (first["stamps"], first["vouchers_issued"]) == (
        [{"program": program.public_id, "stamps": 2, "size": 3, "completed": 0}],
        [],
    )
    assert second["stamps"] == [{"program": program.public_id, "stamps": 1, "size": 3, "completed": 2}]
    issued = second["vouchers_issued"]
    assert [(one["status"], one["name"], one["benefit"]) for one in issued] == [("open", "A coffee", COFFEE)] * 2
    assert [one["customer"] for one in issued] == [buyer.public_id] * 2
    assert second["balances"][0]["available"] == 1
    assert till.get(f"vouchers/{issued[0]['code']}").json() == issued[0]


def test_preview_issues_nothing_and_names_no_code(till, buyer):
    reply = buys(till, buyer, 3, "purchases/preview")

    assert reply["stamps"][0]["completed"] == 1
    assert [(one["id"], one["code"], one["name"]) for one in reply["vouchers_issued"]] == [(None, None, "A coffee")]
    assert Voucher.objects.count() == 0


def test_code_is_long_unambiguous_and_found_in_any_spelling(till, shop):
    code = voucher(shop).code

    assert len(code) == 13
    assert set(code) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ")
    spelled = f"{code[:4].lower()}-{code[4:8]} {code[8:]}"
    assert till.get(f"vouchers/{spelled}").json()["code"] == code
    assert refused(till.get("vouchers/NOSUCHCODE")) == (404, "unknown_voucher")


def test_voucher_is_used_once_and_notes_where_and_by_whom(till, shop, buyer):
    place = factories.shops.add_location(merchant=shop, name="Main")
    staff = factories.place(shop)
    sale = buys(till, buyer, 1)
    found = voucher(shop, buyer)
    where = {"location": place.public_id, "staff": staff.public_id, "purchase": sale["id"]}

    response = till.post(f"vouchers/{found.code}/use", where)

    assert (response.status_code, response.json()["status"], response.json()["uses_left"]) == (200, "used", 0)
    use = VoucherUse.objects.get()
    assert (use.location, use.staff, use.purchase.public_id) == (place, staff, sale["id"])
    assert use.actor == shop.api_keys.get().public_id
    assert refused(till.post(f"vouchers/{found.code}/use", where)) == (409, "voucher_used")
    assert VoucherUse.objects.count() == 1


def test_retry_with_the_same_key_answers_the_same(till, shop):
    path = f"vouchers/{voucher(shop).code}/use"

    first, again = till.post(path, once="u1"), till.post(path, once="u1")

    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (200, first.json(), "true")


def test_use_that_was_a_mistake_is_taken_back(till, shop):
    path = f"vouchers/{voucher(shop).code}"
    till.post(f"{path}/use")

    assert till.post(f"{path}/reverse").json()["status"] == "open"
    assert refused(till.post(f"{path}/reverse")) == (409, "voucher_not_used")
    assert till.post(f"{path}/use").json()["status"] == "used"


@pytest.mark.any_database
def test_expired_and_cancelled_vouchers_say_so(till, shop, buyer):
    expired = voucher(shop, expires_at=timezone.now() - timedelta(seconds=1))
    sale = buys(till, buyer, 3)
    till.post(f"purchases/{sale['id']}/void")

    assert refused(till.post(f"vouchers/{expired.code}/use")) == (409, "voucher_expired")
    cancelled = sale["vouchers_issued"][0]["code"]
    assert refused(till.post(f"vouchers/{cancelled}/use")) == (409, "voucher_cancelled")
    assert refused(till.post(f"vouchers/{cancelled}/reverse")) == (409, "voucher_cancelled")
    assert till.get(f"vouchers/{cancelled}").json()["status"] == "cancelled"


def test_voucher_of_a_customer_is_not_anybody_elses(till, shop, buyer):
    other, found = factories.customer(shop), voucher(shop, buyer)

    response = till.post(f"vouchers/{found.code}/use", {"customer": other.public_id})

    assert refused(response) == (409, "voucher_not_yours")
    assert till.post(f"vouchers/{found.code}/use", {"customer": buyer.public_id}).status_code == 200


def test_list_is_filtered_by_customer_and_status(till, shop, buyer):
    mine, other = voucher(shop, buyer), voucher(shop)
    expired = voucher(shop, expires_at=timezone.now() - timedelta(seconds=1))
    till.post(f"vouchers/{other.code}/use")

    def codes(**filters):
        return [one["code"] for one in till.get("vouchers", **filters).json()["data"]]

    assert codes() == [expired.code, other.code, mine.code]
    assert codes(customer=buyer.public_id) == [mine.code]
    assert [codes(status=one) for one in ("open", "used", "expired", "cancelled")] == [
        [mine.code],
        [other.code],
        [expired.code],
        [],
    ]
    assert refused(till.get("vouchers", status="odd"))[0] == 400


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_the_same_queries(till, shop, buyer, django_assert_num_queries, count):
    for __ in range(count):
        voucher(shop, buyer)

    with django_assert_num_queries(2):
        assert len(till.get("vouchers", limit="100").json()["data"]) == count
