"""The list of segments: whom each means, how many, what they are worth, and who came and left this week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from customers.merchants.models import Merchant
from segments import lists, ready
from segments.lists import Figures, Said
from segments.models import Segment
from segments.overview import share

from .people import WEEK


@dataclass(slots=True)
class Row:
    """A segment with its figures; shares are None where there is nobody, or nothing, to share."""

    segment: Segment
    said: Said
    figures: Figures
    share: float | None
    revenue_share: float | None


@dataclass(slots=True)
class SegmentsPage:
    """The shop's segments by name, those put away, and the ready ones that it does not use yet."""

    rows: list[Row]
    archived: list[Segment]
    offers: list[ready.Offer]


def segments_page(merchant: Merchant, *, at: datetime) -> SegmentsPage:
    """The page (nine queries, and one for each of the shop's own things that a criterion names)."""
    known = list(
        Segment.objects.for_merchant(merchant)
        .select_related("audience", "merchant", "source__audience")
        .order_by("audience__name")
    )
    active = [segment for segment in known if segment.archived_at is None]
    return SegmentsPage(
        rows=rows(merchant, active, at=at),
        archived=[segment for segment in known if segment.archived_at],
        offers=ready.offered(merchant),
    )


def rows(merchant: Merchant, segments: Iterable[Segment], *, at: datetime) -> list[Row]:
    """Segments with their figures (four queries)."""
    segments = list(segments)
    found = lists.figures(merchant, segments, since=at - WEEK)
    people, worth = lists.everybody(merchant)
    return [row(segment, found[segment.pk], people, worth) for segment in segments]


def row(segment: Segment, figures: Figures, people: int, worth: int) -> Row:
    """One of them beside everybody."""
    return Row(segment, lists.said(segment), figures, share(figures.people, people), share(figures.value, worth))
