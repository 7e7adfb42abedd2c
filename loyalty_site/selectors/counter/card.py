"""The customer's card at the counter: with a greeting, or with the receipt of what was just recorded."""

from dataclasses import dataclass, field
from datetime import datetime

from customers.models import Customer
from loyalty_site import flows
from loyalty_site.selectors.cards import Holding, Receipt, holdings, purchases_of, receipts
from loyalty_site.selectors.people import Person, masked
from loyalty_site.selectors.vouchers import InHand
from rewards import claims, tiers
from rewards.models import TierChange, Voucher

from .claims import Claimable, claimable
from .greeting import Greeting, greeting
from .scanned import Told, told, voucher_of

LATEST = 5  # purchases of the customer at the counter


@dataclass(slots=True)
class CounterCard:
    """The customer at the counter: with a greeting and what can be used, or with the `receipt` of the purchase that was
    just recorded: the tiers it changed (`risen`), the vouchers that it brought (`issued`), and until when it can be
    undone. `scanned` is the voucher of theirs that opened the card.
    """

    customer: Customer
    seen: Person
    holdings: list[Holding]
    vouchers: list[InHand]
    claimable: Claimable = field(default_factory=Claimable)
    greeting: Greeting | None = None
    receipt: Receipt | None = None
    risen: list[TierChange] = field(default_factory=list)
    undo_until: datetime | None = None
    scanned: Told | None = None
    issued: list[Voucher] = field(default_factory=list)

    @property
    def filled(self) -> list[Voucher]:
        """The vouchers of the cards that the receipt's purchase filled."""
        return [one for one in self.issued if one.redemption_id is None]

    @property
    def brought(self) -> list[Voucher]:
        """The vouchers of the rewards that were taken in it, to be used later."""
        return [one for one in self.issued if one.redemption_id is not None]


def counter_card(
    customer: Customer,
    vouchers: list[InHand],
    *,
    receipt: str | None,
    voucher: str | None = None,
    currency: str,
    at: datetime,
) -> CounterCard:
    """The card with balances, tiers and `vouchers`, what can be used, and a greeting or the receipt that is named.

    Six queries, also with a receipt, one more with a `voucher` that was scanned; where programs have tiers three
    more, four with a receipt.
    """
    found = purchases_of(customer).filter(public_id=receipt) if receipt else []
    shown, held = next(iter(receipts(found, currency=currency)), None), holdings(customer, at=at)
    return CounterCard(
        customer=customer,
        seen=masked([customer])[0],
        holdings=held,
        vouchers=vouchers,
        claimable=Claimable() if shown else claimable(customer, held, vouchers, at=at),
        greeting=None if shown else greeting(customer, held, shown=LATEST, at=at),
        receipt=shown,
        risen=tiers.changes_of(shown.purchase) if shown and any(one.level for one in held) else [],
        issued=list(claims.issued_in(shown.purchase)) if shown else [],
        undo_until=undoable(shown, at),
        scanned=of_theirs(customer, voucher, at) if voucher else None,
    )


def of_theirs(customer: Customer, code: str, at: datetime) -> Told | None:
    """A voucher of this customer's by its code (one query)."""
    found = voucher_of(customer.merchant, code)
    return told(found, at=at) if found and found.customer_id == customer.pk else None


def undoable(shown: Receipt | None, at: datetime) -> datetime | None:
    """Until when the purchase of a receipt can be undone; None where it cannot, or is void already."""
    if shown is None or shown.purchase.voided_at:
        return None
    until = flows.undo_until(shown.purchase)
    return until if at < until else None
