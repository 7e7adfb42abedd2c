"""One customer among all others, for a card: the same figures as everybody's, without scoring everybody."""

from datetime import date

from django.db.models import Count, Q

from customers.models import Customer, CustomerActivity

from .people import Scored
from .scores import score


def scored(customer: Customer, *, today: date) -> Scored | None:
    """Recency, frequency, value and scores of one customer as everything stands; None without a purchase.

    Two queries; the second reads the activity of the shop once.
    """
    people = CustomerActivity.objects.filter(merchant=customer.merchant_id, purchases__gt=0)
    mine = people.filter(customer=customer).first()
    if mine is None:
        return None
    worse = people.aggregate(
        everybody=Count("pk"),
        recency=Count("pk", filter=Q(last_on__lt=mine.last_on)),
        frequency=Count("pk", filter=Q(purchases__lt=mine.purchases)),
        value=Count("pk", filter=Q(net_value__lt=mine.net_value)),
    )
    return Scored(
        customer=customer.public_id,
        external_id=customer.external_id,
        recency_days=(today - mine.last_on).days,
        frequency=mine.purchases,
        value=mine.net_value,
        **{f"{axis}_score": score(worse[axis], worse["everybody"]) for axis in ("recency", "frequency", "value")},
    )
