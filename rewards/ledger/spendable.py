"""Accounts with what they can spend, as a query: for questions about many members at once."""

from datetime import datetime

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from rewards.models import HeldLot, Hold, Lot, PointsAccount, Program

from . import idle


def with_available(program: Program, *, at: datetime) -> QuerySet[PointsAccount]:
    """The accounts of a program, each with `available`: what its open lots hold, less what is owed and set aside.

    The same figure as `balances` gives, now; a test compares. One query more where points wait for purchases to last.
    """
    mine = PointsAccount.objects.filter(program=program)
    if program.spendable_until and program.spendable_until <= at:
        return mine.annotate(available=-F("deficit"))
    usable = lasting(program, at)
    held = HeldLot.objects.filter(hold__in=Hold.objects.active(at), lot__in=usable.values("pk"))
    return mine.annotate(
        available=total(usable, "account", "remaining") - F("deficit") - total(held, "hold__account", "points")
    )


def lasting(program: Program, at: datetime) -> QuerySet[Lot]:
    """The lots of a program that can be spent at a moment."""
    lots = Lot.objects.filter(account__program=program, remaining__gt=0, available_at__lte=at)
    good = Q(Q(expires_at=None) | Q(expires_at__gt=at), idle_months=None)
    for zone, months in idle.kinds(lots):
        these, alive = idle.lasting(zone, months, at=at)
        good |= these & alive
    return lots.filter(good)


def total(rows: QuerySet, account: str, points: str) -> Coalesce:
    """The sum of some rows of an account, 0 without any."""
    sums = rows.filter(**{account: OuterRef("pk")}).order_by().values(account).annotate(sum=Sum(points)).values("sum")
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), 0)
