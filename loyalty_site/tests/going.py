"""A shop of which some customers are slipping away, as a night found it."""

from datetime import datetime, timedelta

from customers.merchants.models import Merchant
from customers.models import Customer
from loyalty_site.tests import factories
from segments import scores


def weekly(shop: Merchant, *, last: datetime, visits: int = 4, amount: int = 1000, **card) -> Customer:
    """Somebody who came each seven days, the last time at a moment."""
    buyer = factories.customer(shop, **card)
    for back in reversed(range(visits)):
        factories.purchase(shop, buyer, amount=amount, at=last - timedelta(days=7 * back))
    return buyer


def slipping(shop: Merchant, *, at: datetime) -> list[Customer]:
    """Ana is late (12 days), Ben at risk (16 days), Cleo came yesterday; the night was reckoned at the moment."""
    people = [
        weekly(shop, last=at - timedelta(days=12), amount=2000, name="Ana", phone="+34600111222", email="ana@x.test"),
        weekly(shop, last=at - timedelta(days=16), name="=Ben", external_id="ben"),
        weekly(shop, last=at - timedelta(days=1), name="Cleo"),
    ]
    scores.refresh(merchant=shop, at=at)
    return people
