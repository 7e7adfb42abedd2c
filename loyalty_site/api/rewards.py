"""The catalog over the API: rewards made, changed, listed, and what a member finds in it."""

from collections.abc import Iterable
from datetime import datetime

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Merchant, Scope
from customers.merchants.refusals import Missing
from customers.models import Audience
from loyalty_site import flows
from rewards import catalog
from rewards.catalog import stock
from rewards.models import Program, Reward
from rewards.models.rewards import LimitPeriod, RewardStatus

from . import paging
from .fields import MinorUnits, Moment, Strict, WholeNumber
from .promises import Benefit, BenefitBody
from .views import Endpoint, made


class LimitsBody(Strict):
    """At most so many for each customer, in a local calendar period."""

    per_customer = WholeNumber()
    period = serializers.ChoiceField(LimitPeriod.values, default=LimitPeriod.EVER)


class EarlyAccessBody(Strict):
    """Who may take it before everybody, and from when."""

    tiers = serializers.ListField(child=serializers.CharField(), allow_empty=False)
    starts_at = Moment()


class RewardChange(Strict):
    """What may change of a reward; what is left out stays."""

    name = serializers.CharField(required=False)
    description = serializers.CharField(required=False, allow_blank=True)
    status = serializers.CharField(required=False, help_text=", ".join(RewardStatus.values))
    cost = WholeNumber(required=False, help_text="In units of the program; 0 in a membership.")
    benefit = BenefitBody(required=False)
    stock = WholeNumber(required=False, allow_null=True, help_text="What is left; null for no end.")
    limits = LimitsBody(required=False, allow_null=True)
    starts_at = Moment(required=False, allow_null=True)
    ends_at = Moment(required=False, allow_null=True, help_text="Exclusive.")
    tiers = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Names of tiers that may take it; empty for all."
    )
    early_access = EarlyAccessBody(required=False, allow_null=True)
    audience = serializers.CharField(required=False, allow_null=True, help_text="Id of the list that may take it.")
    unit_cost = MinorUnits(required=False, allow_null=True, help_text="What one costs the shop.")
    perceived_value = MinorUnits(required=False, allow_null=True, help_text="What one is worth to the customer.")
    voucher_days = WholeNumber(
        required=False, allow_null=True, help_text="Local days in which a voucher can be used; null for ever."
    )


class RewardBody(RewardChange):
    """A reward, offered at once unless its status says otherwise."""

    name = serializers.CharField()
    program = serializers.CharField()
    cost = WholeNumber(help_text="In units of the program; 0 in a membership.")
    benefit = BenefitBody()


class LimitsReply(serializers.Serializer):
    per_customer = serializers.IntegerField()
    period = serializers.ChoiceField(LimitPeriod.values)


class EarlyAccessReply(serializers.Serializer):
    tiers = serializers.ListField(child=serializers.CharField())
    starts_at = serializers.DateTimeField()


class RewardReply(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    program = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    status = serializers.CharField(help_text=", ".join(RewardStatus.values))
    cost = serializers.IntegerField()
    benefit = Benefit()
    stock = serializers.IntegerField(allow_null=True, help_text="What is left; null for no end.")
    limits = LimitsReply(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    tiers = serializers.ListField(child=serializers.CharField())
    early_access = EarlyAccessReply(allow_null=True)
    audience = serializers.CharField(allow_null=True)
    unit_cost = serializers.IntegerField(allow_null=True)
    perceived_value = serializers.IntegerField(allow_null=True)
    voucher_days = serializers.IntegerField(allow_null=True)
    picture = serializers.CharField(allow_null=True, help_text="Address of a WebP picture.")
    created_at = serializers.DateTimeField()


class RewardFilter(django_filters.FilterSet):
    """Which rewards: of a program, in a status."""

    program = django_filters.CharFilter(field_name="program__public_id")
    status = django_filters.ChoiceFilter(choices=[(name, name) for name in RewardStatus.values])

    class Meta:
        model = Reward
        fields = []


def shown(merchant: Merchant) -> QuerySet[Reward]:
    """Rewards as the API shows them (one query)."""
    rewards = Reward.objects.for_merchant(merchant).select_related("program", "audience", "picture", "merchant")
    return rewards.defer("picture__image")


def present(rewards: Iterable[Reward], request, *, at: datetime) -> list[dict]:
    """Rewards as the API shows them (one query for all of them)."""
    rewards = list(rewards)
    left = stock.left(rewards, at=at)
    return [
        {
            "id": one.public_id,
            "program": one.program.public_id,
            "name": one.name,
            "description": one.description,
            "status": one.status,
            "cost": one.cost,
            "benefit": one.benefit,
            "stock": left[one.pk],
            "limits": {"per_customer": one.per_customer, "period": one.limit_period} if one.per_customer else None,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "tiers": one.tiers,
            "early_access": {"tiers": one.early_tiers, "starts_at": one.early_at} if one.early_at else None,
            "audience": one.audience.public_id if one.audience else None,
            "unit_cost": one.unit_cost,
            "perceived_value": one.perceived_value,
            "voucher_days": one.voucher_days,
            "picture": picture(one, request),
            "created_at": one.created_at,
        }
        for one in rewards
    ]


def picture(reward: Reward, request) -> str | None:
    """The address of a reward's picture."""
    if not hasattr(reward, "picture"):
        return None
    parts = [reward.merchant.slug, reward.public_id, reward.picture.digest]
    return request.build_absolute_uri(reverse("reward_picture", args=parts))


def fields_of(body: dict, merchant: Merchant) -> dict:
    """A body as the model's fields: limits, early access and the audience taken apart."""
    fields = dict(body)
    if "limits" in fields:
        limits = fields.pop("limits") or {"per_customer": None, "period": LimitPeriod.EVER}
        fields |= {"per_customer": limits["per_customer"], "limit_period": limits["period"]}
    if "early_access" in fields:
        early = fields.pop("early_access") or {"tiers": [], "starts_at": None}
        fields |= {"early_tiers": early["tiers"], "early_at": early["starts_at"]}
    if fields.get("audience") is not None:
        fields["audience"] = find_audience(merchant, fields["audience"])
    return fields


def find_audience(merchant: Merchant, public_id: str) -> Audience:
    """The merchant's audience with that id."""
    found = Audience.objects.for_merchant(merchant).filter(public_id=public_id).first()
    if found is None:
        raise catalog.UnknownAudience(field="audience")
    return found


def find_program(merchant: Merchant, public_id: str) -> Program:
    """The merchant's program with that id."""
    found = Program.objects.for_merchant(merchant).select_related("merchant").filter(public_id=public_id).first()
    if found is None:
        raise Missing(_("This shop has no program with that id."), field="program")
    return found


def find_reward(merchant: Merchant, public_id: str, *, field: str | None = None) -> Reward:
    """The merchant's reward with that id."""
    found = shown(merchant).filter(public_id=public_id).first()
    if found is None:
        raise Missing(_("This shop has no reward with that id."), field=field)
    return found


class RewardEndpoint(Endpoint):
    """Finds a reward of the merchant."""

    row_reply = RewardReply
    scopes = {"POST": Scope.MANAGE, "PATCH": Scope.MANAGE, "DELETE": Scope.MANAGE}

    def present(self, public_id: str) -> dict:
        """The reward as it now is."""
        return self.present_rows([find_reward(self.merchant, public_id)])[0]

    def present_rows(self, rows: list[Reward]) -> list[dict]:
        return present(rows, self.request, at=self.at)


class RewardList(RewardEndpoint):
    """The rewards of the shop in menu order; and making one."""

    @extend_schema(
        operation_id="rewards_list",
        responses=RewardReply(many=True),
        parameters=[OpenApiParameter("program"), OpenApiParameter("status", enum=RewardStatus.values)],
    )
    def get(self, request):
        found = RewardFilter(request.query_params, shown(self.merchant))
        return paging.filtered(request, found, self.present_rows, order=("position", "pk"))

    @extend_schema(operation_id="rewards_create", request=RewardBody, responses={201: RewardReply})
    def post(self, request):
        body = self.read(RewardBody)
        return self.once(lambda: self.create(body))

    def create(self, body: dict) -> tuple[int, dict]:
        program = find_program(self.merchant, body.pop("program"))
        reward = catalog.create(program=program, at=self.at, **fields_of(body, self.merchant))
        return made(self.present(reward.public_id))


class RewardDetail(RewardEndpoint):
    """One reward: read, change what is sent, withdraw it by its status, or delete one that nobody has redeemed."""

    @extend_schema(operation_id="rewards_get", responses=RewardReply)
    def get(self, request, public_id):
        return Response(self.present(public_id))

    @extend_schema(operation_id="rewards_change", request=RewardChange, responses=RewardReply)
    def patch(self, request, public_id):
        body = self.read(RewardChange)
        reward = find_reward(self.merchant, public_id)
        fields = fields_of(body, self.merchant)
        flows.attempt(lambda: catalog.update(reward=reward, at=self.at, **fields))
        return Response(self.present(public_id))

    @extend_schema(operation_id="rewards_delete", responses={204: None})
    def delete(self, request, public_id):
        catalog.remove(reward=find_reward(self.merchant, public_id))
        return Response(status=204)
