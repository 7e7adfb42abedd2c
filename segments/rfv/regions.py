"""Names for parts of the board. Every cell belongs to exactly one, so that the regions add up to everybody."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .scores import GROUPS

Place = tuple[int, int]  # the scores of recency and of frequency


def block(recency: Iterable[int], frequency: Iterable[int]) -> frozenset[Place]:
    """Every cell with one of these scores of recency and one of these of frequency."""
    return frozenset((r, f) for r in recency for f in frequency)


@dataclass(frozen=True, slots=True)
class Region:
    """Some cells with a name: who is in them by their scores, and what one may do."""

    key: str
    name: str | Promise
    definition: str | Promise
    advice: str | Promise
    cells: frozenset[Place]


REGIONS = [
    Region(
        "champions", _("Champions"), _("Recency 4 or 5 and frequency 4 or 5: they come most, and came lately."),
        _("Thank them by name, and ask them to bring somebody."), block((4, 5), (4, 5)),
    ),
    Region(
        "loyal", _("Loyal"), _("Recency 3 and frequency 4 or 5, or recency 3 to 5 and frequency 3: they come often."),
        _("Give them a reason to come once more this month."), block((3,), (4, 5)) | block((3, 4, 5), (3,)),
    ),
    Region(
        "promising", _("Promising"), _("Recency 3 to 5 and frequency 2, or recency 3 and frequency 1: seldom, but not "
                                       "long ago."),
        _("Show them what else there is."), block((3, 4, 5), (2,)) | block((3,), (1,)),
    ),
    Region(
        "new", _("New"), _("Recency 4 or 5 and frequency 1: they came lately, and fewest times."),
        _("Win the second visit: it decides most."), block((4, 5), (1,)),
    ),
    Region(
        "at_risk", _("At risk"), _("Recency 1 or 2 and frequency 3 or 4: they came "
                                   "often, and no longer do."),
        _("Write to them while they still remember."), block((1, 2), (3, 4)),
    ),
    Region(
        "cannot_lose", _("Cannot lose"), _("Recency 1 or 2 and frequency 5: those who came most, and stay away."),
        _("Call them: nobody is dearer to replace."), block((1, 2), (5,)),
    ),
    Region(
        "lost", _("Lost"), _("Recency 1 or 2 and frequency 1 or 2: they came seldom, and long ago."),
        _("One offer at most, and let it go."), block((1, 2), (1, 2)),
    ),
]  # fmt: skip
REGION_NAMES = {region.key: region for region in REGIONS}
BY_PLACE = {place: region for region in REGIONS for place in region.cells}
PLACES = [(r, f) for f in range(GROUPS, 0, -1) for r in range(GROUPS, 0, -1)]


def region_of(recency: int, frequency: int) -> Region:
    """The region of a cell."""
    return BY_PLACE[recency, frequency]
