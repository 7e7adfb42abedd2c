"""Dull things: a shop in Madrid, somebody with a card, purchases of 10.00."""

from datetime import UTC, datetime
from itertools import count

from customers import profiles, purchases
from customers.merchants import shops
from customers.merchants.models import Merchant
from customers.models import Customer
from customers.purchases import PurchaseDraft, ReturnDraft

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
NUMBERS = count(1)


def merchant(
    slug: str = "a", *, timezone: str = "Europe/Madrid", country: str = "ES", currency: str = "EUR"
) -> Merchant:
    """A shop with an owner."""
    return shops.open_shop(
        name=f"Shop {slug}",
        slug=slug,
        currency=currency,
        country=country,
        timezone=timezone,
        owner_email=f"owner@{slug}.test",
    )[0]


def customer(shop: Merchant, *, at: datetime = AT, **fields) -> Customer:
    """Somebody with a card, in no program."""
    fields = {"name": f"Customer {next(NUMBERS)}", **fields}
    return profiles.register(merchant=shop, fields=fields, consents=[], at=at)


def draft(buyer: Customer | None = None, *, amount: int = 1000, at: datetime = AT, **fields) -> PurchaseDraft:
    """A purchase of 10.00 as a till tells it."""
    return PurchaseDraft(amount=amount, occurred_at=at, customer_id=buyer and buyer.pk, **fields)


def purchase(shop: Merchant, buyer: Customer | None = None, *, amount: int = 1000, at: datetime = AT, **fields):
    """A recorded purchase of 10.00, judged by nobody."""
    return purchases.record(merchant=shop, drafts=[draft(buyer, amount=amount, at=at, **fields)], at=at)[0]


def refund(shop: Merchant, bought=None, buyer: Customer | None = None, *, amount: int, at: datetime = AT, **fields):
    """A recorded return of a purchase, or of a customer without one."""
    back = ReturnDraft(
        amount=amount, occurred_at=at, purchase_id=bought and bought.pk, customer_id=buyer and buyer.pk, **fields
    )
    return purchases.give_back(merchant=shop, drafts=[back], at=at)[0]
