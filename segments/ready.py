"""Ready criteria as segments of a shop, and those of parts of the board of RFV."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Missing

from . import criteria, lists
from .criteria.ready import Ready, is_, of, ready
from .models import Segment
from .rfv.regions import Place


class NotReady(Missing):
    message = _("There is no ready segment of this name for this shop.")


@dataclass(frozen=True, slots=True)
class Offer:
    """Ready criteria as this shop could use them."""

    ready: Ready
    sentence: str


def offered(merchant: Merchant) -> list[Offer]:
    """What this shop can use and does not yet, in its order."""
    used = list(Segment.objects.for_merchant(merchant).living().values_list("definition", flat=True))
    return [
        Offer(one, criteria.sentence(criteria.parse(definition, merchant=merchant), merchant=merchant))
        for one, definition in ready(merchant)
        if definition not in used
    ]


def use(*, merchant: Merchant, key: str, at: datetime) -> Segment:
    """Make ready criteria a segment of the shop. Raises NotReady, and what lists.create raises."""
    known = {one.key: (one, definition) for one, definition in ready(merchant)}
    if key not in known:
        raise NotReady
    one, definition = known[key]
    return lists.create(merchant=merchant, name=str(one.name), definition=definition, reason=str(one.reason), at=at)


def of_places(places: Iterable[Place]) -> dict:
    """The criteria of some squares of the board: recency and frequency as they are scored by night."""
    by_recency: dict[int, list[int]] = {}
    for recency, frequency in sorted(places):
        by_recency.setdefault(recency, []).append(frequency)
    blocks: dict[tuple[int, ...], list[int]] = {}
    for recency, frequencies in by_recency.items():
        blocks.setdefault(tuple(frequencies), []).append(recency)
    parts = [
        [is_("recency_score", "in", recencies), is_("frequency_score", "in", list(frequencies))]
        for frequencies, recencies in blocks.items()
    ]
    return of(*parts[0]) if len(parts) == 1 else of({"any": [{"all": part} for part in parts]})
