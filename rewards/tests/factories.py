"""Dull promises: a program of one point for each full euro, and members."""

from dataclasses import dataclass, field
from datetime import datetime

from customers.merchants.models import Merchant
from customers.models import Customer
from customers.tests import factories
from customers.tests.factories import AT
from rewards import catalog, earning, memberships, programs
from rewards.ledger import Posting
from rewards.models import Membership, Program, Reward

RULES = [{"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}]


def program(shop: Merchant, *, at: datetime = AT, rules: list | None = None, **fields) -> Program:
    """An active program of everybody who is there."""
    name = fields.pop("name", "Points")
    made = programs.create(merchant=shop, name=name, rules=RULES if rules is None else rules, at=at, **fields)
    made = programs.activate(program=made, at=at)
    memberships.enrol_everybody(program=made, at=at)
    return made


def member(shop: Merchant, *, at: datetime = AT, **fields) -> Customer:
    """Somebody in every program of the shop."""
    person = factories.customer(shop, at=at, **fields)
    memberships.enrol(merchant=shop, customers=[person.pk], at=at)
    return person


def membership(person: Customer, made: Program | None = None) -> Membership:
    """The person's place in a program, or in the only one."""
    places = Membership.objects.filter(customer=person)
    return places.get(program=made) if made else places.get()


def reward(made: Program, *, at: datetime = AT, **fields) -> Reward:
    """A coffee for 10 points, offered at once."""
    coffee = {"kind": "free_product", "category": "coffee", "quantity": 1}
    return catalog.create(program=made, at=at, **{"name": "Coffee", "cost": 10, "benefit": coffee, **fields})


def judged(shop: Merchant, person: Customer, *, amount: int = 1000, at: datetime = AT, **fields):
    """A purchase of 10.00 on record, judged."""
    bought = factories.purchase(shop, person, amount=amount, at=at, **fields)
    earning.judge(merchant=shop, purchases=[bought], at=at)
    return bought


def returned(shop: Merchant, bought=None, person: Customer | None = None, *, amount: int, at: datetime = AT, **fields):
    """A return on record, with the points it took back."""
    back = factories.refund(shop, bought, person, amount=amount, at=at, **fields)
    return earning.take_back(merchant=shop, returns=[back], at=at)


@dataclass
class Till:
    """Postings on one account, each under the next key."""

    place: Membership
    keys: list = field(default_factory=list)

    def posting(self, points: int, *, kind: str | None = None, at: datetime = AT, **fields) -> Posting:
        """A posting that nobody has seen yet."""
        self.keys.append(f"k{self.place.pk}:{len(self.keys)}")
        return Posting(
            account_id=self.place.account_id,
            membership_id=self.place.pk,
            merchant_id=self.place.program.merchant_id,
            kind=kind or ("earn" if points > 0 else "reverse"),
            points=points,
            occurred_at=at,
            key=self.keys[-1],
            **fields,
        )
