"""The card with which the counter greets a customer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from customers import rhythm
from customers.models import Customer, CustomerActivity, Purchase
from customers.rhythm import Rhythm
from loyalty_site.selectors.cards import Holding
from segments.predictions import next_visit

from .occasions import occasions
from .usual import LOOKED_AT, Usual, usual


@dataclass(slots=True)
class Greeting:
    """What to say to a customer today, what they usually buy, their last purchases, and when they were expected."""

    occasions: list[str]
    usual: list[Usual]
    last: list[Purchase]
    expected: str = ""


def greeting(customer: Customer, holdings: list[Holding], *, shown: int, at: datetime) -> Greeting:
    """The greeting of a customer `with_activity`, with as many of the last purchases as are `shown` (three queries).

    Somebody who never bought costs one.
    """
    bought = Purchase.objects.for_merchant(customer.merchant_id).filter(customer=customer)
    last = list(bought.order_by("-occurred_on", "-occurred_at", "-id")[:LOOKED_AT])
    activity = getattr(customer, "activity", None) or CustomerActivity(purchases=0)
    beats = rhythm.of(customer) if activity.purchases else None
    said = occasions(customer, holdings, beats, at=at, activity=activity)
    return Greeting(said, usual(last), last[:shown], expected(activity, beats, timezone.localdate(at)))


def expected(activity: CustomerActivity, beats: Rhythm | None, today: date) -> str:
    """When somebody with a rhythm of their own was expected, in a few words (no query)."""
    found = next_visit.spread_of(beats.gaps) if beats else None
    return next_visit.after(activity.last_on, found, own=True).short(today) if found else ""
