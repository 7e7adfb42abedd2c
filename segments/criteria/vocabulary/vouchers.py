"""Vouchers that somebody holds, or used."""

from dataclasses import replace
from datetime import timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from rewards.expiry import midnight
from rewards.models import Voucher, VoucherUse
from segments.criteria.facts import within
from segments.criteria.field import Condition, Field, Group, Moment
from segments.criteria.kinds import Kind
from segments.criteria.shapes import compare, holds

from .behaviour import DAYS


def tallied(rows: QuerySet, condition: Condition) -> Q:
    """How many rows of (customer, …) somebody has; 0 without any."""
    sums = rows.order_by().values("customer").annotate(often=Count("pk"))
    if holds(condition.op, condition.value, 0):
        return ~within(sums.exclude(compare("often", condition)).values("customer"))
    return within(sums.filter(compare("often", condition)).values("customer"))


def usable(moment: Moment) -> QuerySet[Voucher]:
    """Vouchers in somebody's name that can be used now."""
    return Voucher.objects.for_merchant(moment.merchant).usable(moment.at).filter(customer__isnull=False)


def opened(condition: Condition, moment: Moment) -> Q:
    return tallied(usable(moment), condition)


def used(condition: Condition, moment: Moment) -> Q:
    """Uses that were not given back, of the last days if any are named."""
    found = VoucherUse.objects.standing().filter(customer__merchant=moment.merchant)
    if "days" in condition.params:
        start = moment.today - timedelta(days=condition.params["days"] - 1)
        found = found.filter(used_at__gte=midnight(start, moment.merchant.timezone))
    return tallied(found, condition)


def expiring(condition: Condition, moment: Moment) -> Q:
    """Days to the last day on which the voucher that ends first can be used; 0 is today."""
    first = usable(moment).order_by().values("customer").annotate(ends=Min("expires_at")).filter(ends__isnull=False)
    if condition.op == "exists":
        return within(first.values("customer"))
    return within(first.filter(ending(condition, moment)).values("customer"))


def ending(condition: Condition, moment: Moment) -> Q:
    """A last day so far away: a voucher that is good through a day ends at the midnight after it at the latest."""
    op, value = condition.op, condition.value
    if op == "in":
        found = Q()
        for one in value:
            found |= ending(replace(condition, op="eq", value=one), moment)
        return found
    first, last = value if op == "between" else (value, value)
    after = lambda days: Q(ends__gt=midnight(moment.today + timedelta(days=days), moment.merchant.timezone))  # noqa: E731
    until = lambda days: Q(ends__lte=midnight(moment.today + timedelta(days=days + 1), moment.merchant.timezone))  # noqa: E731
    if op in {"gt", "gte"}:
        return after(first + (op == "gt"))
    if op in {"lt", "lte"}:
        return until(last - (op == "lt"))
    return after(first) & until(last)


def has_vouchers(merchant: Merchant) -> bool:
    """Whether the shop ever issued a voucher."""
    return Voucher.objects.for_merchant(merchant).exists()


FIELDS = [
    Field(
        "open_vouchers", _("Vouchers to use"), Group.VOUCHERS, Kind.COUNT,
        _("Vouchers in their name that can be used today. 0 without any."), opened, _("can use %(this)s"),
        _("cannot use %(this)s"), unit="vouchers", is_offered=has_vouchers,
    ),
    Field(
        "used_vouchers", _("Vouchers used"), Group.VOUCHERS, Kind.COUNT,
        _("How many times they used a voucher, uses that were given back apart. 0 without any."), used,
        _("used %(this)s"), _("did not use %(this)s"), unit="vouchers", params=(DAYS,), is_offered=has_vouchers,
    ),
    Field(
        "voucher_ends_in_days", _("Days to the end of a voucher"), Group.VOUCHERS, Kind.DAYS,
        _("Days to the last day on which the voucher that ends first can be used; 0 is today."), expiring,
        _("hold a voucher that ends in %(this)s"), _("hold no voucher that ends in %(this)s"),
        _("hold a voucher that ends"), _("hold no voucher that ends"), unit="days", is_offered=has_vouchers,
    ),
]  # fmt: skip
