"""Making segments, changing them, putting them away."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import audiences
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict
from segments import criteria
from segments.models import Kind, Segment

from .filling import follow, hold
from .uses import uses_of

MOST = 200
LONGEST_REASON = 300


class TooManySegments(Conflict):
    code = "too_many_segments"
    message = _("There are 200 segments already. Put one away that nobody needs.")


class SegmentInUse(Conflict):
    """`uses` says what leans on it."""

    code = "segment_in_use"
    message = _("“%(name)s” is used by %(what)s. Take it out there first.")


class PutAway(Conflict):
    code = "archived"
    message = _("This segment is put away. Bring it back before you change it.")


class NoCriteria(Conflict):
    code = "stands_still"
    message = _("This list stands still: it came from a file or is a snapshot, and takes no criteria.")


@transaction.atomic
def create(*, merchant: Merchant, name: str, definition: dict, at: datetime, reason: str = "") -> Segment:
    """A segment by criteria, filled at once.

    Raises BadCriteria with the place named, AudienceNameTaken, WrongAudienceName, TooManySegments.
    """
    queue_up(merchant)
    criteria.parse(definition, merchant=merchant)  # before a name is taken
    segment = make(merchant, name, kind=Kind.CRITERIA, at=at, definition=definition, reason=reason)
    follow(segment, at=at)
    return segment


@transaction.atomic
def keep(
    *, merchant: Merchant, name: str, customers: Iterable[int], at: datetime, report: dict, reason: str = ""
) -> Segment:
    """A list that stands still, of these customers (primary keys); `report` says what became of the rows of the file.

    Raises UnknownCustomers, AudienceNameTaken, WrongAudienceName, TooManySegments.
    """
    queue_up(merchant)
    segment = make(merchant, name, kind=Kind.UPLOAD, at=at, report=report, reason=reason)
    audiences.add(audience=segment.audience, customers=customers, at=at)
    return segment


@transaction.atomic
def snapshot(*, segment: Segment, name: str, at: datetime) -> Segment:
    """A list that stands still, of whoever is in a segment at this moment.

    Raises AudienceNameTaken, WrongAudienceName, TooManySegments.
    """
    queue_up(segment.merchant)
    source = hold(segment)
    taken = make(source.merchant, name, kind=Kind.SNAPSHOT, at=at, source=source)
    audiences.follow(audience=taken.audience, customers=source.audience.members.now().values("customer"), at=at)
    return taken


@transaction.atomic
def change(
    *,
    segment: Segment,
    at: datetime,
    name: str | None = None,
    definition: dict | None = None,
    reason: str | None = None,
) -> Segment:
    """Change what is given; another definition fills the list anew at once.

    Raises BadCriteria with the place named, AudienceNameTaken, WrongAudienceName, PutAway, and
    NoCriteria for a definition of a list that has none.
    """
    queue_up(segment.merchant)
    changed = hold(segment)
    if changed.archived_at:
        raise PutAway
    if name is not None and name != changed.name:
        changed.audience = audiences.rename(audience=changed.audience, name=name)
    if reason is not None:
        changed.reason = reason[:LONGEST_REASON]
        changed.save(update_fields=["reason"])
    if definition is not None and definition != changed.definition:
        redefine(changed, definition, at=at)
    return changed


def redefine(segment: Segment, definition: dict, *, at: datetime) -> None:
    """Let a held segment follow other criteria."""
    if not segment.follows:
        raise NoCriteria(field="definition")
    criteria.parse(definition, merchant=segment.merchant, segment=segment.public_id)
    segment.definition = definition
    segment.save(update_fields=["definition"])
    follow(segment, at=max(at, segment.refreshed_at or at))


@transaction.atomic
def archive(*, segment: Segment, at: datetime) -> Segment:
    """Put a segment away: it is refreshed no more and offered nowhere; who was in it stays on record.

    Raises SegmentInUse with what leans on it.
    """
    queue_up(segment.merchant)
    put_away = hold(segment)
    if leaning := uses_of(put_away, at=at):
        first = leaning[0]
        said = WORDS[first.kind] % {"name": first.name, "rule": first.rule}
        raise SegmentInUse(
            values={"name": put_away.name, "what": said},
            uses=[{"kind": one.kind, "id": one.public_id, "name": one.name} for one in leaning],
        )
    put_away.archived_at = put_away.archived_at or at
    put_away.save(update_fields=["archived_at"])
    return put_away


@transaction.atomic
def restore(*, segment: Segment, at: datetime) -> Segment:
    """Bring a segment back, filled as of now. Raises TooManySegments, BadCriteria."""
    queue_up(segment.merchant)
    back = hold(segment)
    if back.archived_at is None:
        return back
    refuse_many(back.merchant)
    back.archived_at = None
    back.save(update_fields=["archived_at"])
    if back.follows:
        follow(back, at=max(at, back.refreshed_at or at))
    return back


WORDS = {
    "program": _("the rule “%(rule)s” of the program “%(name)s”"),
    "reward": _("the reward “%(name)s”"),
    "segment": _("the segment “%(name)s”"),
}


def queue_up(merchant: Merchant) -> None:
    """Make and change segments of a shop one after the other: two changes at once could ask about each other."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)


def make(merchant: Merchant, name: str, *, at: datetime, reason: str = "", **terms) -> Segment:
    """A segment with its empty list."""
    refuse_many(merchant)
    audience = audiences.create(merchant=merchant, name=name, at=at)
    return Segment.objects.create(
        merchant=merchant, audience=audience, created_at=at, reason=reason[:LONGEST_REASON], **terms
    )


def refuse_many(merchant: Merchant) -> None:
    """Keep the nightly refresh within the night."""
    if Segment.objects.for_merchant(merchant).active().count() >= MOST:
        raise TooManySegments
