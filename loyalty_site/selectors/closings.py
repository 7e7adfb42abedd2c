"""What the end of a program means, in figures."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from customers.merchants.templatetags.ficha import half_up
from rewards.models import Lot, PointsAccount, Program, ProgramClosing


@dataclass(slots=True)
class Ending:
    """Who is in, who holds something, and what is still open: pending points too, in points and in minor units."""

    members: int
    holders: int
    points: int
    worth: int


def ending(program: Program, *, at: datetime) -> Ending:
    """What a closing of the program would end (three queries)."""
    open_lots = Lot.objects.filter(account__program=program, remaining__gt=0).with_end()
    sums = open_lots.filter(Q(ends_at=None) | Q(ends_at__gt=at)).values_list("account").annotate(Sum("remaining"))
    owed = dict(PointsAccount.objects.filter(program=program, deficit__gt=0).values_list("pk", "deficit"))
    held = [points - owed.get(account, 0) for account, points in sums.order_by()]
    points = sum(left for left in held if left > 0)
    return Ending(
        members=program.memberships.count(),
        holders=sum(left > 0 for left in held),
        points=points,
        worth=int(half_up(points * program.point_value)),
    )


def standing(program: Program) -> ProgramClosing | None:
    """The closing that stands, if any (one query)."""
    return program.closings.filter(withdrawn_at=None).first()
