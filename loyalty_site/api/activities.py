"""What customers do beyond buying, over the API."""

from datetime import datetime

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from customers.activities import ActivityDraft
from customers.filters import ActivityFilter
from customers.merchants.models import Merchant, Scope
from customers.models import Activity
from loyalty_site import flows
from rewards.models import Judgement, Lot
from rewards.rules import triggers

from . import paging
from .fields import FreeObject, Moment, Strict, find_customer, find_location, plain_money
from .holdings import balances_of
from .memberships import breakdown
from .purchases.replies import EarnedReply, HeldReply
from .views import Endpoint, made


class ActivityBody(Strict):
    """Something that a customer did: visit, review, social_share, or a name of the shop's own."""

    customer = serializers.CharField()
    type = serializers.RegexField(f"^{triggers.NAME}$", help_text="Small letters, digits and underscores, at most 40.")
    occurred_at = Moment(required=False)
    external_id = serializers.CharField(max_length=100, required=False, allow_null=True)
    location = serializers.CharField(required=False, allow_null=True)
    attributes = FreeObject(required=False)


class ActivityReply(serializers.Serializer):
    id = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    customer = serializers.CharField()
    type = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    location = serializers.CharField(allow_null=True)
    attributes = serializers.DictField()
    earned = EarnedReply(many=True)


class NoticedReply(ActivityReply):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    balances = HeldReply(many=True)
    dry_run = serializers.BooleanField(required=False)


def shown(merchant: Merchant):
    """Activities as the API shows them, with customer and location (one query)."""
    return Activity.objects.for_merchant(merchant).select_related("customer", "location")


def present(merchant: Merchant, found: list[Activity]) -> list[dict]:
    """Activities with what they earned and why (two queries more for all of them)."""
    judged: dict[int, list[Judgement]] = {}
    for one in Judgement.objects.filter(activity__in=found).select_related("program", "membership").order_by("program"):
        judged.setdefault(one.activity_id, []).append(one)
    lots = {
        (activity, account): {"available_at": available_at, "expires_at": expires_at}
        for activity, account, available_at, expires_at in Lot.objects.filter(
            entry__activity__in=found, entry__kind="earn"
        ).values_list("entry__activity", "account", "available_at", "expires_at")
    }
    write = plain_money(merchant.currency)
    return [
        {
            "id": one.public_id,
            "external_id": one.external_id,
            "customer": one.customer.public_id,
            "type": one.type,
            "occurred_at": one.occurred_at,
            "recorded_at": one.recorded_at,
            "location": one.location.public_id if one.location else None,
            "attributes": one.attributes,
            "earned": [earned(judgement, lots, write) for judgement in judged.get(one.pk, [])],
        }
        for one in found
    ]


def earned(judgement: Judgement, lots: dict, write) -> dict:
    """What a program gave, why, and when it can be spent."""
    never = {"available_at": None, "expires_at": None}
    return {
        "program": judgement.program.public_id,
        "points": judgement.points,
        **lots.get((judgement.activity_id, judgement.membership.account_id), never),
        "breakdown": breakdown(judgement.awards, write, judgement.program),
    }


def noticed(merchant: Merchant, key: int, *, at: datetime) -> dict:
    """The reply to a recorded activity: itself, and what its customer has now."""
    found = shown(merchant).get(pk=key)
    balances = balances_of([found.customer], at=at).get(found.customer_id, [])
    return {**present(merchant, [found])[0], "balances": balances}


class ActivityList(Endpoint):
    """What customers did and what came about, newest first; and telling of something."""

    row_reply = ActivityReply
    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)

    @extend_schema(
        operation_id="activities_list",
        responses=ActivityReply(many=True),
        parameters=[OpenApiParameter(name) for name in ActivityFilter.base_filters],
    )
    def get(self, request):
        found = ActivityFilter(request.query_params, shown(self.merchant))
        return paging.filtered(request, found, lambda rows: present(self.merchant, rows), order=("-occurred_at", "-pk"))

    @extend_schema(
        operation_id="activities_record", request=ActivityBody, responses=dict.fromkeys([200, 201], NoticedReply)
    )
    def post(self, request):
        body = self.read(ActivityBody)
        return self.once(lambda: self.record(body))

    def record(self, body: dict) -> tuple[int, dict]:
        """Record an activity; one with an external id that stands already is answered with the first."""
        location = find_location(self.request, body.get("location"))
        draft = ActivityDraft(
            type=body["type"],
            customer_id=find_customer(self.merchant, body["customer"]).pk,
            occurred_at=body.get("occurred_at") or self.at,
            external_id=body.get("external_id") or None,
            location_id=location.pk if location else None,
            attributes=body.get("attributes", {}),
            actor=self.request.auth.public_id,
        )
        flows.record_activity(merchant=self.merchant, draft=draft, at=self.at)
        return made(noticed(self.merchant, draft.pk, at=self.at), new=not draft.duplicate)
