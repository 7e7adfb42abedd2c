"""Points for one's own card: refused, waiting for somebody else's word, or let through, as the shop's owner says."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from customers import staff_cards
from customers.merchants.models import Merchant
from customers.merchants.refusals import Forbidden
from rewards.models.alerts import SelfCredit

from .thresholds import watch


class OwnCard(Forbidden):
    code = "own_card"
    message = _("This is your own customer card. Ask a colleague to do it: here nobody gives points to themselves.")


def rule_for_own(*, merchant: Merchant, doing: Iterable[tuple[str | int, int]]) -> str:
    """What holds for `doing`, pairs of who does it (a public id, or a key of staff) and whose card it is for (a key).

    ALLOWED where none of them is the person's own card (one query, two where one is).
    """
    if not staff_cards.own(merchant=merchant, doing=doing):
        return SelfCredit.ALLOWED
    return watch(merchant).self_credit


def refuse_own(*, merchant: Merchant, doing: Iterable[tuple[str | int, int]]) -> str:
    """`rule_for_own`, but raise OwnCard where the shop refuses it."""
    rule = rule_for_own(merchant=merchant, doing=doing)
    if rule == SelfCredit.BLOCKED:
        raise OwnCard
    return rule
