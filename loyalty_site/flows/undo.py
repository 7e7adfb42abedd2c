"""Taking back what was recorded a moment ago: the slip of a finger that one notices at once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict
from customers.models import Purchase

from .purchases import void_purchase

UNDO_FOR = timedelta(seconds=60)


class UndoOver(Conflict):
    code = "undo_over"
    message = _("The 60 seconds to undo this purchase are over. If it was a mistake, void it here.")


def undo_until(purchase: Purchase) -> datetime:
    """From when on a purchase is voided rather than undone. It counts from its recording, whatever it says it was."""
    return purchase.recorded_at + UNDO_FOR


@transaction.atomic
def undo_purchase(*, merchant: Merchant, purchase: Purchase, at: datetime, actor: str = "") -> Purchase:
    """Void a purchase of this minute; raises UndoOver for an older one. Once more changes nothing."""
    if at >= undo_until(purchase):
        raise UndoOver
    return void_purchase(merchant=merchant, purchase_id=purchase.pk, at=at, actor=actor)
