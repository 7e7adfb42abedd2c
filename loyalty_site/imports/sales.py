"""Purchases and returns from a file: find the customers, then record through the flows like any till."""

from decimal import Decimal

from customers import activity
from customers.merchants.models import Location
from customers.models import Purchase, Refund
from customers.purchases import LineDraft, PurchaseDraft, RefundExceedsPurchase, ReturnDraft
from customers.reader.receipts import Identity, Receipt
from loyalty_site import flows

from .buyers import REFUSED, Buyers
from .cards import Cards
from .outcome import Outcome

DEFAULT_CHANNEL = "store"
THOUSAND = 1000


def settle(outcome: Outcome, receipts: list[Receipt]) -> None:
    """Record a part of a file. A receipt that stands already is a duplicate, whatever it now says."""
    merchant = outcome.imported.merchant
    names = [receipt.receipt for receipt in receipts]
    standing = set(
        Purchase.objects.for_merchant(merchant).filter(external_id__among=names).values_list("external_id", flat=True)
    )
    returned = set(
        Refund.objects.filter(merchant=merchant, external_id__among=names).values_list("external_id", flat=True)
    )
    fresh = []
    for receipt in receipts:
        known = returned if receipt.is_return else standing
        if receipt.receipt in known:
            outcome.duplicates += receipt.rows
        else:
            fresh.append(receipt)
    sales, returns = ([receipt for receipt in fresh if receipt.is_return == back] for back in (False, True))
    buyers = Buyers(outcome, identified(sales))
    if returns and not outcome.imported.dry_run:
        hold_everybody(outcome, buyers, returns)
    settle_sales(outcome, buyers, sales)
    settle_returns(outcome, returns)


def hold_everybody(outcome: Outcome, buyers: Buyers, returns: list[Receipt]) -> None:
    """Hold those who buy and those who return in one order, before anything is written.

    Held one after the other, a till that moves a purchase between two of them and this file could each wait for what
    the other holds.
    """
    merchant = outcome.imported.merchant
    cards = Cards(merchant, identified(returns))
    owners = Purchase.objects.for_merchant(merchant).filter(external_id__among=[one.receipt for one in returns])
    everybody = {found.key(person) for found in (buyers, cards) for person in found.people}
    activity.hold(merchant=merchant, customers={*everybody, *owners.values_list("customer", flat=True)} - {None})


def identified(receipts: list[Receipt]) -> list[Identity]:
    """The customers that the file names."""
    return [receipt.customer for receipt in receipts if not receipt.customer.is_anonymous]


def settle_sales(outcome: Outcome, buyers: Buyers, receipts: list[Receipt]) -> None:
    """Record sales."""
    locations = Locations(outcome, receipts)
    drafts = []
    for receipt in receipts:
        customer = buyers.find(receipt)
        if customer is REFUSED:
            continue
        if outcome.imported.dry_run:
            outcome.accept(receipt.rows, value=receipt.total, customer=customer)
            outcome.dry_receipts[receipt.receipt] = (receipt.total, customer)
        else:
            drafts.append((receipt, draft(outcome, receipt, customer, locations.find(receipt.location))))
    record(outcome, drafts)


def record(outcome: Outcome, drafts: list[tuple[Receipt, PurchaseDraft]]) -> None:
    """Record and count what was recorded: a till may have brought one of the receipts in this very moment."""
    if drafts:
        merchant, found = outcome.imported.merchant, [one for __, one in drafts]
        flows.record_once(merchant=merchant, drafts=found, at=outcome.at, unseen=True)  # `settle` has looked
    for receipt, one in drafts:
        if one.duplicate:
            outcome.duplicates += receipt.rows
        else:
            outcome.accept(receipt.rows, value=receipt.total, customer=one.customer_id)


def draft(outcome: Outcome, receipt: Receipt, customer: int | None, location: int | None) -> PurchaseDraft:
    """A receipt as the till would tell it."""
    return PurchaseDraft(
        amount=receipt.total,
        occurred_at=min(receipt.at, outcome.at),
        customer_id=customer,
        external_id=receipt.receipt,
        channel=receipt.channel or DEFAULT_CHANNEL,
        location_id=location,
        imported_id=outcome.imported.pk,
        actor=outcome.imported.public_id,
        lines=[
            LineDraft(
                amount=line.amount,
                quantity=Decimal(line.quantity_thousandths) / THOUSAND,
                sku=line.sku or "",
                name=line.name or "",
                category=line.category or "",
                unit_amount=line.unit_amount,
            )
            for line in receipt.lines
        ],
    )


def settle_returns(outcome: Outcome, receipts: list[Receipt]) -> None:
    """Record returns: of the purchase with that receipt if there is one, otherwise of the customer without one."""
    if not receipts:
        return
    merchant = outcome.imported.merchant
    came_from = Origins(outcome, receipts)
    buyers = Buyers(outcome, identified([receipt for receipt in receipts if receipt.receipt not in came_from.left]))
    drafts = []
    for receipt in receipts:
        if -receipt.total > came_from.left.get(receipt.receipt, -receipt.total):
            refuse_excess(outcome, receipt)
            continue
        customer = came_from.customers[receipt.receipt] if receipt.receipt in came_from.left else buyers.find(receipt)
        if customer is REFUSED:
            continue
        outcome.accept(receipt.rows, value=receipt.total, customer=customer)
        drafts.append(
            ReturnDraft(
                amount=-receipt.total,
                occurred_at=min(receipt.at, outcome.at),
                customer_id=customer,
                purchase_id=came_from.keys.get(receipt.receipt),
                external_id=receipt.receipt,
                imported_id=outcome.imported.pk,
                actor=outcome.imported.public_id,
            )
        )
    if drafts and not outcome.imported.dry_run:
        flows.record_returns(merchant=merchant, drafts=drafts, at=outcome.at)


def refuse_excess(outcome: Outcome, receipt: Receipt) -> None:
    """Reject a return of more than its purchase has left."""
    outcome.reject(
        receipt.rows,
        line=receipt.first_line,
        field="receipt",
        value=receipt.receipt,
        message=RefundExceedsPurchase.message,
    )


class Origins:
    """The purchases that returns came from, by receipt: what is left of each, whose it is, and its key.

    In a dry run also those that an earlier row would have made; they have no key.
    """

    def __init__(self, outcome: Outcome, receipts: list[Receipt]):
        self.left: dict[str, int] = {}
        self.customers: dict[str, object] = {}
        self.keys: dict[str, int] = {}
        names = [receipt.receipt for receipt in receipts]
        for name in names:
            if name in outcome.dry_receipts:
                self.left[name], self.customers[name] = outcome.dry_receipts[name]
        for purchase in Purchase.objects.for_merchant(outcome.imported.merchant).filter(external_id__among=names):
            self.left[purchase.external_id] = 0 if purchase.voided_at else purchase.remaining
            self.customers[purchase.external_id] = purchase.customer_id
            self.keys[purchase.external_id] = purchase.pk


class Locations:
    """The merchant's locations by name; one that a file names for the first time is made."""

    def __init__(self, outcome: Outcome, receipts: list[Receipt]):
        self.merchant = outcome.imported.merchant
        self.keys: dict[str, int] = {}
        wanted: dict[str, str] = {}
        for receipt in receipts:
            if receipt.location:
                wanted.setdefault(receipt.location.lower(), receipt.location)  # as it is spelt first
        if not wanted or outcome.imported.dry_run:
            return
        for key, name in Location.objects.for_merchant(self.merchant).values_list("pk", "name"):
            self.keys[name.lower()] = key
        missing = [name for lower, name in wanted.items() if lower not in self.keys]
        for location in Location.objects.bulk_create([Location(merchant=self.merchant, name=name) for name in missing]):
            self.keys[location.name.lower()] = location.pk

    def find(self, name: str | None) -> int | None:
        """The location's key; None where the file names none."""
        return self.keys[name.lower()] if name else None
