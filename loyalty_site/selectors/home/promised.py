"""What the shop has promised: points that customers could spend now."""

from dataclasses import dataclass
from datetime import datetime

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import half_up
from rewards import ledger
from rewards.models import Program
from rewards.models.programs import Kind


@dataclass(slots=True)
class Promised:
    """What customers could spend of one program, in points and in minor units."""

    program: Program
    available: int
    value: int


def promised(merchant: Merchant, *, at: datetime) -> list[Promised]:
    """What customers can spend now, program by program, and what it is worth (three queries).

    A membership promises nothing that could be spent.
    """
    started = Program.objects.for_merchant(merchant).started().not_closed(at).exclude(kind=Kind.MEMBERSHIP)
    programs = list(started.order_by("name"))
    totals = ledger.total_available([program.pk for program in programs], at=at)
    counts = [(program, totals.get(program.pk, 0)) for program in programs]
    return [Promised(program, count, int(half_up(count * program.point_value))) for program, count in counts]
