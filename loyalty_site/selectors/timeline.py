"""Everything that happened with one customer, in one order, however many tables it is kept in.

Each source is read newest first from where the last page ended, at most a page of it, and the pages are merged: it
costs the same number of queries wherever one stands, and nothing that is not shown beyond a page of each source.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.templatetags.ficha import channel, money, signed
from customers.models import Activity, Customer, Purchase, Refund
from loyalty_site.templatetags.people import consent_channel, consent_purpose
from rewards.models import Entry, Membership, Redemption, TierChange, VoucherUse
from rewards.models.ledger import EntryKind

DONE = {
    "signup": gettext_lazy("Joined"),
    "birthday": gettext_lazy("Birthday"),
    "profile_complete": gettext_lazy("Card completed"),
    "visit": gettext_lazy("Visit"),
    "review": gettext_lazy("Review"),
    "social_share": gettext_lazy("Shared online"),
    "survey": gettext_lazy("Answered a survey"),
}


class Place(NamedTuple):
    """Where something stands in the order: the later first; of one moment by source, then the younger row first."""

    at: datetime
    source: int
    pk: int


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened. `summary` says it in words; `amount` in minor units, `points` of `program`."""

    place: Place
    kind: str
    id: str | None
    summary: str
    amount: int | None = None
    points: int | None = None
    program: str | None = None

    @property
    def at(self) -> datetime:
        return self.place.at


@dataclass(frozen=True, slots=True)
class Source:
    """One table of happenings: its rows of a customer, the name of their moment, and what to say of each."""

    kind: str
    rows: Callable[[Customer], QuerySet]
    moment: str
    tell: Callable[[Any, str], dict]

    def page(self, customer: Customer, number: int, behind: Place | None, most: int) -> Iterable[tuple[Place, Any]]:
        """At most so many rows behind a place, newest first (one query)."""
        rows = self.rows(customer)
        if behind is not None:
            rows = rows.filter(self.after(number, behind))
        for row in rows.order_by(f"-{self.moment}", "-pk")[:most]:
            yield Place(getattr(row, self.moment), number, row.pk), row

    def after(self, number: int, behind: Place) -> Q:
        """The rows of this source that come behind a place."""
        earlier, equal = Q(**{f"{self.moment}__lt": behind.at}), Q(**{self.moment: behind.at})
        if number < behind.source:
            return earlier
        return earlier | equal if number > behind.source else earlier | equal & Q(pk__lt=behind.pk)


def page(customer: Customer, *, behind: Place | None = None, most: int) -> list[Happening]:
    """The newest happenings behind a place, at most so many (one query for each source)."""
    found = [
        (place, source, row)
        for number, source in enumerate(SOURCES)
        for place, row in source.page(customer, number, behind, most)
    ]
    found.sort(key=lambda one: (one[0].at, -one[0].source, one[0].pk), reverse=True)
    currency = customer.merchant.currency
    return [Happening(place, source.kind, **source.tell(row, currency)) for place, source, row in found[:most]]


def purchases(customer: Customer) -> QuerySet:
    bought = Purchase.objects.for_merchant(customer.merchant_id).filter(customer=customer)
    return bought.select_related("location")


def purchase(one: Purchase, currency: str) -> dict:
    """A purchase, voided or not."""
    said = _("Bought for %(amount)s") if one.voided_at is None else _("Bought for %(amount)s; voided")
    where = " · ".join(part for part in (one.location.name if one.location else "", str(channel(one.channel))) if part)
    summary = said % {"amount": money(one.amount, currency)}
    return {"id": one.public_id, "summary": f"{summary} ({where})" if where else summary, "amount": one.amount}


def refunds(customer: Customer) -> QuerySet:
    return Refund.objects.filter(merchant=customer.merchant_id, customer=customer, undone_at=None)


def refund(one: Refund, currency: str) -> dict:
    """What came back, of a purchase or without one."""
    said = _("%(amount)s came back") if one.purchase_id else _("%(amount)s came back, without a receipt")
    return {"id": one.public_id, "summary": said % {"amount": money(one.amount, currency)}, "amount": one.amount}


def entries(customer: Customer) -> QuerySet:
    """Movements of points that nothing else on the line tells of."""
    mine = list(Membership.objects.filter(customer=customer).values_list("pk", "account"))
    of_mine = Entry.objects.filter(
        account__in=[account for __, account in mine], membership__in=[pk for pk, __ in mine]
    )
    alone = of_mine.filter(purchase=None, refund=None, activity=None).exclude(kind=EntryKind.REDEEM)
    return alone.select_related("membership__program")


def entry(one: Entry, currency: str) -> dict:
    """A movement of points, with the reason that was written."""
    program = one.membership.program
    summary = f"{program.name}: {one.get_kind_display()} {signed(one.points, program.unit)}"
    return {
        "id": one.public_id,
        "summary": f"{summary} ({one.reason})" if one.reason else summary,
        "points": one.points,
        "program": program.public_id,
    }


def redemptions(customer: Customer) -> QuerySet:
    found = Redemption.objects.filter(merchant=customer.merchant_id, membership__customer=customer)
    return found.select_related("reward", "membership__program")


def redemption(one: Redemption, currency: str) -> dict:
    """A reward for points, and how it stands."""
    program = one.membership.program
    what = {"reward": one.reward.name, "status": one.get_status_display(), "points": signed(-one.points, program.unit)}
    return {
        "id": one.public_id,
        "summary": _("%(reward)s (%(status)s, %(points)s)") % what,
        "points": -one.points,
        "program": program.public_id,
    }


def uses(customer: Customer) -> QuerySet:
    found = VoucherUse.objects.filter(customer=customer, voucher__merchant=customer.merchant_id)
    return found.select_related("voucher")


def use(one: VoucherUse, currency: str) -> dict:
    """A voucher that was used, and perhaps given back."""
    said = _("Voucher used: %(name)s") if one.reversed_at is None else _("Voucher used: %(name)s; given back")
    return {"id": one.voucher.public_id, "summary": said % {"name": one.voucher.name}, "amount": one.amount}


def tier_changes(customer: Customer) -> QuerySet:
    mine = Membership.objects.filter(customer=customer).values("pk")
    return TierChange.objects.filter(membership__in=mine).select_related("membership__program")


def tier_change(one: TierChange, currency: str) -> dict:
    """Up, down or out of a tier."""
    program = one.membership.program
    steps = {"program": program.name, "before": one.from_tier or _("no tier"), "after": one.to_tier or _("no tier")}
    return {
        "id": one.membership.public_id,
        "summary": _("%(program)s: %(before)s → %(after)s") % steps,
        "program": program.public_id,
    }


def activities(customer: Customer) -> QuerySet:
    return Activity.objects.for_merchant(customer.merchant_id).filter(customer=customer)


def activity(one: Activity, currency: str) -> dict:
    """What somebody told of, or what came about; one of the shop's own by its name."""
    return {"id": one.public_id, "summary": str(DONE.get(one.type) or one.type.replace("_", " "))}


def consents(customer: Customer) -> QuerySet:
    return customer.consents.all()


def consent(one, currency: str) -> dict:
    """A yes or a no."""
    said = _("Agreed: %(channel)s, %(purpose)s") if one.granted else _("Declined: %(channel)s, %(purpose)s")
    how = {"channel": consent_channel(one.channel), "purpose": consent_purpose(one.purpose)}
    return {"id": None, "summary": said % how}


def cards(customer: Customer) -> QuerySet:
    return Customer.objects.filter(pk=customer.pk)


def card(one: Customer, currency: str) -> dict:
    """The beginning."""
    return {"id": one.public_id, "summary": _("Card made")}


SOURCES = [
    Source("refund", refunds, "occurred_at", refund),
    Source("tier", tier_changes, "at", tier_change),
    Source("voucher_used", uses, "used_at", use),
    Source("redemption", redemptions, "redeemed_at", redemption),
    Source("points", entries, "occurred_at", entry),
    Source("purchase", purchases, "occurred_at", purchase),
    Source("activity", activities, "occurred_at", activity),
    Source("consent", consents, "recorded_at", consent),
    Source("card", cards, "created_at", card),
]
KINDS = [source.kind for source in SOURCES]
