"""One segment: its figures, how it moved, whom it shares with others, what leans on it, and the rows of its file."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.templatetags.ficha import calendar_words, day, whole
from loyalty_site import charts, uploads
from segments import lists
from segments.lists import Moved, Use
from segments.models import Segment
from segments.overview import share

from .all import Row, rows

MARKS = 13
SHOWN_DAILY = timedelta(days=MARKS)
MOST_OVERLAPS = 8


@dataclass(slots=True)
class Overlap:
    """Another segment, how many of this one are in it, and which part of this one they are."""

    segment: Segment
    people: int
    share: float | None


@dataclass(slots=True)
class LeftOut:
    """A row of a file that put nobody on the list, and why."""

    line: int
    column: str
    reason: str


@dataclass(slots=True)
class SegmentPage:
    """What the page of a segment shows; `chart` is None while there is nothing to compare with."""

    row: Row
    chart: charts.Chart | None
    overlaps: list[Overlap]
    uses: list[Use]
    report: str
    left_out: list[LeftOut]
    snapshot_name: str


def segment_page(segment: Segment, *, at: datetime) -> SegmentPage:
    """The page without its people (eleven queries, and one for each of the shop's own things that it names)."""
    [row] = rows(segment.merchant, [segment], at=at)
    found = [
        Overlap(other, people, share(people, row.figures.people)) for other, people in lists.overlaps(segment)
    ]  # fmt: skip
    report = segment.report or {}
    return SegmentPage(
        row=row,
        chart=chart(lists.trend(segment, moments(segment, at=at))),
        overlaps=found[:MOST_OVERLAPS],
        uses=lists.uses_of(segment, at=at),
        report=in_words(report) if report else "",
        left_out=[left_out(fault) for fault in report.get("faults", ())],
        snapshot_name=lists.snapshot_name(segment, day=timezone.localtime(at).date()),
    )


def left_out(fault: dict) -> LeftOut:
    """A row of the file with the reason in words."""
    return LeftOut(fault["line"], fault["column"], _(uploads.SAID[fault["code"]]))


def moments(segment: Segment, *, at: datetime) -> list[datetime]:
    """The last thirteen days of a young segment, weeks of an older one, as far as it goes back; the last is now."""
    step = timedelta(days=1 if at - segment.created_at < SHOWN_DAILY else 7)
    found = [at - step * number for number in reversed(range(MARKS))]
    return [one for one in found if one >= segment.created_at]


def chart(moved: list[Moved]) -> charts.Chart | None:
    """People through time, with who came and left in the table."""
    if len(moved) < 2:
        return None
    labels = [calendar_words(timezone.localtime(one.at), "j M") for one in moved]
    words = charts.Words("trend", finding(moved), _("How many people are in the segment, and how many came and left."))
    series = [
        charts.Series(_("People"), [one.people for one in moved], whole),
        charts.Series(_("Came"), [None, *(one.came for one in moved[1:])], whole, drawn=False),
        charts.Series(_("Left"), [None, *(one.left for one in moved[1:])], whole, drawn=False),
    ]
    return charts.line(words, labels=labels, series=series, head=_("Day"), axis=whole)


def finding(moved: list[Moved]) -> str:
    """What the chart says."""
    more, since = moved[-1].people - moved[0].people, day(timezone.localtime(moved[0].at))
    if not more:
        return _("As many as on %(day)s") % {"day": since}
    said = (
        ngettext("%(number)s person more than on %(day)s", "%(number)s people more than on %(day)s", more)
        if more > 0
        else ngettext("%(number)s person less than on %(day)s", "%(number)s people less than on %(day)s", -more)
    )
    return said % {"number": whole(abs(more)), "day": since}


def in_words(report: dict) -> str:
    """What became of the rows of a file, in a sentence."""
    parts = [
        ngettext("%(number)s names nobody", "%(number)s name nobody", report["unknown"]),
        ngettext("%(number)s names somebody again", "%(number)s name somebody again", report["duplicate"]),
        ngettext("%(number)s names two people", "%(number)s name two people", report["ambiguous"]),
        ngettext("%(number)s cannot be read", "%(number)s cannot be read", report["unreadable"]),
    ]
    counts = [report[name] for name in ("unknown", "duplicate", "ambiguous", "unreadable")]
    left = [part % {"number": whole(count)} for part, count in zip(parts, counts, strict=True) if count]
    said = ngettext(
        "%(people)s of %(rows)s line of “%(file)s” is on the list.",
        "%(people)s of %(rows)s lines of “%(file)s” are on the list.",
        report["rows"],
    ) % {"people": whole(report["people"]), "rows": whole(report["rows"]), "file": report["filename"]}
    return _("%(said)s Of the others: %(left)s.") % {"said": said, "left": ", ".join(left)} if left else said
