"""Everything that a shop keeps about one person: to be read by them, or taken along as JSON."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers import audit
from customers.models import Activity, Customer, Purchase, PurchaseLine, Refund
from customers.models.trust import Deed
from rewards.models import Entry, Membership, Redemption, TierChange, Voucher
from segments.surveys.models import Answer, FollowUp, Invitation

CARD = (
    "public_id", "external_id", "name", "phone", "email", "card_code", "language", "birthday", "birth_year", "gender",
    "city", "postal_code", "country", "latitude", "longitude", "attributes", "preferences", "notes", "created_at",
    "updated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the dossier: a title, the names of its columns, and its rows."""

    name: str
    title: Any
    columns: tuple[str, ...]
    rows: list[tuple]

    def as_json(self) -> list[dict]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a part comes from: columns as lookups by the names that readers see."""

    name: str
    title: Any
    columns: dict[str, str]
    rows: Callable[[Customer], QuerySet]
    order: str

    def part(self, customer: Customer) -> Part:
        found = self.rows(customer).order_by(self.order, "pk").values_list(*self.columns.values())
        return Part(self.name, self.title, tuple(self.columns), list(found))


def opened(customer: Customer, *, actor: str, at: datetime) -> list[Part]:
    """All parts, the card first, without an end: a person has a right to everything (a query for each part).

    Who opened it is written to the log.
    """
    about = {"customer": customer.public_id}
    audit.note(merchant=customer.merchant, deed=Deed.CARD_EXPORTED, actor=actor, at=at, about=about)
    card = [(name, getattr(customer, name)) for name in CARD]
    return [Part("card", _("Card"), ("name", "value"), card), *(source.part(customer) for source in SOURCES)]


def as_json(customer: Customer, parts: Iterable[Part], *, at: datetime) -> dict:
    """The same as one document."""
    card, *others = parts
    return {
        "exported_at": at,
        "merchant": customer.merchant.name,
        "card": {name: value for name, value in card.rows},
        **{part.name: part.as_json() for part in others},
    }


def same(*names: str, **others: str) -> dict[str, str]:
    """Columns that are called as their fields, and others."""
    return {**{name: name for name in names}, **others}


def of(model, **more) -> Callable[[Customer], QuerySet]:
    """The rows of a table that name the customer."""
    return lambda customer: model.objects.filter(customer=customer, **more)


def in_memberships(model) -> Callable[[Customer], QuerySet]:
    """The rows of a table that name one of the customer's memberships."""
    return lambda customer: model.objects.filter(membership__in=Membership.objects.filter(customer=customer))


def entries(customer: Customer) -> QuerySet:
    """Movements of points, by the index of their accounts."""
    mine = Membership.objects.filter(customer=customer)
    return Entry.objects.filter(account__in=mine.values("account"), membership__in=mine.values("pk"))


SOURCES = [
    Source(
        "consents",
        _("What they agreed to"),
        same("channel", "purpose", "granted", "source", "wording", "version", "recorded_at"),
        lambda customer: customer.consents.all(),
        "recorded_at",
    ),
    Source(
        "memberships",
        _("Programs"),
        {"id": "public_id", "program": "program__name", "tier": "tier", "joined_at": "joined_at"},
        of(Membership),
        "joined_at",
    ),
    Source(
        "purchases",
        _("Purchases"),
        {
            "id": "public_id",
            **same("external_id", "occurred_at", "channel"),
            "location": "location__name",
            **same("amount", "discount", "refunded", "voided_at"),
        },
        of(Purchase),
        "occurred_at",
    ),
    Source(
        "lines",
        _("What was bought"),
        {"purchase": "purchase__public_id", **same("number", "sku", "name", "category", "quantity", "amount")},
        lambda customer: PurchaseLine.objects.filter(purchase__customer=customer),
        "purchase__occurred_at",
    ),
    Source(
        "refunds",
        _("What came back"),
        {"id": "public_id", "purchase": "purchase__public_id", **same("occurred_at", "amount", "undone_at")},
        of(Refund),
        "occurred_at",
    ),
    Source(
        "points",
        _("Points"),
        {"id": "public_id", "program": "membership__program__name", **same("occurred_at", "kind", "points", "reason")},
        entries,
        "occurred_at",
    ),
    Source(
        "tiers",
        _("Tiers"),
        {"program": "membership__program__name", "at": "at", "from": "from_tier", "to": "to_tier"},
        in_memberships(TierChange),
        "at",
    ),
    Source(
        "redemptions",
        _("Rewards redeemed"),
        {"id": "public_id", "reward": "reward__name", **same("redeemed_at", "quantity", "points", "status")},
        in_memberships(Redemption),
        "redeemed_at",
    ),
    Source(
        "vouchers",
        _("Vouchers"),
        {"id": "public_id", **same("code", "name", "status", "issued_at", "expires_at")},
        of(Voucher),
        "issued_at",
    ),
    Source(
        "activities",
        _("Activities"),
        {"id": "public_id", **same("type", "occurred_at", "attributes")},
        of(Activity),
        "occurred_at",
    ),
    Source(
        "lists",
        _("Lists"),
        {"list": "audience__name", "added_at": "added_at", "removed_at": "removed_at"},
        lambda customer: customer.audiences.all(),
        "added_at",
    ),
    Source(
        "survey_invitations",
        _("Surveys they were asked to answer"),
        {"id": "public_id", "survey": "survey__title", **same("touchpoint", "created_at", "sent_at", "answered_at")},
        of(Invitation),
        "created_at",
    ),
    Source(
        "survey_answers",
        _("What they answered in surveys"),
        {
            "survey": "response__survey__title",
            "answered_at": "response__answered_at",
            "question": "question__text",
            **same("number", "option", "text"),
        },
        lambda customer: Answer.objects.filter(response__customer=customer),
        "response__answered_at",
    ),
    Source(
        "follow_ups",
        _("What they were told about unhappy answers"),
        {"id": "public_id", **same("stage", "answer", "opened_at", "answered_at", "closed_at")},
        of(FollowUp),
        "opened_at",
    ),
]
