"""Whether what a program granted this month is worth more than its budget: an alarm that changes nothing earned."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.db.models import Sum

from customers.merchants.models import Merchant
from rewards import expiry
from rewards.models import Entry, Program
from rewards.models.ledger import EntryKind


@dataclass(slots=True)
class Spending:
    """What a program granted in a month: units earned less those taken back, what they are worth, and the budget.

    Worth and budget are in minor units of money; `budget` is None where nothing was planned.
    """

    program: Program
    month: date
    granted: int
    worth: int
    budget: int | None

    @property
    def is_over(self) -> bool:
        return self.budget is not None and self.worth > self.budget


def this_month(merchant: Merchant, *, at: datetime, program: Program | None = None) -> list[Spending]:
    """The spending of each started program with a budget, or of one, in the shop's month around a moment.

    One query, two where there is a budget.
    """
    wanted = Program.objects.for_merchant(merchant).started().filter(budget__isnull=False).order_by("name")
    found = [program] if program else list(wanted)
    if not found:
        return []
    return spendings(merchant, found, at=at)


def spendings(merchant: Merchant, programs: list[Program], *, at: datetime) -> list[Spending]:
    """What each of these programs granted in the shop's month around a moment (one query)."""
    month = at.astimezone(ZoneInfo(merchant.timezone)).date().replace(day=1)
    following = (month + timedelta(days=31)).replace(day=1)
    moves = Entry.objects.filter(
        account__program__in=programs,
        kind__in=[EntryKind.EARN, EntryKind.REVERSE],
        occurred_at__gte=expiry.midnight(month, merchant.timezone),
        occurred_at__lt=expiry.midnight(following, merchant.timezone),
    )
    granted = dict(moves.values_list("account__program").annotate(Sum("points")).order_by())
    return [spending(one, month, granted.get(one.pk, 0)) for one in programs]


def spending(program: Program, month: date, granted: int) -> Spending:
    """The worth of what a program granted, rounded half up."""
    worth = (Decimal(granted) * program.point_value).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Spending(program, month, granted, int(worth), program.budget and program.budget["per_month"])


def over(merchant: Merchant, *, at: datetime) -> list[Spending]:
    """Those that are over their budget this month."""
    return [one for one in this_month(merchant, at=at) if one.is_over]
