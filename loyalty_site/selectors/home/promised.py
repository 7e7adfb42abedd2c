"""What the shop has promised: points that customers could spend now."""

from dataclasses import dataclass
from datetime import datetime

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import half_up
from rewards import ledger
from rewards.models import Program


@dataclass(slots=True)
class Promised:
    """What customers could spend of one program, in points and in minor units."""

    program: Program
    available: int
    value: int


def promised(merchant: Merchant, *, at: datetime) -> list[Promised]:
    """Points that customers can spend now, program by program, and what they are worth (three queries)."""
    programs = list(Program.objects.for_merchant(merchant).started().not_closed(at).order_by("name"))
    totals = ledger.total_available([program.pk for program in programs], at=at)
    counts = [(program, totals.get(program.pk, 0)) for program in programs]
    return [Promised(program, count, int(half_up(count * program.point_value))) for program, count in counts]
