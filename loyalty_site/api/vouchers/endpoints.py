"""The calls on vouchers."""

from drf_spectacular.utils import OpenApiParameter, extend_schema

from customers.merchants.models import Scope
from loyalty_site.api import paging
from loyalty_site.api.fields import find_customer, find_location, find_staff
from loyalty_site.api.views import Endpoint, Response, made
from loyalty_site.selectors.vouchers.listing import VoucherFilter
from rewards import vouchers
from rewards.models import Voucher

from .bodies import MakeBody, NothingMore, UseBody, find_purchase, wanted
from .replies import STATUSES, MadeReply, UsedReply, VoucherReply, present

FIRST = 100


class VoucherList(Endpoint):
    """The vouchers of the shop, newest first, and making some."""

    row_reply = VoucherReply
    scopes = {"POST": Scope.MANAGE}
    once_required = ("POST",)

    @extend_schema(
        operation_id="vouchers_list",
        responses=VoucherReply(many=True),
        parameters=[
            OpenApiParameter("customer"),
            OpenApiParameter("batch"),
            OpenApiParameter("code", description="What codes begin with."),
            OpenApiParameter("status", enum=STATUSES),
        ],
    )
    def get(self, request):
        mine = Voucher.objects.for_merchant(self.merchant).select_related("customer", "batch")
        found = VoucherFilter(request.query_params, mine, at=self.at)
        return paging.filtered(
            request, found, lambda rows: [present(row, at=self.at) for row in rows], order=("-issued_at", "-pk")
        )

    @extend_schema(operation_id="vouchers_make", request=MakeBody, responses={201: MadeReply})
    def post(self, request):
        body = self.read(MakeBody)
        return self.once(lambda: made(self.make(body)))

    def make(self, body: dict) -> dict:
        batch = vouchers.make(
            merchant=self.merchant,
            wanted=wanted(self.merchant, body),
            at=self.at,
            actor=self.request.auth.public_id,
        )
        first = batch.vouchers.select_related("customer", "batch").order_by("pk")[:FIRST]
        return {"count": batch.count, "batch": batch.public_id, "data": [present(one, at=self.at) for one in first]}


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

    def find(self, code: str) -> Voucher:
        return vouchers.find(merchant=self.merchant, code=code)


class VoucherUse(VoucherChange):
    """Use a voucher: once, unless it says otherwise; of a gift card, take an amount."""

    @extend_schema(operation_id="vouchers_use", request=UseBody, responses=UsedReply)
    def post(self, request, code):
        body = self.read(UseBody)
        return self.once(lambda: (200, self.used(self.find(code), body)))

    def used(self, voucher: Voucher, body: dict) -> dict:
        done = vouchers.use(
            voucher=voucher,
            at=self.at,
            customer=find_customer(self.merchant, body["customer"]) if body.get("customer") else None,
            location=find_location(self.request, body.get("location")),
            staff=find_staff(self.merchant, body.get("staff")),
            purchase=find_purchase(self.merchant, body.get("purchase")),
            amount=body.get("amount"),
            basket=body.get("purchase_amount"),
            actor=self.request.auth.public_id,
        )
        return present(done, at=self.at)


class VoucherReverse(VoucherChange):
    """Take the last use of a voucher back: it was a mistake. A gift card gets back what that use took."""

    @extend_schema(operation_id="vouchers_reverse", request=NothingMore, responses=UsedReply)
    def post(self, request, code):
        self.read(NothingMore)
        return self.once(lambda: (200, self.reversed(self.find(code))))

    def reversed(self, voucher: Voucher) -> dict:
        done = vouchers.reverse(voucher=voucher, at=self.at, actor=self.request.auth.public_id)
        return present(done, at=self.at)


class VoucherRevoke(VoucherChange):
    """Revoke a voucher: nobody can use it any more, and nothing comes back for it. A second time changes nothing."""

    scopes = {"POST": Scope.MANAGE}

    @extend_schema(operation_id="vouchers_revoke", request=NothingMore, responses=UsedReply)
    def post(self, request, code):
        self.read(NothingMore)
        return self.once(lambda: (200, self.revoked(self.find(code))))

    def revoked(self, voucher: Voucher) -> dict:
        done = vouchers.revoke(voucher=voucher, at=self.at, actor=self.request.auth.public_id)
        return present(done, at=self.at)
