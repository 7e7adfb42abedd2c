"""What a customer can redeem, what they redeemed, and what taking one back does."""

from dataclasses import dataclass
from datetime import datetime

from customers.models import Customer
from loyalty_site.reward_forms import RedeemForm
from rewards import catalog, ledger
from rewards.models import Membership, Redemption

from . import rewards

LATEST = 20


@dataclass(slots=True)
class Offer:
    """A reward as one customer finds it, what it gives in words, and the receipt of its button."""

    option: catalog.Option
    gives: str
    receipt: str


@dataclass(slots=True)
class Counter:
    """A membership with what can be spent in it, and what it is offered."""

    membership: Membership
    available: int
    offers: list[Offer]


@dataclass(slots=True)
class Redeeming:
    """The customer's rewards: what is offered in each program, and what was taken last."""

    counters: list[Counter]
    taken: list[rewards.Taken]

    @property
    def offers(self) -> bool:
        """Whether there is anything to choose."""
        return any(one.offers for one in self.counters)


def redeeming(customer: Customer, *, at: datetime) -> Redeeming:
    """What somebody can redeem and has redeemed (fifteen queries at most)."""
    members = list(
        Membership.objects.filter(customer=customer).select_related("program__merchant").order_by("program__name")
    )
    found = catalog.options_of(members, at=at) if members else {}
    held = ledger.balances({one.account_id for one in members}, at=at, now=at)
    currency = customer.merchant.currency
    return Redeeming(
        [Counter(one, held[one.account_id].available, offers(found[one.pk], currency)) for one in members],
        latest(customer, at=at),
    )


def offers(options: list[catalog.Option], currency: str) -> list[Offer]:
    """Options in words, those that can be taken first."""
    ordered = sorted(options, key=lambda one: not one.eligible)
    return [Offer(one, rewards.gives(one.reward, currency), RedeemForm.new_receipt()) for one in ordered]


def latest(customer: Customer, *, at: datetime) -> list[rewards.Taken]:
    """What somebody redeemed last (two queries)."""
    made = rewards.redemptions(customer.merchant).filter(membership__customer=customer)
    return rewards.taken(made[:LATEST], at=at)


@dataclass(slots=True)
class Undone:
    """A redemption taken back, or only tried: the points that return, how many of them live anew, and what is left."""

    redemption: Redemption
    points: int
    extended: int
    left: int
    vouchers: int


def undone(made: Redemption, *, at: datetime) -> Undone:
    """What cancelling a redemption did (five queries)."""
    account = made.membership.account_id
    back = made.entry.answers.order_by("-pk").first() if made.entry else None
    return Undone(
        made,
        points=back.points if back else (made.points if made.hold else 0),
        extended=sum(back.lots.values_list("points", flat=True)) if back else 0,
        left=ledger.balance(account, at=at, now=at).available,
        vouchers=made.vouchers.count(),
    )
