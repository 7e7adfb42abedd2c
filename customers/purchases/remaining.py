"""What is left of a receipt after some of its lines came back."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import floor

from django.db.models import DecimalField, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from customers.models import PurchaseLine

NONE_BACK = Decimal(0)


def lines_of(purchases: Iterable[int]) -> QuerySet[PurchaseLine]:
    """The lines of purchases (primary keys) in order, each with the quantity that has come back of it: `returned`."""
    back = Sum("returns__quantity", filter=Q(returns__refund__undone_at=None))
    whole = Coalesce(back, NONE_BACK, output_field=DecimalField(max_digits=15, decimal_places=3))
    return PurchaseLine.objects.filter(purchase_id__among=set(purchases)).annotate(returned=whole).order_by("number")


def share(line: PurchaseLine, returned: Decimal, amount: int | None = None) -> int:
    """What is left of a line's amount, or of another `amount` of it, by quantity, in whole minor units (half up)."""
    amount = line.amount if amount is None else amount
    if not returned:
        return amount
    return half_up(amount * Fraction(line.quantity - returned) / Fraction(line.quantity))


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def spread(amount: int, weights: list[int]) -> list[int]:
    """An amount over weights by largest remainder: the shares add up exactly; on a tie the earlier has the rest."""
    total = sum(weights)
    if not total:
        return [amount if place == 0 else 0 for place in range(len(weights))]
    exact = [Fraction(amount * weight, total) for weight in weights]
    shares = [floor(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda place: shares[place] - exact[place])
    for place in order[: amount - sum(shares)]:
        shares[place] += 1
    return shares
