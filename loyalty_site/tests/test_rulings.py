"""The contract's rulings on judging a purchase, refunds and the ledger: one test for each, by its name in the contract.

Each is told over the API in the shortest way that shows it; the details are tested where the code is.
"""

import pytest

from loyalty_site.tests import factories
from loyalty_site.tests.api_client import api, refused

pytestmark = pytest.mark.django_db

EURO = {"name": "euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}
DAY = "2026-03-03T10:00:00Z"  # a Tuesday, 11:00 in Madrid


class Shop:
    """A shop with a till, a program and Ana."""

    def __init__(self):
        self.till = api(factories.merchant())
        self.ana = self.ok("customers", {"name": "Ana"})["id"]

    def ok(self, path: str, body: dict | None = None) -> dict:
        """The reply to a POST that succeeds."""
        reply = self.till.post(path, body)
        assert reply.status_code in {200, 201}, reply.json()
        return reply.json()

    def program(self, *rules: dict, **more) -> str:
        body = {"name": f"P{next(factories.NUMBERS)}", "rules": list(rules) or [EURO], **more}
        made = self.ok("programs", {"starts_at": "2026-01-01T00:00:00Z", **body})["id"]
        self.ok(f"programs/{made}/activate")
        return made

    def buy(self, amount: int | None = None, *, at: str = DAY, **more) -> dict:
        return self.ok("purchases", {"customer": self.ana, "amount": amount, "occurred_at": at, **more})

    def refund(self, purchase: dict, **what) -> dict:
        return self.ok(f"purchases/{purchase['id']}/refunds", what)

    def reward(self, program: str, *, cost: int, amount: int) -> str:
        """The id of an amount off for points."""
        benefit = {"kind": "amount_off", "amount": amount}
        return self.ok("rewards", {"name": "Off", "program": program, "cost": cost, "benefit": benefit})["id"]

    def voucher(self, **benefit) -> str:
        """The code of a voucher."""
        return self.ok("vouchers", {"benefit": benefit})["data"][0]["code"]

    def member(self, purchase: dict) -> str:
        return purchase["balances"][0]["membership"]


@pytest.fixture
def shop():
    return Shop()


def points(purchase: dict) -> int:
    [earned] = purchase["earned"]
    return earned["points"]


def parts(purchase: dict) -> list[tuple[str, int]]:
    [earned] = purchase["earned"]
    return [(one["rule"], one["points"]) for one in earned["breakdown"]]


def rule(name: str, award: dict, **more) -> dict:
    return {"name": name, "trigger": "purchase", "award": award, **more}


def test_what_is_remembered(shop):
    program = shop.program(EURO)
    bought = shop.buy(1000)
    shop.till.patch(f"programs/{program}", {"rules": [rule("euro", {"per_amount": {"points": 9, "every": 100}})]})

    kept = shop.till.get(f"purchases/{bought['id']}").json()

    assert kept["earned"] == bought["earned"]
    assert shop.refund(bought, amount=100)["points_reversed"] == 1  # by the version that judged it


def test_program_in_time(shop):
    program = shop.program(EURO)
    before = shop.buy(1000, at="2025-12-31T22:59:59Z")
    shop.ok(f"programs/{program}/pause")
    paused = shop.ok("purchases", {"customer": shop.ana, "amount": 1000})

    assert (before["earned"], paused["earned"]) == ([], [])
    assert points(shop.buy(1000)) == 10


def test_lines(shop):
    shop.program(EURO)
    lines = [{"name": "Ham", "quantity": "0.250", "amount": 700, "unit_amount": 2800}]

    assert points(shop.buy(lines=[*lines, {"name": "Tip", "amount": 500, "excluded": True}])) == 7


def test_tier(shop):
    tiers = [{"name": "Regular", "threshold": 0}, {"name": "Friend", "threshold": 2000, "multiply": "2"}]
    shop.program(EURO, tiers=tiers, tier_policy={"basis": "spend", "window_months": 12})

    first, second = shop.buy(2000), shop.buy(100)
    shop.refund(first, amount=1)
    late = shop.buy(100)

    assert [points(one) for one in (first, second, late)] == [20, 2, 2]
    shop.refund(first, amount=500)
    assert points(shop.buy(100)) == 1  # the qualification is gone at once; the others are never judged again


def test_first_purchase(shop):
    shop.program(EURO, rule("welcome", {"fixed": 50}, when={"first_purchase": True}))

    first, second = shop.buy(100), shop.buy(100)
    shop.ok(f"purchases/{first['id']}/void")
    shop.refund(second, amount=100)

    assert [points(first), points(second), points(shop.buy(100))] == [51, 1, 51]


def test_per_amount(shop):
    shop.program(EURO, policies={"rounding": "up"})

    assert points(shop.buy(199)) == 1


def test_multipliers(shop):
    factors = [rule("a", {"multiply": "1.5"}), rule("b", {"multiply": "1.5"})]
    shop.program(EURO, *factors)

    assert parts(shop.buy(300)) == [("euro", 3), ("a", 1)]  # the best one; the earlier on a tie
    wrong = [EURO, rule("a", {"multiply": "2"}, when={"categories": ["coffee"]})]
    body = {"name": "All", "rules": wrong, "policies": {"multipliers": "all"}}
    assert refused(shop.till.post("programs", body)) == (400, "invalid_rule")
    body = {"name": "One", "rules": [EURO, rule("a", {"multiply": "1"})]}
    assert refused(shop.till.post("programs", body)) == (400, "invalid_rule")


def test_exclusive(shop):
    shop.program(
        EURO,
        rule("low", {"fixed": 5}, exclusive=True, priority=1),
        rule("high", {"fixed": 7}, exclusive=True, priority=2),
        rule("also high", {"fixed": 9}, exclusive=True, priority=2),
    )

    assert parts(shop.buy(1000)) == [("high", 7)]


def test_min_amount(shop):
    coffee = {"categories": ["coffee"], "min_amount": 500}
    shop.program(rule("coffee", {"fixed": 5}, when=coffee))
    lines = [{"category": "coffee", "amount": 500}, {"category": "cake", "amount": 900}]

    assert points(shop.buy(lines=lines)) == 5
    assert points(shop.buy(lines=[{**lines[0], "amount": 499}, lines[1]])) == 0


def test_periods(shop):
    shop.program(rule("weekly", {"fixed": 5}, limits={"per_customer": {"times": 1, "period": "week"}}))

    sunday, monday = "2026-03-08T22:59:59Z", "2026-03-08T23:00:00Z"  # midnight in Madrid

    assert [points(shop.buy(100, at=at)) for at in (DAY, sunday, monday)] == [5, 0, 5]


def test_points_of_the_same_purchase(shop):
    program = shop.program(EURO)
    off = shop.reward(program, cost=15, amount=500)
    body = {"customer": shop.ana, "occurred_at": DAY, "rewards": [off]}

    assert refused(shop.till.post("purchases", {**body, "amount": 1999})) == (409, "insufficient_points")
    assert shop.till.get("purchases").json()["data"] == []
    assert shop.ok("purchases", {**body, "amount": 2000})["balances"][0]["available"] == 0


def test_points_of_the_same_purchase_with_a_hold(shop):
    program = shop.program(EURO, policies={"hold_days": 1})
    off = shop.reward(program, cost=15, amount=500)

    bought = shop.till.post("purchases", {"customer": shop.ana, "amount": 9000, "rewards": [off]})

    assert refused(bought) == (409, "insufficient_points")


def test_discounts(shop):
    free = shop.voucher(kind="free_product", category="coffee", quantity=1)
    sent, fixed = shop.voucher(kind="free_shipping"), shop.voucher(kind="amount_off", amount=100)
    half = shop.voucher(kind="percent_off", percent=50)
    lines = [{"category": "coffee", "quantity": 3, "amount": 1000}, {"category": "cake", "amount": 334}]

    bought = shop.buy(lines=lines, shipping=201, vouchers=[sent, fixed, half, free])

    # 3.33 free; 12.02 left, 6.01 off; 1.00 off 6.01; then what is left of the shipping.
    assert [one["amount"] for one in bought["discounts"]] == [84, 100, 601, 333]
    assert (bought["amount"], bought["amount_due"]) == (1535, 1535 - 84 - 100 - 601 - 333)
    assert sum(one["discount"] for one in bought["lines"]) == 84 + 100 + 601 + 333
    tea = shop.voucher(kind="free_product", category="tea", quantity=1)
    refusal = shop.till.post("purchases", {"lines": lines, "vouchers": [tea]})
    assert refused(refusal) == (409, "not_applicable")


def test_stored_value(shop):
    back = shop.program(rule("back", {"per_amount": {"points": 10, "every": 100}}), kind="cashback")
    shop.buy(1000)
    gift = shop.voucher(kind="gift_card", amount=300)

    bought = shop.buy(1000, vouchers=[gift], use_balance={"program": back, "amount": 100})

    assert (points(bought), bought["amount_due"]) == (100, 600)
    assert [one["amount"] for one in bought["discounts"]] == [300, 100]
    assert shop.till.get(f"vouchers/{gift}").json()["status"] == "used"
    beyond = {"customer": shop.ana, "amount": 5000, "use_balance": {"program": back, "amount": 101}}
    assert refused(shop.till.post("purchases", beyond)) == (409, "insufficient_points")


def test_budget(shop):
    shop.program(EURO, point_value="10", budget={"per_month": 500})

    assert points(shop.ok("purchases", {"customer": shop.ana, "amount": 100_000})) == 1_000
    assert [alert["kind"] for alert in shop.till.get("alerts").json()["data"]] == ["budget"]


def test_the_rule(shop):
    shop.program(rule("once", {"fixed": 5}, limits={"total": {"times": 1}}))

    first, second = shop.buy(100), shop.buy(100)
    shop.refund(first, amount=100)

    assert [points(one) for one in (first, second, shop.buy(100))] == [5, 0, 5]  # the freed limit counts for later ones


def test_refund_by_amount(shop):
    shop.program(EURO, rule("coffee", {"per_item": 2}, when={"categories": ["coffee"]}))
    bought = shop.buy(lines=[{"category": "coffee", "quantity": 2, "amount": 600}, {"amount": 400}])

    assert shop.refund(bought, amount=500)["points_reversed"] == 5  # quantities stay
    assert shop.refund(bought, lines=[{"line": 1, "quantity": 1}])["amount"] == 150  # half of the half left of 600
    assert shop.refund(bought, amount=350)["balances"][0]["available"] == 0


def test_refund_by_amount_in_the_proportion_of_payment(shop):
    shop.program(EURO)
    gift = shop.voucher(kind="gift_card", amount=500)
    bought = shop.buy(2000, vouchers=[gift])

    back = shop.refund(bought, amount=1000)

    assert (back["amount"], back["prepaid"], back["points_reversed"]) == (1000, 250, 10)
    assert shop.till.get(f"vouchers/{gift}").json()["balance"] == 250


def test_what_comes_back(shop):
    off, code = shop.reward(shop.program(EURO), cost=15, amount=500), shop.voucher(kind="amount_off", amount=100)
    bought = shop.buy(2600, rewards=[off], vouchers=[code])

    half, rest = shop.refund(bought, amount=1000), shop.refund(bought, amount=1000)

    assert (half["points_returned"], half["vouchers_returned"]) == (7, [])
    assert (rest["points_returned"], rest["vouchers_returned"]) == (8, [code])


def test_reversal_order(shop):
    shop.program(EURO)
    bought = shop.buy(1000)
    other = shop.ok("customers", {"name": "Ben"})["id"]
    ben = shop.ok("purchases", {"customer": other, "amount": 0, "occurred_at": DAY})
    shop.ok(f"memberships/{shop.member(bought)}/transfers", {"to": shop.member(ben), "points": 10})

    assert shop.refund(bought, amount=1000)["balances"][0]["available"] == -10  # where they were earned
    assert shop.till.get(f"memberships/{shop.member(ben)}").json()["balance"]["available"] == 10


def test_balance(shop):
    shop.program(EURO)
    bought = shop.buy(1000)
    path = f"memberships/{shop.member(bought)}"
    shop.ok(f"{path}/adjustments", {"points": -10, "reason": "used"})
    shop.refund(bought, amount=1000)

    other = shop.ok("customers", {"name": "Ben"})["id"]
    ben = shop.ok("purchases", {"customer": other, "amount": 0, "occurred_at": DAY})
    owing = shop.till.post(f"{path}/transfers", {"to": shop.member(ben), "points": 1})

    assert shop.till.get(path).json()["balance"]["available"] == -10
    assert refused(owing) == (409, "deficit")
    assert shop.buy(2500)["balances"][0]["available"] == 15  # repaid first


def test_moments(shop):
    shop.program(EURO)
    bought = shop.buy(1000, at="2026-03-05T10:00:00Z")
    shop.buy(500, at="2026-03-03T10:00:00Z")
    path = f"memberships/{shop.member(bought)}"

    on_fourth = shop.till.get(path, at="2026-03-04T10:00:00Z").json()["balance"]["available"]
    after = [entry["balance_after"] for entry in shop.till.get(f"{path}/entries").json()["data"]]

    assert (on_fourth, after) == (5, [10, 15])  # `at` reads when it happened, `balance_after` when it was recorded


def test_hold_and_expiry(shop):
    shop.program(EURO, policies={"hold_days": 2, "expiry": {"kind": "days", "days": 30}})

    [earned] = shop.buy(1000)["earned"]

    assert (earned["available_at"], earned["expires_at"]) == ("2026-03-04T23:00:00Z", "2026-04-02T22:00:00Z")
    body = {"name": "Late", "rules": [EURO], "policies": {"hold_days": 31, "expiry": {"kind": "days", "days": 30}}}
    assert refused(shop.till.post("programs", body)) == (400, "invalid_policy")


def test_stamps(shop):
    reward = {"name": "Coffee", "benefit": {"kind": "free_product", "category": "coffee", "quantity": 1}}
    shop.program(rule("visit", {"fixed": 1}), kind="stamps", stamps={"size": 2, "reward": reward})
    bought = [shop.buy(100) for __ in range(3)]

    assert [one["stamps"][0]["completed"] for one in bought] == [0, 1, 0]
    [voucher] = bought[1]["vouchers_issued"]
    shop.ok(f"purchases/{bought[0]['id']}/void")
    shop.ok(f"purchases/{bought[2]['id']}/void")
    assert shop.till.get(f"vouchers/{voucher['code']}").json()["status"] == "cancelled"


def test_reassign(shop):
    shop.program(EURO)
    bought = shop.buy(1000)
    ben = shop.ok("customers", {"name": "Ben"})["id"]
    nobody = shop.ok("purchases", {"amount": 700, "occurred_at": DAY})

    moved = shop.ok(f"purchases/{bought['id']}/reassign", {"customer": ben})
    claimed = shop.ok(f"purchases/{nobody['id']}/reassign", {"customer": ben})

    assert (moved["points_reversed"], points(moved), points(claimed)) == (10, 10, 7)
    assert claimed["balances"][0]["available"] == 17


def test_reassign_with_claims(shop):
    bought = shop.buy(1000, vouchers=[shop.voucher(kind="amount_off", amount=100)])
    ben = shop.ok("customers", {"name": "Ben"})["id"]

    moved = shop.till.post(f"purchases/{bought['id']}/reassign", {"customer": ben})

    assert refused(moved) == (409, "void_first")


def test_pools(shop):
    shop.program(EURO)
    ana = shop.member(shop.buy(1000))
    other = shop.ok("customers", {"name": "Ben"})["id"]
    ben = shop.member(shop.ok("purchases", {"customer": other, "amount": 500, "occurred_at": DAY}))

    shop.ok(f"memberships/{ben}/pool", {"with": ana})
    shared = [shop.till.get(f"memberships/{one}").json()["balance"]["available"] for one in (ana, ben)]
    shop.till.delete(f"memberships/{ben}/pool")
    apart = [shop.till.get(f"memberships/{one}").json()["balance"]["available"] for one in (ana, ben)]

    assert (shared, apart) == ([15, 15], [15, 0])


def test_return_without_a_receipt(shop):
    shop.program(EURO)
    shop.buy(300)

    reply = shop.ok("returns", {"customer": shop.ana, "amount": 1000})

    assert (reply["points_reversed"], reply["balances"][0]["available"]) == (3, 0)
