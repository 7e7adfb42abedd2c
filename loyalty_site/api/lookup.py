"""Finding a customer at the counter."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers import identity

from . import paging
from .holdings import held_of, members_of, rows_by_customer, tier_of
from .views import Endpoint


class FoundReply(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    card_code = serializers.CharField()
    phone = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    tier = serializers.CharField(allow_null=True)
    balances = serializers.ListField(child=serializers.DictField())
    last_purchase_at = serializers.DateTimeField(allow_null=True)


class LookupReply(serializers.Serializer):
    data = FoundReply(many=True)


class Lookup(Endpoint):
    """At most five customers for what a cashier typed or scanned; phone and e-mail masked."""

    row_reply = FoundReply

    @extend_schema(operation_id="customers_lookup", parameters=[OpenApiParameter("q")], responses=LookupReply)
    def get(self, request):
        paging.check_names(request, ["q"])
        found = identity.look_up(merchant=self.merchant, text=request.query_params.get("q", ""))
        members = members_of(found)
        balances = rows_by_customer(held_of(members, at=self.at))
        data = [
            {
                "id": customer.public_id,
                "name": customer.name,
                "card_code": customer.card_code,
                "phone": identity.mask_phone(customer.phone),
                "email": identity.mask_email(customer.email),
                "tier": tier_of(members, customer, at=self.at),
                "balances": balances.get(customer.pk, []),
                "last_purchase_at": customer.activity.last_at if hasattr(customer, "activity") else None,
            }
            for customer in found
        ]
        return Response(data if request.accepted_renderer.format == "csv" else {"data": data})
