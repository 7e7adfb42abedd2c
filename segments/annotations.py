"""Notes on days, and what the programs themselves say of their beginning: read beside figures that run through time."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Invalid
from rewards.models import Program
from segments.models import Annotation

LONGEST, MOST = 140, 500
FIRST = date(1900, 1, 1)


class WrongNote(Invalid):
    code = "invalid_note"
    message = gettext_lazy("Write what happened in 1 to 140 characters.")


class WrongDay(Invalid):
    code = "invalid_date"
    message = gettext_lazy("Choose a day that has come, since 1900.")


class TooManyNotes(Conflict):
    code = "too_many_notes"
    message = gettext_lazy("There are 500 notes already. Remove one that nobody needs.")


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened on a day; `note` is the id of a note that may be removed, None for a program's start."""

    on: date
    text: str
    note: str | None = None


def note(*, merchant: Merchant, on: date, text: str, actor: str, at: datetime, today: date) -> Annotation:
    """Write down what happened on a day. Raises WrongNote, WrongDay and TooManyNotes."""
    text = " ".join(text.split())
    if not 1 <= len(text) <= LONGEST or "\0" in text:
        raise WrongNote(field="text")
    if not FIRST <= on <= today:
        raise WrongDay(field="on")
    if Annotation.objects.filter(merchant=merchant).count() >= MOST:
        raise TooManyNotes(field="text")
    return Annotation.objects.create(merchant=merchant, on=on, text=text, actor=actor, written_at=at)


def moments(merchant: Merchant, *, since: date | None = None, until: date | None = None) -> list[Moment]:
    """Notes and the starts of programs in some time, in order (two queries)."""
    notes = Annotation.objects.filter(merchant=merchant).values_list("on", "text", "public_id")
    started = Program.objects.filter(merchant=merchant, activated_at__isnull=False).values_list("starts_at", "name")
    zone = ZoneInfo(merchant.timezone)
    found = [Moment(*one) for one in notes]
    found += [Moment(at.astimezone(zone).date(), _("“%(program)s” starts") % {"program": name}) for at, name in started]
    inside = [one for one in found if (since is None or one.on >= since) and (until is None or one.on <= until)]
    return sorted(inside, key=lambda one: (one.on, one.text))
