"""What stands beside the builder of a segment: the sentence, and the figures of whom it finds."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from loyalty_site.criteria_forms import Builder
from segments import criteria
from segments.criteria import Measure
from segments.criteria.ready import Ready


@dataclass(frozen=True, slots=True)
class Shown:
    """Whom the definition finds; nothing while it cannot be read."""

    sentence: str = ""
    measured: Measure | None = None
    overlaps: tuple[tuple[str, str, int, float], ...] = ()


def shown(form: Builder, *, at: datetime) -> Shown:
    """The sentence and the figures of what the form says (four queries and those of its names)."""
    if form.found is None:
        return Shown()
    own = form.segment.public_id if form.segment else None
    measured = criteria.measure(form.found, merchant=form.merchant, at=at, without=own)
    shares = tuple((one.segment, one.name, one.count, one.count / measured.count) for one in measured.overlap)
    return Shown(criteria.sentence(form.found, merchant=form.merchant), measured, shares)


def readies(merchant: Merchant) -> list[Ready]:
    """The ready segments that a new one can start from."""
    return [one for one, __ in criteria.ready_for(merchant)]


def ready_of(merchant: Merchant, key: str) -> tuple[Ready, dict] | None:
    """The ready segment of a key, with its definition."""
    return next((found for found in criteria.ready_for(merchant) if found[0].key == key), None)


def definitions() -> list[tuple[str, str]]:
    """What each figure means."""
    return [
        (_("Customers"), _("Who meets the conditions by what is on record now, and which part of all cards that is.")),
        (_("Net value"), _("What they bought ever, less what came back, and which part of all customers' that is.")),
        (_("Also in"), _("Who of them is in another segment as it stands, and which part of them that is.")),
        (_("Some of them"), _("Those whose cards are newest.")),
    ]
