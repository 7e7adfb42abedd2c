"""Who the key speaks for, and the shop's locations and people."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Location, StaffMember

from . import paging
from .views import Endpoint


class MerchantReply(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    slug = serializers.CharField()
    currency = serializers.CharField()
    country = serializers.CharField()
    timezone = serializers.CharField()


class KeyReply(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    scope = serializers.CharField()
    location = serializers.CharField(allow_null=True)


class MeReply(serializers.Serializer):
    merchant = MerchantReply()
    key = KeyReply()


class Me(Endpoint):
    """The merchant that the key speaks for, and what the key may do."""

    row_reply = MeReply

    @extend_schema(operation_id="me", responses=MeReply)
    def get(self, request):
        key, merchant = request.auth, self.merchant
        names = ("name", "slug", "currency", "country", "timezone")
        return Response(
            {
                "merchant": {"id": merchant.public_id, **{name: getattr(merchant, name) for name in names}},
                "key": {
                    "id": key.public_id,
                    "name": key.name,
                    "scope": key.scope,
                    "location": key.location.public_id if key.location else None,
                },
            }
        )


class LocationReply(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    note = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class Locations(Endpoint):
    """The counters of the shop."""

    row_reply = LocationReply

    @extend_schema(operation_id="locations_list", responses=LocationReply(many=True))
    def get(self, request):
        found = Location.objects.for_merchant(self.merchant)
        return paging.answer(request, found, lambda rows: LocationReply(rows, many=True).data, order=("pk",))


class StaffReply(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="user.name")
    role = serializers.CharField()
    active = serializers.BooleanField(source="is_active")


class Staff(Endpoint):
    """Who works at the shop."""

    row_reply = StaffReply

    @extend_schema(operation_id="staff_list", responses=StaffReply(many=True))
    def get(self, request):
        found = StaffMember.objects.filter(merchant=self.merchant).select_related("user")
        return paging.answer(request, found, lambda rows: StaffReply(rows, many=True).data, order=("pk",))
