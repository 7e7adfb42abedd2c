"""A person's right to their data, over the API: taking everything along, and being forgotten."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Scope
from loyalty_site import flows
from loyalty_site.selectors import dossier

from .customers import EnrolledReply, people, present
from .fields import Strict, find_customer
from .views import Endpoint


class NothingAsked(Strict):
    """No field."""


class DossierReply(serializers.Serializer):
    """Everything that the shop keeps about a person; every part a list of plain rows."""

    exported_at = serializers.DateTimeField()
    merchant = serializers.CharField()
    card = serializers.DictField()
    consents = serializers.ListField(child=serializers.DictField())
    memberships = serializers.ListField(child=serializers.DictField())
    purchases = serializers.ListField(child=serializers.DictField())
    lines = serializers.ListField(child=serializers.DictField())
    refunds = serializers.ListField(child=serializers.DictField())
    points = serializers.ListField(child=serializers.DictField())
    tiers = serializers.ListField(child=serializers.DictField())
    redemptions = serializers.ListField(child=serializers.DictField())
    vouchers = serializers.ListField(child=serializers.DictField())
    activities = serializers.ListField(child=serializers.DictField())
    lists = serializers.ListField(child=serializers.DictField())


class Export(Endpoint):
    """Everything that the shop keeps about a customer, in one document. Who asked is written to the log."""

    row_reply = DossierReply
    scopes = {"POST": Scope.MANAGE}

    @extend_schema(operation_id="customers_export", request=NothingAsked, responses=DossierReply)
    def post(self, request, public_id):
        self.read(NothingAsked)
        customer = find_customer(self.merchant, public_id)
        parts = dossier.opened(customer, actor=request.auth.public_id, at=self.at)
        return Response(dossier.as_json(customer, parts, at=self.at))


class EraseBody(Strict):
    revoke_vouchers = serializers.BooleanField(
        required=False, default=False, help_text="Whether vouchers in the customer's name that can be used are revoked."
    )


class Erase(Endpoint):
    """Forget who a customer is, for good. Purchases and points stay as numbers of nobody, so every total stays.

    409 `open_vouchers`, `in_pool` and `reward_held` where somebody would lose something; nothing is written then.
    """

    row_reply = EnrolledReply
    scopes = {"POST": Scope.MANAGE}

    @extend_schema(operation_id="customers_erase", request=EraseBody, responses=EnrolledReply)
    def post(self, request, public_id):
        body = self.read(EraseBody)
        return self.once(lambda: self.erase(public_id, body))

    def erase(self, public_id: str, body: dict) -> tuple[int, dict]:
        customer = find_customer(self.merchant, public_id)
        flows.erase_customer(customer=customer, at=self.at, actor=self.request.auth.public_id, **body)
        return 200, present(people(self.merchant).get(pk=customer.pk))
