"""Customers over the API."""

from datetime import datetime
from decimal import Decimal

import django_filters
from django.db.models import Prefetch
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.filters import CustomerFilter
from customers.merchants.models import Merchant, Scope
from customers.merchants.refusals import Missing
from customers.models import AudienceMember, Consent, Customer
from customers.profiles import DuplicateCustomer
from loyalty_site import flows
from rewards.models import Membership

from . import paging
from .fields import Degrees, FreeObject, Strict, WholeNumber, find_location
from .views import Endpoint, made

PLAIN = (
    "external_id", "name", "phone", "email", "card_code", "language", "birthday", "birth_year", "gender", "city",
    "postal_code", "country", "attributes", "preferences", "notes",
)  # fmt: skip


class ConsentBody(Strict):
    channel = serializers.ChoiceField(["email", "sms", "messenger", "phone", "post"])
    purpose = serializers.CharField(max_length=30)
    granted = serializers.BooleanField()
    source = serializers.CharField(max_length=50, required=False, allow_blank=True)
    wording = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="What was read.")
    version = serializers.CharField(max_length=30, required=False, allow_blank=True)


class CustomerBody(Strict):
    """A card. Phone is normalised to E.164 with the merchant's country; `birthday` is MM-DD."""

    external_id = serializers.CharField(max_length=100, required=False, allow_null=True)
    name = serializers.CharField(max_length=300, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_null=True, allow_blank=True)
    email = serializers.CharField(max_length=254, required=False, allow_null=True, allow_blank=True)
    card_code = serializers.CharField(max_length=100, required=False)
    language = serializers.CharField(max_length=8, required=False, allow_blank=True)
    birthday = serializers.CharField(max_length=5, required=False, allow_blank=True)
    birth_year = WholeNumber(min_value=1900, max_value=2100, required=False, allow_null=True)
    gender = serializers.CharField(max_length=30, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    country = serializers.RegexField("^[A-Z]{2}$", required=False, allow_blank=True)
    latitude = Degrees(90, required=False, allow_null=True)
    longitude = Degrees(180, required=False, allow_null=True)
    attributes = FreeObject(required=False)
    preferences = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=100)
    notes = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    consents = ConsentBody(many=True, required=False)
    location = serializers.CharField(required=False, allow_null=True)


class CustomerReply(serializers.Serializer):
    id = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    phone = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    card_code = serializers.CharField()
    language = serializers.CharField()
    birthday = serializers.CharField()
    birth_year = serializers.IntegerField(allow_null=True)
    gender = serializers.CharField()
    city = serializers.CharField()
    postal_code = serializers.CharField()
    country = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    attributes = serializers.DictField()
    preferences = serializers.ListField(child=serializers.CharField())
    notes = serializers.CharField()
    consents = ConsentBody(many=True)
    location = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    first_purchase_at = serializers.DateTimeField(allow_null=True)
    last_purchase_at = serializers.DateTimeField(allow_null=True)
    purchases = serializers.IntegerField()
    net_value = serializers.IntegerField()
    erased_at = serializers.DateTimeField(allow_null=True)


class EnrolledReply(CustomerReply):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    card_code = serializers.CharField(allow_null=True, help_text="null in a dry run")
    dry_run = serializers.BooleanField(required=False)


def people(merchant: Merchant):
    """Customers as the API shows them: with rollup, location and consents (two queries)."""
    return (
        Customer.objects.for_merchant(merchant)
        .select_related("activity", "location")
        .prefetch_related(Prefetch("consents", Consent.objects.order_by("recorded_at", "pk")))
    )


def present(customer: Customer) -> dict:
    """One card as the API shows it."""
    activity = getattr(customer, "activity", None)
    return {
        "id": customer.public_id,
        **{name: getattr(customer, name) for name in PLAIN},
        **{name: degrees(getattr(customer, name)) for name in ("latitude", "longitude")},
        "consents": standing_consents(customer.consents.all()),
        "location": customer.location.public_id if customer.location else None,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
        "first_purchase_at": activity.first_at if activity else None,
        "last_purchase_at": activity.last_at if activity else None,
        "purchases": activity.purchases if activity else 0,
        "net_value": activity.net_value if activity else 0,
        "erased_at": customer.erased_at,
    }


def degrees(number: Decimal | None) -> float | None:
    """Degrees as JSON has numbers."""
    return None if number is None else float(number)


def standing_consents(consents) -> list[dict]:
    """The newest yes or no of each channel and purpose."""
    newest = {(consent.channel, consent.purpose): consent for consent in consents}
    return [
        {"channel": one.channel, "purpose": one.purpose, "granted": one.granted, "source": one.source}
        for one in newest.values()
    ]


class MemberFilter(CustomerFilter):
    """Who, also by the tier that they hold in some program, and by the segment that they are in."""

    tier = django_filters.CharFilter(method="in_tier")
    segment = django_filters.CharFilter(method="in_segment")

    def __init__(self, *args, at: datetime, **more):
        super().__init__(*args, **more)
        self.at = at

    def in_tier(self, queryset, name, tier):
        members = Membership.objects.for_merchant(self.merchant).in_tier(tier, self.at)
        return queryset.filter(pk__in=members.values("customer"))

    def in_segment(self, queryset, name, public_id):
        listed = AudienceMember.objects.now().filter(audience__merchant=self.merchant, audience__public_id=public_id)
        return queryset.filter(pk__in=listed.values("customer"))


class CustomerList(Endpoint):
    """The customers of the shop, newest first; and enrolling one."""

    row_reply = CustomerReply
    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)

    @extend_schema(
        operation_id="customers_list",
        responses=CustomerReply(many=True),
        parameters=[OpenApiParameter(name) for name in MemberFilter.base_filters],
    )
    def get(self, request):
        found = MemberFilter(request.query_params, people(self.merchant), merchant=self.merchant, at=self.at)
        return paging.filtered(
            request, found, lambda rows: [present(row) for row in rows], order=("-created_at", "-pk")
        )

    @extend_schema(
        operation_id="customers_create", request=CustomerBody, responses=dict.fromkeys([200, 201], EnrolledReply)
    )
    def post(self, request):
        body = self.read(CustomerBody)
        return self.once(lambda: self.enrol(body))

    def enrol(self, body: dict) -> tuple[int, dict]:
        fields = {name: value for name, value in body.items() if name != "consents"}
        location = find_location(self.request, fields.pop("location", None))
        if "location" in body:
            fields["location"] = location
        wanted = {"merchant": self.merchant, "fields": fields, "consents": body.get("consents", []), "at": self.at}
        wanted["only_new"] = {"location": location}
        try:
            customer, new = flows.enrol(**wanted)
        except DuplicateCustomer as refusal:
            if "existing" in refusal.extra and refusal.field != "external_id":
                raise
            customer, new = flows.enrol(**wanted)  # somebody enrolled the same person in this very moment
        return made(present(people(self.merchant).get(pk=customer.pk)), new=new)


class CustomerDetail(Endpoint):
    """One customer: read, change what is sent, or delete one without history."""

    row_reply = CustomerReply
    scopes = {"PATCH": Scope.COUNTER, "DELETE": Scope.MANAGE}

    def find(self, public_id: str) -> Customer:
        customer = people(self.merchant).filter(public_id=public_id).first()
        if customer is None:
            raise Missing
        return customer

    @extend_schema(operation_id="customers_get", responses=CustomerReply)
    def get(self, request, public_id):
        return Response(present(self.find(public_id)))

    @extend_schema(operation_id="customers_change", request=CustomerBody, responses=CustomerReply)
    def patch(self, request, public_id):
        body = self.read(CustomerBody)
        customer = self.find(public_id)
        fields = {name: value for name, value in body.items() if name != "consents"}
        if "location" in fields:
            fields["location"] = find_location(request, fields["location"])
        flows.change_customer(customer=customer, fields=fields, consents=body.get("consents", []), at=self.at)
        return Response(present(self.find(public_id)))

    @extend_schema(operation_id="customers_delete", responses={204: None})
    def delete(self, request, public_id):
        flows.delete_customer(customer=self.find(public_id))
        return Response(status=204)
