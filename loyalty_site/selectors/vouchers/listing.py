"""The list of a shop's vouchers: searched by code, filtered by state, batch and customer."""

from dataclasses import dataclass
from datetime import date, datetime

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.models import Merchant
from rewards import vouchers
from rewards.models import Voucher
from rewards.models.vouchers import EXPIRED, VoucherStatus

from . import words

STATES = [*VoucherStatus.choices, (EXPIRED, pgettext_lazy("voucher", "expired"))]


class VoucherFilter(django_filters.FilterSet):
    """Which vouchers, by what the address or a request names; the page and the API share it."""

    code = django_filters.CharFilter(method="begins", label=_("Code, or how it begins"))
    status = django_filters.ChoiceFilter(
        choices=STATES, method="in_state", label=_("State"), empty_label=_("any state")
    )
    batch = django_filters.CharFilter(field_name="batch__public_id")
    customer = django_filters.CharFilter(field_name="customer__public_id")

    def __init__(self, *given, at: datetime, **named):
        self.at = at
        super().__init__(*given, **named)

    def begins(self, queryset, name, text: str):
        """The beginning of a code, however it is typed."""
        return queryset.beginning(vouchers.normal(text))

    def in_state(self, queryset, name, wanted: str):
        """An open voucher whose time is over counts as expired."""
        return queryset.in_state(wanted, self.at)

    class Meta:
        model = Voucher
        fields = []


@dataclass(slots=True)
class Row:
    """A voucher in a list, in words; `gives` is empty where its name says that already."""

    voucher: Voucher
    gives: str
    state: str
    state_word: str
    left: str
    last_on: date | None


def found(merchant: Merchant, query, *, at: datetime) -> VoucherFilter:
    """What the address asks for; a value that cannot be narrows nothing, and the form says so."""
    mine = Voucher.objects.for_merchant(merchant).select_related("customer").order_by("-issued_at", "-pk")
    return VoucherFilter(query, mine, at=at)


def rows(some: QuerySet | list[Voucher], merchant: Merchant, *, at: datetime) -> list[Row]:
    """Vouchers (with their customers) as rows."""
    return [row(one, merchant, at) for one in some]


def row(voucher: Voucher, merchant: Merchant, at: datetime) -> Row:
    """One of them."""
    said, (state, word) = words.gives(voucher.benefit, merchant.currency), words.state(voucher, at)
    last_on = words.last_day(voucher.expires_at, merchant) if voucher.expires_at else None
    name_says_it = said == voucher.name
    return Row(voucher, "" if name_says_it else said, state, word, words.left(voucher, merchant.currency), last_on)
