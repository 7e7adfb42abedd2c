"""What members can spend, for questions about many accounts at once, in one statement."""

from datetime import datetime

from django.db.models import Q, QuerySet

from rewards.models import HeldLot, Hold, Lot, PointsAccount, Program

from . import idle


def withheld(program: Program, *, at: datetime) -> list[QuerySet]:
    """Rows of (account, points) that a balance counts and nobody can spend now; a test compares.

    The cached balance less their sum by account is what `balances` calls available: what is owed is in the balance
    already. Lots that are to come, over and not booked yet, or set aside are few and found by their dates, so that
    nothing is added up of all the others. Accounts of other programs may be among them: whoever asks looks at accounts
    of the program, and joining twice would cost more than the few rows. Two queries are asked at once: which months
    points may idle, and whether anything is set aside.
    """
    lots = Lot.objects.filter(remaining__gt=0)
    mine = lots.filter(account__program=program)
    if program.spendable_until and program.spendable_until <= at:
        return [mine.values_list("account", "remaining")]
    parts = [lots.filter(available_at__gt=at), lots.filter(expires_at__lte=at)]
    arrived = mine.filter(available_at__lte=at)
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
    mine = Lot.objects.filter(account__program=program)
    return good(program, mine, at=at)


def good(program: Program, lots: QuerySet[Lot], *, at: datetime) -> QuerySet[Lot]:
    """Those of some lots of a program's accounts that can be spent at a moment (one query at once)."""
    lots = lots.filter(remaining__gt=0, available_at__lte=at)
    if program.spendable_until and program.spendable_until <= at:
        return lots.none()
    found = Q(Q(expires_at=None) | Q(expires_at__gt=at), idle_months=None)
    for zone, months in idle.kinds(lots.filter(account__program=program)):
        these, alive = idle.lasting(zone, months, at=at)
        found |= these & alive
    return lots.filter(found)
