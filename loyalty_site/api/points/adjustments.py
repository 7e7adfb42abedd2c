"""Points given or taken by hand, and the inbox of those that wait for a second person."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from customers.merchants.models import Scope
from customers.merchants.refusals import Invalid, Missing
from loyalty_site import flows
from loyalty_site.api import paging
from loyalty_site.api.fields import Moment, Strict, WholeNumber
from loyalty_site.api.memberships import BalanceReply, MembershipEndpoint, balance
from loyalty_site.api.views import Endpoint
from rewards import adjustments, ledger
from rewards.models import Adjustment, Membership
from rewards.models.adjustments import AdjustmentStatus


class AdjustmentBody(Strict):
    """Points above zero are given, below zero taken."""

    points = WholeNumber()
    reason = serializers.CharField(allow_blank=True, max_length=adjustments.LONGEST_REASON)
    expires_at = Moment(required=False, allow_null=True)


class NoBody(Strict):
    """Nothing more to say."""


class AdjustmentReply(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    status = serializers.CharField(help_text="posted, pending_approval, approved or rejected")
    membership = serializers.CharField()
    points = serializers.IntegerField()
    reason = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True)
    requested_by = serializers.CharField(help_text="Public id of the key or staff member.")
    requested_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    entry = serializers.CharField(allow_null=True, help_text="What came of it in the ledger.")


class AdjustedReply(AdjustmentReply):
    balance = BalanceReply()
    dry_run = serializers.BooleanField(required=False)


class UnknownStatus(Invalid):
    code = "unknown_status"
    message = _("There is no such status. Known: %(known)s.")


def present(found: list[Adjustment]) -> list[dict]:
    """Adjustments with their membership and entry."""
    return [
        {
            "id": one.public_id,
            "status": one.status,
            "membership": one.membership.public_id,
            "points": one.points,
            "reason": one.reason,
            "expires_at": one.expires_at,
            "requested_by": one.requested_by,
            "requested_at": one.requested_at,
            "decided_by": one.decided_by or None,
            "decided_at": one.decided_at,
            "entry": one.entry.public_id if one.entry else None,
        }
        for one in found
    ]


class Adjusting(Endpoint):
    """A call that answers one adjustment."""

    def adjusted(self, adjustment: Adjustment) -> dict:
        """An adjustment and what the membership has now."""
        member = Membership.objects.get(pk=adjustment.membership_id)
        held = ledger.balance(member.account_id, at=self.at, now=self.at)
        return {**present([adjustment])[0], "balance": balance(held)}


class MembershipAdjustments(MembershipEndpoint, Adjusting):
    """Giving or taking points by hand; over the daily cap of the key's role it waits for a second person (202)."""

    row_reply = AdjustedReply
    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)

    @extend_schema(
        operation_id="memberships_adjust", request=AdjustmentBody, responses=dict.fromkeys([201, 202], AdjustedReply)
    )
    def post(self, request, public_id):
        body = self.read(AdjustmentBody)
        return self.once(lambda: self.adjust(self.find(public_id), body))

    def adjust(self, member: Membership, body: dict) -> tuple[int, dict]:
        made = flows.adjust_points(
            membership=member,
            points=body["points"],
            reason=body["reason"],
            expires_at=body.get("expires_at"),
            by=self.request.auth,
            at=self.at,
        )
        return (202 if made.status == AdjustmentStatus.PENDING else 201), self.adjusted(made)


class AdjustmentList(Endpoint):
    """Adjustments, newest first; with `status=pending_approval` those that wait."""

    row_reply = AdjustmentReply

    @extend_schema(
        operation_id="adjustments_list",
        parameters=[OpenApiParameter("status", enum=AdjustmentStatus.values), OpenApiParameter("membership")],
        responses=AdjustmentReply(many=True),
    )
    def get(self, request):
        found = Adjustment.objects.for_merchant(self.merchant).select_related("membership", "entry")
        if status := request.query_params.get("status"):
            if status not in AdjustmentStatus.values:
                raise UnknownStatus(values={"known": ", ".join(AdjustmentStatus.values)}, field="status")
            found = found.filter(status=status)
        if membership := request.query_params.get("membership"):
            found = found.filter(membership__public_id=membership)
        return paging.answer(request, found, present, order=("-requested_at", "-pk"), filters=("status", "membership"))


class Decision(Adjusting):
    """A second person's word on an adjustment that waits."""

    row_reply = AdjustedReply
    scopes = {"POST": Scope.MANAGE}

    def find(self, public_id: str) -> Adjustment:
        found = Adjustment.objects.for_merchant(self.merchant).filter(public_id=public_id).first()
        if found is None:
            raise Missing(_("This shop has no adjustment with that id."))
        return found


class Approve(Decision):
    """Post an adjustment that waits; one that no longer can be posted still waits."""

    once_required = ("POST",)

    @extend_schema(operation_id="adjustments_approve", request=NoBody, responses=AdjustedReply)
    def post(self, request, public_id):
        self.read(NoBody)
        return self.once(lambda: (200, self.adjusted(self.approve(self.find(public_id)))))

    def approve(self, adjustment: Adjustment) -> Adjustment:
        return flows.approve_adjustment(adjustment=adjustment, by=self.request.auth, at=self.at)


class Reject(Decision):
    """Say no to an adjustment that waits."""

    @extend_schema(operation_id="adjustments_reject", request=NoBody, responses=AdjustedReply)
    def post(self, request, public_id):
        self.read(NoBody)
        return self.once(lambda: (200, self.adjusted(self.reject(self.find(public_id)))))

    def reject(self, adjustment: Adjustment) -> Adjustment:
        return adjustments.reject(adjustment=adjustment, by=self.request.auth, at=self.at)
