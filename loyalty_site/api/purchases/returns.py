"""What comes back without its receipt."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from customers.merchants.models import Scope
from customers.models import Customer
from customers.purchases import LineDraft
from loyalty_site import flows
from loyalty_site.api.fields import MinorUnits, Moment, Strict, check_currency, find_customer
from loyalty_site.api.views import Endpoint, made

from .bodies import MOST_LINES, LineBody
from .changed import TakenReply, taken


class ReturnBody(Strict):
    """Who brings something back, and what: an amount in minor units, or lines with what they cost."""

    customer = serializers.CharField()
    amount = MinorUnits(required=False, allow_null=True)
    lines = LineBody(many=True, required=False, max_length=MOST_LINES)
    external_id = serializers.CharField(max_length=100, required=False, allow_null=True)
    occurred_at = Moment(required=False)
    currency = serializers.CharField(required=False)


class Returns(Endpoint):
    """A return without a receipt: it takes back what it would have earned at its date, as far as that is there."""

    row_reply = TakenReply
    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)

    @extend_schema(operation_id="returns_take", request=ReturnBody, responses=dict.fromkeys([200, 201], TakenReply))
    def post(self, request):
        body = self.read(ReturnBody)
        return self.once(lambda: self.take(find_customer(self.merchant, body["customer"]), body))

    def take(self, customer: Customer, body: dict) -> tuple[int, dict]:
        """Take it back; one with an external id that stands already is answered with the first."""
        check_currency(self.merchant, body.get("currency"))
        draft = flows.take_return(
            merchant=self.merchant,
            customer_id=customer.pk,
            amount=body.get("amount"),
            goods=[LineDraft(**line) for line in body.get("lines", [])],
            occurred_at=body.get("occurred_at"),
            external_id=body.get("external_id") or None,
            at=self.at,
            actor=self.request.auth.public_id,
        )
        return made(taken(draft, customer, at=self.at), new=not draft.duplicate)
