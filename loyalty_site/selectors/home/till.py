"""The cashier's home: what this person recorded today, and whom they served."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Sum
from django.utils import timezone

from customers.merchants.models import StaffMember
from customers.models import Customer, Purchase
from loyalty_site.selectors import people
from loyalty_site.selectors.people import Person

LATELY, SHOWN = timedelta(days=7), 5


@dataclass(slots=True)
class Till:
    """Purchases that a person recorded today: how many, worth what; and the customers they served lately."""

    purchases: int
    total: int
    served: list[Person]


def till(place: StaffMember, *, at: datetime) -> Till:
    """What one person did (three queries, by the purchases of a week)."""
    mine = Purchase.objects.for_merchant(place.merchant).standing().filter(staff=place, occurred_at__gte=at - LATELY)
    today = mine.filter(occurred_on=timezone.localdate(at)).aggregate(
        purchases=Count("id"), total=Sum(F("amount") - F("refunded"), default=0)
    )
    latest = mine.filter(customer__isnull=False).order_by("-occurred_at", "-id").values_list("customer", flat=True)
    order = list(dict.fromkeys(latest[: SHOWN * 4]))[:SHOWN]
    found = Customer.objects.for_merchant(place.merchant).with_activity().in_bulk(order)
    return Till(today["purchases"], today["total"], people.masked([found[key] for key in order if key in found]))
