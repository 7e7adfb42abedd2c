"""Vouchers over the API: listed, found by their code, used at the till, and a use taken back."""

from datetime import datetime

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Merchant, Scope
from customers.merchants.refusals import Missing
from customers.models import Purchase
from rewards import vouchers
from rewards.models import Voucher
from rewards.models.vouchers import VoucherStatus

from . import paging
from .fields import Strict, find_customer, find_location, find_staff
from .promises import Benefit
from .views import Endpoint

STATUSES = [*VoucherStatus.values, "expired"]


class VoucherReply(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    code = serializers.CharField(allow_null=True, help_text="null in a dry run")
    status = serializers.CharField(help_text=", ".join(STATUSES))
    name = serializers.CharField()
    benefit = Benefit()
    customer = serializers.CharField(allow_null=True)
    uses_left = serializers.IntegerField()
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class UsedReply(VoucherReply):
    dry_run = serializers.BooleanField(required=False)


class UseBody(Strict):
    """Where, by whom, for whom and with which purchase; all as far as it is known."""

    customer = serializers.CharField(required=False, allow_null=True)
    location = serializers.CharField(required=False, allow_null=True)
    staff = serializers.CharField(required=False, allow_null=True)
    purchase = serializers.CharField(required=False, allow_null=True)


class NothingMore(Strict):
    """Nothing more to say."""


class VoucherFilter(django_filters.FilterSet):
    """Which vouchers: whose, and in which state now."""

    customer = django_filters.CharFilter(field_name="customer__public_id")
    status = django_filters.ChoiceFilter(choices=[(name, name) for name in STATUSES], method="in_state")

    def __init__(self, *given, at: datetime):
        self.at = at
        super().__init__(*given)

    def in_state(self, queryset, name, wanted: str):
        """An open voucher whose time is over counts as expired."""
        over = Q(expires_at__lte=self.at)
        if wanted == "expired":
            return queryset.filter(over, status=VoucherStatus.OPEN)
        return queryset.usable(self.at) if wanted == VoucherStatus.OPEN else queryset.filter(status=wanted)

    class Meta:
        model = Voucher
        fields = []


def present(voucher: Voucher, *, at: datetime) -> dict:
    """A voucher (with its customer) as the API shows it."""
    return {
        "id": voucher.public_id,
        "code": voucher.code,
        "status": vouchers.status(voucher, at=at),
        "name": voucher.name,
        "benefit": voucher.benefit,
        "customer": voucher.customer.public_id if voucher.customer else None,
        "uses_left": voucher.uses_left,
        "issued_at": voucher.issued_at,
        "expires_at": voucher.expires_at,
    }


class VoucherList(Endpoint):
    """The vouchers of the shop, newest first."""

    row_reply = VoucherReply

    @extend_schema(
        operation_id="vouchers_list",
        responses=VoucherReply(many=True),
        parameters=[OpenApiParameter("customer"), OpenApiParameter("status", enum=STATUSES)],
    )
    def get(self, request):
        found = VoucherFilter(
            request.query_params, Voucher.objects.for_merchant(self.merchant).select_related("customer"), at=self.at
        )
        return paging.filtered(
            request, found, lambda rows: [present(row, at=self.at) for row in rows], order=("-issued_at", "-pk")
        )


class VoucherDetail(Endpoint):
    """One voucher by its code; large and small letters are the same, and what stands between them is left out."""

    row_reply = VoucherReply

    @extend_schema(operation_id="vouchers_get", responses=VoucherReply)
    def get(self, request, code):
        return Response(present(vouchers.find(merchant=self.merchant, code=code), at=self.at))


class VoucherChange(Endpoint):
    """A call on one voucher."""

    row_reply = UsedReply
    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)


class VoucherUse(VoucherChange):
    """Use a voucher: once, unless it says otherwise."""

    @extend_schema(operation_id="vouchers_use", request=UseBody, responses=UsedReply)
    def post(self, request, code):
        body = self.read(UseBody)
        return self.once(lambda: (200, self.used(vouchers.find(merchant=self.merchant, code=code), body)))

    def used(self, voucher: Voucher, body: dict) -> dict:
        done = vouchers.use(
            voucher=voucher,
            at=self.at,
            customer=find_customer(self.merchant, body["customer"]) if body.get("customer") else None,
            location=find_location(self.request, body.get("location")),
            staff=find_staff(self.merchant, body.get("staff")),
            purchase=find_purchase(self.merchant, body.get("purchase")),
            actor=self.request.auth.public_id,
        )
        return present(done, at=self.at)


class VoucherReverse(VoucherChange):
    """Take the last use of a voucher back: it was a mistake."""

    @extend_schema(operation_id="vouchers_reverse", request=NothingMore, responses=UsedReply)
    def post(self, request, code):
        self.read(NothingMore)
        return self.once(lambda: (200, self.reversed(vouchers.find(merchant=self.merchant, code=code))))

    def reversed(self, voucher: Voucher) -> dict:
        return present(vouchers.reverse(voucher=voucher, at=self.at), at=self.at)


def find_purchase(merchant: Merchant, public_id: str | None) -> Purchase | None:
    """The merchant's purchase with that id."""
    if public_id is None:
        return None
    found = Purchase.objects.for_merchant(merchant).filter(public_id=public_id).first()
    if found is None:
        raise Missing(_("This shop has no purchase with that id."), field="purchase")
    return found
