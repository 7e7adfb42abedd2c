"""What a member finds in the catalog, over the API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from rewards import catalog, next_best
from rewards.models import Reward

from . import paging
from .fields import Strict
from .memberships import MembershipEndpoint
from .rewards import RewardReply, present, shown

REASONS = ["insufficient_points", "tier", "stock", "window", "limit", "audience"]


class OptionReply(RewardReply):
    eligible = serializers.BooleanField()
    reason = serializers.ChoiceField(REASONS, allow_null=True, help_text="Why it cannot be taken now.")
    missing = serializers.IntegerField(help_text="Points that are missing.")
    days_to_reach = serializers.IntegerField(
        allow_null=True, help_text="Until the missing points are earned at this customer's pace; null without one."
    )
    staff_message = serializers.CharField()
    rank = serializers.IntegerField(
        allow_null=True, help_text="How well it suits this customer: 1 is the best; null when it is not proposed."
    )
    why = serializers.CharField(allow_null=True, help_text="Why it is proposed; null when it is not.")


class AmountAsked(Strict):
    amount = serializers.IntegerField(min_value=0, max_value=10**12)


class MemberRewards(MembershipEndpoint):
    """Every reward offered in the membership's program: whether it can be taken now, otherwise why not, how far, and
    how well it suits the customer: rank 1 is the next best reward.

    With `amount` the points count that a purchase of it would earn, where they can be used in the same purchase.
    """

    row_reply = OptionReply

    @extend_schema(
        operation_id="memberships_rewards",
        responses=OptionReply(many=True),
        parameters=[OpenApiParameter("amount", int, description="Minor units of a purchase that is about to happen.")],
    )
    def get(self, request, public_id):
        member = self.find(public_id)
        asked = request.query_params.get("amount")
        amount = self.read(AmountAsked, {"amount": asked})["amount"] if asked is not None else None
        options = {one.reward.pk: one for one in catalog.options(membership=member, at=self.at, amount=amount)}
        proposed = next_best.suggestions(customer=member.customer, options=options.values(), at=self.at)
        ranks = {one.reward.pk: (rank, one.why) for rank, one in enumerate(proposed, 1)}
        rewards = shown(self.merchant).filter(pk__in=options)
        return paging.answer(
            request,
            rewards,
            lambda rows: self.options(rows, options, ranks),
            order=("position", "pk"),
            filters=["amount"],
        )

    def options(self, rows: list[Reward], options: dict[int, catalog.Option], ranks: dict[int, tuple]) -> list[dict]:
        return [
            {**row, **said(options[one.pk]), **placed(ranks.get(one.pk))}
            for one, row in zip(rows, present(rows, self.request, at=self.at), strict=True)
        ]


def said(option: catalog.Option) -> dict:
    """Whether, why not, and how far."""
    names = ("eligible", "reason", "missing", "days_to_reach", "staff_message")
    return {name: getattr(option, name) for name in names}


def placed(rank: tuple[int, str] | None) -> dict:
    """The place of a reward among those that are proposed, and why it is there."""
    place, why = rank or (None, None)
    return {"rank": place, "why": why}
