"""Redeeming over the API: at once or after a hold, and taking it back."""

from datetime import datetime

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Merchant, Scope
from customers.merchants.refusals import Missing
from rewards import ledger, redemption
from rewards.models import Membership, Redemption, Voucher
from rewards.models.rewards import RedemptionStatus

from . import paging, vouchers
from .fields import Strict, WholeNumber, find_location, find_staff
from .memberships import BalanceReply, balance
from .rewards import find_reward
from .views import Endpoint, made


class RedemptionBody(Strict):
    """Which member takes which reward; `capture` false sets it aside for 15 minutes."""

    membership = serializers.CharField()
    reward = serializers.CharField()
    quantity = WholeNumber(default=1)
    capture = serializers.BooleanField(default=True)
    location = serializers.CharField(required=False, allow_null=True)
    staff = serializers.CharField(required=False, allow_null=True)


class ByItsAddress(Strict):
    """Nothing more to say: the address names it."""


class RedemptionReply(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    status = serializers.CharField(help_text=", ".join(RedemptionStatus.values))
    membership = serializers.CharField()
    customer = serializers.CharField()
    reward = serializers.CharField()
    quantity = serializers.IntegerField()
    points = serializers.IntegerField(help_text="What all of them cost.")
    vouchers = vouchers.VoucherReply(many=True)
    balance = BalanceReply(help_text="What the membership has now.")
    redeemed_at = serializers.DateTimeField()
    held_until = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True, help_text="When it was captured, cancelled or over.")
    purchase = serializers.CharField(allow_null=True, help_text="The purchase in which the reward was claimed.")
    location = serializers.CharField(allow_null=True)
    staff = serializers.CharField(allow_null=True)


class RedeemedReply(RedemptionReply):
    dry_run = serializers.BooleanField(required=False)


class RedemptionFilter(django_filters.FilterSet):
    """Which redemptions: whose, of what, and in which state now."""

    customer = django_filters.CharFilter(field_name="membership__customer__public_id")
    membership = django_filters.CharFilter(field_name="membership__public_id")
    reward = django_filters.CharFilter(field_name="reward__public_id")
    program = django_filters.CharFilter(field_name="reward__program__public_id")
    status = django_filters.ChoiceFilter(choices=[(name, name) for name in RedemptionStatus.values], method="in_state")

    def __init__(self, *given, at: datetime):
        self.at = at
        super().__init__(*given)

    def in_state(self, queryset, name, wanted: str):
        """What was set aside and not taken in time counts as expired."""
        over = Q(status=RedemptionStatus.HELD, held_until__lte=self.at)
        if wanted == RedemptionStatus.EXPIRED:
            return queryset.filter(over | Q(status=wanted))
        return queryset.filter(~over, status=wanted)

    class Meta:
        model = Redemption
        fields = []


def shown(merchant: Merchant) -> QuerySet[Redemption]:
    """Redemptions as the API shows them, with their vouchers (two queries)."""
    issued = Voucher.objects.select_related("customer", "batch").order_by("pk")
    made = Redemption.objects.for_merchant(merchant).prefetch_related(Prefetch("vouchers", issued))
    return made.select_related("membership__customer", "merchant", "reward", "purchase", "location", "staff")


def present(made: list[Redemption], *, at: datetime) -> list[dict]:
    """Redemptions as the API shows them (the queries of `ledger.balances` for all of them)."""
    held = ledger.balances({one.membership.account_id for one in made}, at=at, now=at)
    return [
        {
            "id": one.public_id,
            "status": redemption.status(one, at=at),
            "membership": one.membership.public_id,
            "customer": one.membership.customer.public_id,
            "reward": one.reward.public_id,
            "quantity": one.quantity,
            "points": one.points,
            "vouchers": [vouchers.present(voucher, at=at) for voucher in one.vouchers.all()],
            "balance": balance(held[one.membership.account_id]),
            "redeemed_at": one.redeemed_at,
            "held_until": one.held_until,
            "ended_at": one.ended_at,
            "purchase": one.purchase.public_id if one.purchase else None,
            "location": one.location.public_id if one.location else None,
            "staff": one.staff.public_id if one.staff else None,
        }
        for one in made
    ]


class RedemptionEndpoint(Endpoint):
    """Finds a redemption of the merchant."""

    row_reply = RedemptionReply
    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)

    def find(self, public_id: str) -> Redemption:
        found = shown(self.merchant).filter(public_id=public_id).first()
        if found is None:
            raise Missing(_("This shop has no redemption with that id."))
        return found

    def present(self, public_id: str) -> dict:
        """The redemption as it now is."""
        return present([self.find(public_id)], at=self.at)[0]


class RedemptionList(RedemptionEndpoint):
    """Redemptions, newest first; and redeeming."""

    @extend_schema(
        operation_id="redemptions_list",
        responses=RedemptionReply(many=True),
        parameters=[OpenApiParameter(name) for name in RedemptionFilter.base_filters],
    )
    def get(self, request):
        found = RedemptionFilter(request.query_params, shown(self.merchant), at=self.at)
        return paging.filtered(request, found, lambda rows: present(rows, at=self.at), order=("-redeemed_at", "-pk"))

    @extend_schema(operation_id="redemptions_create", request=RedemptionBody, responses={201: RedeemedReply})
    def post(self, request):
        body = self.read(RedemptionBody)
        return self.once(lambda: self.redeem(body))

    def redeem(self, body: dict) -> tuple[int, dict]:
        done = redemption.redeem(
            membership=find_membership(self.merchant, body["membership"]),
            reward=find_reward(self.merchant, body["reward"], field="reward"),
            quantity=body["quantity"],
            capture=body["capture"],
            location=find_location(self.request, body.get("location")),
            staff=find_staff(self.merchant, body.get("staff")),
            at=self.at,
            actor=self.request.auth.public_id,
        )
        return made(self.present(done.public_id))


def find_membership(merchant: Merchant, public_id: str) -> Membership:
    """The membership that a body names."""
    members = Membership.objects.for_merchant(merchant).select_related("program__merchant")
    member = members.filter(public_id=public_id).first()
    if member is None:
        raise Missing(_("This shop has no membership with that id."), field="membership")
    return member


class RedemptionDetail(RedemptionEndpoint):
    """One redemption with its vouchers."""

    @extend_schema(operation_id="redemptions_get", responses=RedemptionReply)
    def get(self, request, public_id):
        return Response(self.present(public_id))


class RedemptionCapture(RedemptionEndpoint):
    """Redeem what was set aside; once more answers the same."""

    @extend_schema(operation_id="redemptions_capture", request=ByItsAddress, responses=RedeemedReply)
    def post(self, request, public_id):
        self.read(ByItsAddress)
        return self.once(lambda: (200, self.capture(self.find(public_id))))

    def capture(self, found: Redemption) -> dict:
        redemption.capture(redemption=found, at=self.at, actor=self.request.auth.public_id)
        return self.present(found.public_id)


class RedemptionCancel(RedemptionEndpoint):
    """Take a redemption back, or let go of what is set aside: the points return to the lots they came from."""

    @extend_schema(operation_id="redemptions_cancel", request=ByItsAddress, responses=RedeemedReply)
    def post(self, request, public_id):
        self.read(ByItsAddress)
        return self.once(lambda: (200, self.cancel(self.find(public_id))))

    def cancel(self, found: Redemption) -> dict:
        redemption.cancel(redemption=found, at=self.at, actor=self.request.auth.public_id)
        return self.present(found.public_id)
