"""Why an entry is there: the awards of the judgement that made it."""

from collections.abc import Iterable

from django.db.models import Q

from rewards.models import Entry, Judgement, Membership
from rewards.models.ledger import EntryKind


def awards_of(entries: Iterable[Entry], *, members: list[Membership] | None = None) -> dict[int, list[dict]]:
    """The stored awards by entry key, for entries that a judgement made (one query).

    After a refund a purchase may earn more: that is no rule's award, but what its judgement then gives together.
    """
    of_judgements = [one for one in entries if one.kind == EntryKind.EARN and one.refund_id is None]
    purchases = {one.purchase_id for one in of_judgements} - {None}
    activities = {one.activity_id for one in of_judgements} - {None}
    if not purchases and not activities:
        return {}
    judged = Judgement.objects.filter(Q(purchase__in=purchases) | Q(activity__in=activities))
    if members is not None:
        judged = judged.filter(membership__in=members)
    awards = {
        (purchase, activity, member): found
        for purchase, activity, member, found in judged.order_by("pk").values_list(
            "purchase", "activity", "membership", "awards"
        )
    }
    return {one.pk: awards.get((one.purchase_id, one.activity_id, one.membership_id), []) for one in of_judgements}
