"""Recording what customers do beyond buying: one is a list of one."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers import activity
from customers.merchants import ids, rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Invalid
from customers.models import Activity
from customers.purchases.drafts import CLOCK_TOLERANCE

FIELDS = [
    "id", "public_id", "merchant", "customer", "type", "external_id", "occasion", "occurred_at", "occurred_on",
    "recorded_at", "location", "attributes",
]  # fmt: skip


class FutureActivity(Invalid):
    code = "future_date"
    message = _("This lies in the future. Check the clock, or leave the time out to mean now.")


@dataclass(slots=True)
class ActivityDraft:
    """What is to be recorded, and by whom (`actor`: a public id). `occasion` names what the product noticed itself.

    After `record`: `pk`, `public_id`, `occurred_on`, and `duplicate` for one that stood already.
    """

    type: str
    customer_id: int
    occurred_at: datetime
    external_id: str | None = None
    occasion: str | None = None
    location_id: int | None = None
    attributes: dict = field(default_factory=dict)
    actor: str = ""
    occurred_on: date | None = None
    pk: int | None = None
    public_id: str | None = None
    duplicate: bool = False


def check(*, occurred_at: datetime, at: datetime) -> datetime:
    """The moment that counts; up to five minutes ahead counts as now. Raises FutureActivity."""
    if occurred_at > at + CLOCK_TOLERANCE:
        raise FutureActivity(field="occurred_at")
    return min(occurred_at, at)


@transaction.atomic
def record(*, merchant: Merchant, drafts: list[ActivityDraft], at: datetime) -> list[ActivityDraft]:
    """Write the activities that are new and return those (four statements, whatever their number).

    A draft whose external id or occasion stands already is marked `duplicate` and gets the ids of the first. The
    customers are held first, so that of two who notice the same occasion the second finds it. Raises UnknownCustomer
    for a customer who is gone, CustomerErased for one whose data were erased.
    """
    if not drafts:
        return []
    erased = activity.hold(merchant=merchant, customers={draft.customer_id for draft in drafts})
    fresh = mark_duplicates(merchant, drafts)
    if not fresh:
        return []
    if any(draft.customer_id in erased for draft in fresh):
        raise activity.CustomerErased(field="customer")
    zone = ZoneInfo(merchant.timezone)
    for draft, key, public_id in zip(
        fresh, rows.reserve(Activity, len(fresh)), ids.many("evt", len(fresh)), strict=True
    ):
        draft.pk, draft.public_id = key, public_id
        draft.occurred_on = draft.occurred_at.astimezone(zone).date()
    rows.insert(
        Activity,
        FIELDS,
        [
            (
                one.pk, one.public_id, merchant.pk, one.customer_id, one.type, one.external_id, one.occasion,
                one.occurred_at, one.occurred_on, at, one.location_id, one.attributes,
            )
            for one in fresh
        ],
    )  # fmt: skip
    return fresh


def mark_duplicates(merchant: Merchant, drafts: list[ActivityDraft]) -> list[ActivityDraft]:
    """Mark drafts that stand already, or stood earlier in the list, and return the others (one query)."""
    told = {draft.external_id for draft in drafts} - {None}
    noticed = {draft.occasion for draft in drafts} - {None}
    standing = {}
    if told or noticed:
        found = Activity.objects.for_merchant(merchant).filter(Q(external_id__among=told) | Q(occasion__among=noticed))
        for key, public_id, external_id, occasion in found.values_list("pk", "public_id", "external_id", "occasion"):
            standing[external_id, occasion] = (key, public_id)
    fresh, first = [], {}
    for draft in drafts:
        name = (draft.external_id, draft.occasion)
        if name in standing:
            draft.duplicate = True
            draft.pk, draft.public_id = standing[name]
        elif name in first:
            draft.duplicate = True
        else:
            if name != (None, None):
                first[name] = draft
            fresh.append(draft)
    return fresh
