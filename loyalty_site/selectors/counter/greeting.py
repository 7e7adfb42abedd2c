"""The card with which the counter greets a customer."""

from dataclasses import dataclass
from datetime import datetime

from customers import rhythm
from customers.models import Customer, CustomerActivity, Purchase
from loyalty_site.selectors.cards import Holding

from .occasions import occasions
from .usual import LOOKED_AT, Usual, usual


@dataclass(slots=True)
class Greeting:
    """What to say to a customer today, what they usually buy, and their last purchases."""

    occasions: list[str]
    usual: list[Usual]
    last: list[Purchase]


def greeting(customer: Customer, holdings: list[Holding], *, shown: int, at: datetime) -> Greeting:
    """The greeting of a customer `with_activity`, with as many of the last purchases as are `shown` (three queries).

    Somebody who never bought costs one.
    """
    bought = Purchase.objects.for_merchant(customer.merchant_id).filter(customer=customer)
    last = list(bought.order_by("-occurred_on", "-occurred_at", "-id")[:LOOKED_AT])
    activity = getattr(customer, "activity", None) or CustomerActivity(purchases=0)
    beats = rhythm.of(customer) if activity.purchases else None
    return Greeting(occasions(customer, holdings, beats, at=at, activity=activity), usual(last), last[:shown])
