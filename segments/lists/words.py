"""What a segment says of itself, in the active language."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from customers.audiences import LONGEST_NAME
from customers.merchants.templatetags.ficha import day as written
from segments import criteria
from segments.criteria import BadCriteria
from segments.models import Kind, Segment


@dataclass(frozen=True, slots=True)
class Said:
    """Who is in it, in one sentence; `problem` is why its criteria no longer make sense, empty while they do."""

    sentence: str
    problem: str = ""


def said(segment: Segment) -> Said:
    """A segment in words."""
    if segment.kind == Kind.UPLOAD:
        return Said(_("Customers whom a file named on %(day)s.") % {"day": written(segment.created_at)})
    if segment.kind == Kind.SNAPSHOT:
        return Said(of_snapshot(segment))
    try:
        found = criteria.parse(segment.definition, merchant=segment.merchant, segment=segment.public_id)
    except BadCriteria as refusal:
        return Said("", str(refusal))
    return Said(criteria.sentence(found, merchant=segment.merchant))


def snapshot_name(segment: Segment, *, day: date) -> str:
    """What a snapshot is called if nobody says."""
    ending = f", {written(day)}"
    return segment.name[: LONGEST_NAME - len(ending)] + ending


def of_snapshot(segment: Segment) -> str:
    """What a snapshot was taken of."""
    if segment.source is None:
        return _("Customers who were in a segment on %(day)s.") % {"day": written(segment.created_at)}
    return _("Customers who were in “%(name)s” on %(day)s.") % {
        "name": segment.source.name, "day": written(segment.created_at),
    }  # fmt: skip
