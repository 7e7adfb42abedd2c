"""Why an entry is there: the awards of the judgement that made it."""

from collections.abc import Iterable

from django.db.models import Q

from rewards import rules
from rewards.models import Entry, Judgement, Membership
from rewards.models.ledger import EntryKind


def awards_in(judgement: Judgement) -> list[dict]:
    """The awards of a judgement (with its version), each with the conditions of its rule."""
    return rules.with_whens(judgement.awards, judgement.version.rules)


def awards_of(entries: Iterable[Entry], *, members: list[Membership] | None = None) -> dict[int, list[dict]]:
    """The awards by entry key, each with its conditions, for entries that a judgement made (one query).

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
        (one.purchase_id, one.activity_id, one.membership_id): awards_in(one)
        for one in judged.select_related("version").order_by("pk")
    }
    return {one.pk: awards.get((one.purchase_id, one.activity_id, one.membership_id), []) for one in of_judgements}
