"""What tests of claims share: a shop with points, a till, Ana, and rewards and vouchers in few words."""

from customers.models import Customer
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import api
from rewards import catalog, vouchers
from rewards.models import Program, Voucher
from rewards.vouchers import VoucherDraft

DAY = "2026-03-11T10:00:00Z"  # a Wednesday, after the program began


class Shop:
    """A shop with a till, a program (one point for each full 1.00, unless told otherwise) and Ana."""

    def __init__(self, *, rules: list | None = None, currency: str = "EUR", **fields):
        number = next(factories.NUMBERS)
        self.merchant = factories.merchant(slug=f"s{number}", owner=f"o{number}@s.test", currency=currency)
        self.made = factories.program(self.merchant, rules=rules, **fields)
        self.program = self.made.public_id
        self.person = factories.customer(self.merchant, name="Ana")
        self.ana = self.person.public_id
        self.till = api(self.merchant)

    def ok(self, path: str, body: dict | None = None) -> dict:
        """The reply to a POST that succeeds."""
        reply = self.till.post(path, body)
        assert reply.status_code in {200, 201}, reply.json()
        return reply.json()

    def buy(self, amount: int | None = None, *, customer: str | None = "ana", **more) -> dict:
        buyer = self.ana if customer == "ana" else customer
        return self.ok("purchases", {"customer": buyer, "amount": amount, **more})

    def refund(self, purchase: dict, **what) -> dict:
        return self.ok(f"purchases/{purchase['id']}/refunds", what)

    def void(self, purchase: dict) -> dict:
        return self.ok(f"purchases/{purchase['id']}/void")

    def reward(self, *, cost: int = 10, program: Program | None = None, **benefit) -> str:
        """The id of a new reward: `amount` off, unless another `benefit` is given."""
        stock = benefit.pop("stock", None)
        benefit = benefit.get("benefit") or {"kind": "amount_off", **benefit}
        name = f"Reward {next(factories.NUMBERS)}"
        made = catalog.create(
            program=program or self.made, at=factories.AT, name=name, cost=cost, benefit=benefit, stock=stock
        )
        return made.public_id

    def voucher(self, benefit: dict | int, *, customer: Customer | None = None, **fields) -> str:
        """The code of a new voucher, of a fixed amount off unless another benefit is given."""
        benefit = {"kind": "amount_off", "amount": benefit} if isinstance(benefit, int) else benefit
        draft = VoucherDraft(name="Voucher", benefit=benefit, customer_id=customer and customer.pk)
        vouchers.issue(merchant=self.merchant, drafts=[draft], at=factories.AT)
        made = Voucher.objects.filter(merchant=self.merchant).latest("pk")
        Voucher.objects.filter(pk=made.pk).update(**fields)
        return made.code

    def gift_card(self, amount: int) -> str:
        return self.voucher({"kind": "gift_card", "amount": amount})


def percent(number: int, most: int | None = None) -> dict:
    return {"kind": "percent_off", "percent": number, "max_amount": most}


def cashback(shop: Shop, *, points: int = 5) -> Program:
    """A program of so many percent back."""
    rules = [{"name": "Back", "trigger": "purchase", "award": {"per_amount": {"points": points, "every": 100}}}]
    return factories.program(shop.merchant, name=f"Back {next(factories.NUMBERS)}", kind="cashback", rules=rules)
