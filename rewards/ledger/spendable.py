"""What members can spend, for questions about many accounts at once, in one statement."""

from datetime import datetime

from django.db.models import Q, QuerySet

from rewards.models import HeldLot, Hold, Lot, PointsAccount, Program

from . import idle


def withheld(program: Program, *, at: datetime) -> list[QuerySet]:
    """Rows of (account, points) that a balance counts and nobody can spend now; a test compares.

    The cached balance less their sum by account is what `balances` calls available: what is owed is in the balance
    already. Lots that are to come, over and not booked yet, or set aside are few and found by their dates, so that
    nothing is added up of all the others. Two queries are asked at once: which months points may idle, and whether
    anything is set aside.
    """
    lots = Lot.objects.filter(account__program=program, remaining__gt=0)
    if program.spendable_until and program.spendable_until <= at:
        return [lots.values_list("account", "remaining")]
    parts = [lots.filter(available_at__gt=at), lots.filter(expires_at__lte=at)]
    arrived = lots.filter(available_at__lte=at)
    for zone, months in idle.kinds(arrived):
        these, alive = idle.lasting(zone, months, at=at)
        parts.append(arrived.filter(these, ~alive))
    rows = [part.values_list("account", "remaining") for part in parts]
    if PointsAccount.objects.filter(program=program, held_until__gt=at).exists():
        held = HeldLot.objects.filter(hold__in=Hold.objects.active(at), lot__in=lasting(program, at).values("pk"))
        rows.append(held.values_list("hold__account", "points"))
    return rows


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
