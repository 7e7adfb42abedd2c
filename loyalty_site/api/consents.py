"""What a customer agreed to, over the API: every yes and no, and saying another."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from customers import profiles
from customers.merchants.models import Scope
from customers.models import Consent

from . import paging
from .customers import ConsentBody
from .fields import find_customer
from .views import Endpoint, made


class ConsentReply(ConsentBody):
    recorded_at = serializers.DateTimeField()


class Consents(Endpoint):
    """The yes and no of a customer, newest first: of each channel and purpose the newest holds. Nothing is changed or
    removed; a withdrawal is a new row with `granted: false`."""

    row_reply = ConsentReply
    scopes = {"POST": Scope.COUNTER}

    @extend_schema(operation_id="consents_list", responses=ConsentReply(many=True))
    def get(self, request, public_id):
        customer = find_customer(self.merchant, public_id)
        return paging.answer(
            request, customer.consents.all(), lambda rows: [present(row) for row in rows], order=("-recorded_at", "-pk")
        )

    @extend_schema(operation_id="consents_record", request=ConsentBody, responses={201: ConsentReply})
    def post(self, request, public_id):
        body = self.read(ConsentBody)
        return self.once(lambda: self.record(public_id, body))

    def record(self, public_id: str, body: dict) -> tuple[int, dict]:
        customer = find_customer(self.merchant, public_id)
        [kept] = profiles.give_consents(customer=customer, consents=[body], at=self.at)
        return made(present(kept))


def present(consent: Consent) -> dict:
    """A yes or no as the API shows it."""
    names = ("channel", "purpose", "granted", "source", "wording", "version", "recorded_at")
    return {name: getattr(consent, name) for name in names}
