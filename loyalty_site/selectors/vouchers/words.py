"""Vouchers in words: what they give, and on which terms."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day, money, whole
from rewards import benefits, vouchers
from rewards.models import Voucher
from rewards.models.vouchers import EXPIRED, VoucherStatus

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What vouchers that are alike give, and when, how often and to whom; `owner` is a name."""

    benefit: dict
    uses: int
    per_customer: int | None
    min_amount: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    owner: str = ""

    @classmethod
    def of(cls, voucher: Voucher) -> Self:
        """The terms of a voucher (with its customer)."""
        return cls(
            voucher.benefit,
            voucher.uses_allowed,
            voucher.per_customer,
            voucher.min_amount,
            voucher.starts_at,
            voucher.expires_at,
            str(voucher.customer) if voucher.customer else "",
        )

    @classmethod
    def wanted(cls, wanted: vouchers.Wanted) -> Self:
        """The terms of vouchers that are still to be made."""
        owner = str(wanted.customer) if wanted.customer else ""
        given = (wanted.per_customer, wanted.min_amount, wanted.starts_at, wanted.ends_at)
        return cls(wanted.benefit, wanted.uses, *given, owner)


def gives(benefit: dict, currency: str) -> str:
    """What a voucher gives: 5.00 € off; 1 × coffee for free."""
    return benefits.sentence(benefit, lambda minor: money(minor, currency))


def conditions(terms: Terms, merchant: Merchant) -> list[str]:
    """On which terms, a sentence each; when comes apart (`validity`)."""
    said = [how_often(terms)]
    if terms.per_customer:
        at_most = ngettext(
            "At most %(times)s time for each customer.",
            "At most %(times)s times for each customer.",
            terms.per_customer,
        )
        said.append(at_most % {"times": whole(terms.per_customer)})
    if terms.min_amount:
        said.append(_("In purchases of %(amount)s or more.") % {"amount": money(terms.min_amount, merchant.currency)})
    if terms.owner:
        said.append(_("Only for %(name)s.") % {"name": terms.owner})
    return said


def how_often(terms: Terms) -> str:
    """How often a voucher can be used."""
    if terms.benefit["kind"] == "gift_card":
        return _("Used in parts, until it is empty.")
    if terms.uses == 1:
        return _("Can be used once.")
    return _("Can be used %(times)s times.") % {"times": whole(terms.uses)}


def validity(terms: Terms, merchant: Merchant) -> str:
    """When a voucher holds, by the shop's days; nothing where it holds for ever."""
    first = local_day(terms.starts_at, merchant) if terms.starts_at else None
    last = last_day(terms.ends_at, merchant) if terms.ends_at else None
    if first and last:
        return _("Valid from %(first)s through %(last)s.") % {"first": day(first), "last": day(last)}
    if last:
        return _("Valid through %(last)s.") % {"last": day(last)}
    return _("Valid from %(first)s.") % {"first": day(first)} if first else ""


def local_day(moment: datetime, merchant: Merchant) -> date:
    """The shop's day of a moment."""
    return moment.astimezone(ZoneInfo(merchant.timezone)).date()


def last_day(ends_at: datetime, merchant: Merchant) -> date:
    """The last of the shop's days of which a part lies before an end."""
    return local_day(ends_at - MOMENT, merchant)


def state(voucher: Voucher, at: datetime) -> tuple[str, str]:
    """The state of a voucher at a moment, and its word."""
    found = vouchers.status(voucher, at=at)
    if found == EXPIRED:
        return found, pgettext("voucher", "expired")
    if found == VoucherStatus.OPEN and voucher.starts_at and voucher.starts_at > at:
        return "waiting", pgettext("voucher", "not valid yet")
    return found, VoucherStatus(found).label


def left(voucher: Voucher, currency: str) -> str:
    """What is left of a voucher that is used more than once; nothing for others."""
    if voucher.balance is not None:
        of = {"left": money(voucher.balance, currency), "worth": money(voucher.benefit["amount"], currency)}
        return _("%(left)s of %(worth)s") % of
    if voucher.uses_allowed > 1:
        of = {"left": whole(voucher.uses_left), "allowed": whole(voucher.uses_allowed)}
        return _("%(left)s of %(allowed)s uses") % of
    return ""
