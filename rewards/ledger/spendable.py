"""What members can spend, as parts of a sum: for questions about many accounts at once, in one statement."""

from datetime import datetime

from django.db.models import F, Max, Q, QuerySet, Value

from rewards.models import HeldLot, Hold, Lot, PointsAccount, Program

from . import idle


def parts_of_available(program: Program, *, at: datetime) -> list[QuerySet]:
    """Rows of (account, 0, points) whose sum by account is what `balances` calls available, now; a test compares.

    What open lots hold, less what is owed and what is set aside. An account without a row has 0. Two queries are asked
    at once: which months points may idle, and whether anything is owed or set aside; mostly nothing is, and lots alone
    are added up in a third of the time.
    """
    mine = PointsAccount.objects.filter(program=program)
    most = mine.aggregate(owed=Max("deficit", default=0), held=Max("held_until"))
    usable = lasting(program, at)
    parts = [usable.values_list("account", Value(0), F("remaining"))]
    if most["owed"]:
        parts.append(mine.filter(deficit__gt=0).values_list("pk", Value(0), -F("deficit")))
    if most["held"] and most["held"] > at:
        held = HeldLot.objects.filter(hold__in=Hold.objects.active(at), lot__in=usable.values("pk"))
        parts.append(held.values_list("hold__account", Value(0), -F("points")))
    return parts


def lasting(program: Program, at: datetime) -> QuerySet[Lot]:
    """The lots of a program that can be spent at a moment."""
    lots = Lot.objects.filter(account__program=program, remaining__gt=0, available_at__lte=at)
    if program.spendable_until and program.spendable_until <= at:
        return lots.none()
    good = Q(Q(expires_at=None) | Q(expires_at__gt=at), idle_months=None)
    for zone, months in idle.kinds(lots):
        these, alive = idle.lasting(zone, months, at=at)
        good |= these & alive
    return lots.filter(good)
