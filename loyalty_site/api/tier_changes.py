"""How a membership went from tier to tier, over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from rewards.models import TierChange
from rewards.models.tiers import Cause

from . import paging
from .memberships import MembershipEndpoint


class FromTo(serializers.Serializer):
    """From which tier to which; null for none."""

    from_ = serializers.CharField(allow_null=True)
    to = serializers.CharField(allow_null=True)

    def get_fields(self):
        """With a field of the name `from`, which no Python class can have."""
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class TierChangeReply(FromTo):
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    cause = serializers.CharField(help_text=f"One of: {', '.join(Cause.values)}.")
    purchase = serializers.CharField(allow_null=True)
    refund = serializers.CharField(allow_null=True)


class TierChanges(MembershipEndpoint):
    """The changes of a membership's tier, newest first, each with its cause: why gold?"""

    row_reply = TierChangeReply

    @extend_schema(operation_id="memberships_tier_changes", responses=TierChangeReply(many=True))
    def get(self, request, public_id):
        changes = TierChange.objects.filter(membership=self.find(public_id)).select_related("purchase", "refund")
        return paging.answer(request, changes, lambda rows: [present(row) for row in rows], order=("-at", "-pk"))


def present(change: TierChange) -> dict:
    """One change."""
    return {
        "from": change.from_tier,
        "to": change.to_tier,
        "at": change.at,
        "recorded_at": change.recorded_at,
        "cause": change.cause,
        "purchase": change.purchase.public_id if change.purchase else None,
        "refund": change.refund.public_id if change.refund else None,
    }
