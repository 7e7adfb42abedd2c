"""What the shop has promised: points that customers could spend now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from customers.merchants.templatetags.ficha import half_up
from rewards import ledger
from rewards.models import Program
from rewards.models.programs import Kind, State


@dataclass(slots=True)
class Promised:
    """What customers could spend of one program, in points and in minor units."""

    program: Program
    available: int
    value: int


def promised(programs: Iterable[Program], *, at: datetime) -> list[Promised]:
    """What customers can spend now of some programs, one by one, and what it is worth (two queries, none without any).

    A membership promises nothing that could be spent, and a closed program nothing any more.
    """
    open_ones = [one for one in programs if one.kind != Kind.MEMBERSHIP and one.state(at) != State.CLOSED]
    totals = ledger.total_available([one.pk for one in open_ones], at=at) if open_ones else {}
    counts = [(one, totals.get(one.pk, 0)) for one in open_ones]
    return [Promised(one, count, int(half_up(count * one.point_value))) for one, count in counts]
