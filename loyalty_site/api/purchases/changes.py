"""What happens to a purchase later: something comes back, it is voided, or it was somebody else's."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from customers.merchants.models import Scope
from customers.merchants.refusals import Forbidden, Missing
from customers.models import Purchase, Refund
from loyalty_site import flows
from loyalty_site.api import paging
from loyalty_site.api.fields import MinorUnits, Moment, Strict, WholeNumber, check_currency, find_customer
from loyalty_site.api.views import Endpoint, made

from .bodies import MOST_LINES
from .changed import MovedReply, RefundedReply, RefundReply, VoidedReply, moved, present, refunded, voided


class RefundLineBody(Strict):
    """A quantity of a line, named by its `number` on the receipt."""

    line = WholeNumber(min_value=1)
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3, min_value=Decimal("0.001"))


class RefundBody(Strict):
    """Either an amount in minor units, or lines."""

    amount = MinorUnits(required=False, allow_null=True)
    lines = RefundLineBody(many=True, required=False, max_length=MOST_LINES)
    external_id = serializers.CharField(max_length=100, required=False, allow_null=True)
    occurred_at = Moment(required=False)
    currency = serializers.CharField(required=False)


class NoBody(Strict):
    """Nothing more to say."""


class ReassignBody(Strict):
    """Whose purchase it is."""

    customer = serializers.CharField()


class OtherLocation(Forbidden):
    code = "other_location"
    message = _(
        "This key belongs to one location: it can give back what was bought at another, but not void or move it. "
        "Use that location's key, or one of the whole shop."
    )


class Change(Endpoint):
    """A call on one purchase."""

    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)

    def find(self, public_id: str) -> int:
        """The key of the shop's purchase with that id."""
        found = Purchase.objects.for_merchant(self.merchant).filter(public_id=public_id).values_list("pk", flat=True)
        if not found:
            raise Missing
        return found[0]

    def find_here(self, public_id: str) -> int:
        """The same, for what only the location of the purchase corrects; raises OtherLocation for a key of another."""
        key, bound = self.find(public_id), self.request.auth.location_id
        elsewhere = Purchase.objects.filter(pk=key, location__isnull=False).exclude(location=bound)
        if bound and elsewhere.exists():
            raise OtherLocation
        return key


class Refunds(Change):
    """What came back of a purchase, newest first; and giving back an amount or lines of it."""

    row_reply = RefundReply

    @extend_schema(operation_id="refunds_list", responses=RefundReply(many=True))
    def get(self, request, public_id):
        found = Refund.objects.filter(merchant=self.merchant, purchase=self.find(public_id), undone_at=None)
        return paging.answer(request, found.prefetch_related("lines__line"), present, order=("-occurred_at", "-pk"))

    @extend_schema(
        operation_id="purchases_refund", request=RefundBody, responses=dict.fromkeys([200, 201], RefundedReply)
    )
    def post(self, request, public_id):
        body = self.read(RefundBody)
        return self.once(lambda: self.refund(self.find(public_id), body))

    def refund(self, purchase: int, body: dict) -> tuple[int, dict]:
        """Give something back; one with an external id that stands already is answered with the first."""
        check_currency(self.merchant, body.pop("currency", None))
        lines = [(line["line"], line["quantity"]) for line in body.pop("lines", [])]
        draft = flows.refund_purchase(
            merchant=self.merchant,
            purchase_id=purchase,
            lines=lines,
            amount=body.get("amount"),
            occurred_at=body.get("occurred_at"),
            external_id=body.get("external_id") or None,
            at=self.at,
            actor=self.request.auth.public_id,
        )
        return made(refunded(draft, at=self.at), new=not draft.duplicate)


class Void(Change):
    """As if a purchase had never been."""

    row_reply = VoidedReply

    @extend_schema(operation_id="purchases_void", request=NoBody, responses=VoidedReply)
    def post(self, request, public_id):
        self.read(NoBody)
        return self.once(lambda: self.void(self.find_here(public_id)))

    def void(self, purchase: int) -> tuple[int, dict]:
        flows.void_purchase(merchant=self.merchant, purchase_id=purchase, at=self.at, actor=self.request.auth.public_id)
        return 200, voided(self.merchant, purchase, at=self.at)


class Reassign(Change):
    """A purchase that was somebody else's, or an anonymous sale that somebody claims."""

    row_reply = MovedReply

    @extend_schema(operation_id="purchases_reassign", request=ReassignBody, responses=MovedReply)
    def post(self, request, public_id):
        body = self.read(ReassignBody)
        return self.once(lambda: self.reassign(self.find_here(public_id), body))

    def reassign(self, purchase: int, body: dict) -> tuple[int, dict]:
        postings = flows.reassign_purchase(
            merchant=self.merchant,
            purchase_id=purchase,
            customer_id=find_customer(self.merchant, body["customer"]).pk,
            at=self.at,
            actor=self.request.auth.public_id,
        )
        return 200, moved(self.merchant, purchase, postings, at=self.at)
