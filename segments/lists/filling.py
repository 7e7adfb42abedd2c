"""Letting the lists of segments follow their criteria, set-based; joins and leaves are kept."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers import audiences
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict
from segments import criteria
from segments.criteria import BadCriteria
from segments.models import Segment

log = logging.getLogger(__name__)


class StandsStill(Conflict):
    code = "stands_still"
    message = _("This list does not follow criteria, so there is nothing to refresh. It stays as it was made.")


def refresh(*, segment: Segment, at: datetime) -> tuple[int, int]:
    """Let the list of a segment follow its criteria now; returns how many came and left. Idempotent.

    Of two at once the later moment counts: the earlier one does nothing. Raises StandsStill for a static list and
    BadCriteria where the definition no longer makes sense; then the list stays as it was.
    """
    with transaction.atomic():
        held = hold(segment)
        if not held.follows:
            raise StandsStill
        if held.refreshed_at and held.refreshed_at >= at:
            return 0, 0
        return follow(held, at=at)


def refresh_all(*, merchant: Merchant, at: datetime, since: datetime | None = None) -> int:
    """Refresh every active segment of a shop, or those that were not refreshed `since`; returns how many could be.

    Criteria ask other segments by their definition and not by their lists, so the order does not matter.

    One whose criteria no longer make sense (a location that is gone) keeps its list and its moment; its page says why.
    """
    refreshed = 0
    for segment in due(merchant, since or at).order_by("pk"):
        try:
            refresh(segment=segment, at=at)
        except BadCriteria as refusal:
            log.warning("Segment %s of %s keeps its list: %s", segment.public_id, merchant.slug, refusal)
        else:
            refreshed += 1
    return refreshed


def is_due(*, merchant: Merchant, since: datetime) -> bool:
    """Whether some active segment of a shop was not refreshed since a moment."""
    return due(merchant, since).exists()


def due(merchant: Merchant, since: datetime) -> QuerySet[Segment]:
    """Active segments by criteria that were last refreshed before a moment."""
    return Segment.objects.for_merchant(merchant).living().filter(refreshed_at__lt=since)


def follow(segment: Segment, *, at: datetime) -> tuple[int, int]:
    """Fill the list of a held segment. Raises BadCriteria."""
    wanted = criteria.parse(segment.definition, merchant=segment.merchant, segment=segment.public_id)
    people = criteria.customers(wanted, merchant=segment.merchant, at=at)
    moved = audiences.follow(audience=segment.audience, customers=people.values("pk"), at=at)
    Segment.objects.filter(pk=segment.pk).update(refreshed_at=at)
    segment.refreshed_at = at
    return moved


def hold(segment: Segment) -> Segment:
    """The segment as it stands, held until the transaction ends."""
    standing = Segment.objects.select_related("audience", "merchant").select_for_update(of=("self",))
    return standing.get(pk=segment.pk)
