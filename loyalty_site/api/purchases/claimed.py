"""What a till is told of claims: what was taken off and paid, which points were spent, and what is near."""

from datetime import datetime

from rest_framework import serializers

from customers.models import Purchase
from rewards import catalog, claims
from rewards.models import Membership


class DiscountReply(serializers.Serializer):
    source = serializers.CharField(help_text="The id of a reward, the code of a voucher, or `balance`.")
    amount = serializers.IntegerField(help_text="What it took off, or paid (gift cards, balance).")


class SpentReply(serializers.Serializer):
    program = serializers.CharField()
    reward = serializers.CharField()
    points = serializers.IntegerField()


class NextRewardReply(serializers.Serializer):
    reward = serializers.CharField()
    missing = serializers.IntegerField()


class ReturnedReply(serializers.Serializer):
    """What comes back of what was claimed in the purchase."""

    points_returned = serializers.IntegerField(help_text="Points that rewards had cost.")
    points_extended = serializers.IntegerField(help_text="Of what came back, points that had expired meanwhile.")
    extended_until = serializers.DateTimeField(allow_null=True, help_text="Until when those can be used.")
    vouchers_returned = serializers.ListField(
        child=serializers.CharField(), help_text="Codes that can be used again: when everything came back."
    )


def claimed(purchases: list[Purchase]) -> dict[int, dict]:
    """Discounts and spent points by purchase (three queries, none where nothing was claimed)."""
    discounts, spent = claims.discounts_of(purchases), claims.spent_in(purchases)
    return {
        key: {
            "discounts": [{"source": one.source, "amount": one.amount} for one in found],
            "spent": [
                {"program": one.membership.program.public_id, "reward": one.reward.public_id, "points": one.points}
                for one in spent[key]
            ],
        }
        for key, found in discounts.items()
    }


def next_reward(members: list[Membership], *, at: datetime) -> dict | None:
    """The reward that is nearest, and how many points are missing; no query where no program has rewards."""
    members = [one for one in members if one.has_rewards]
    if not members:
        return None
    options = catalog.options_of(members, at=at)
    found = catalog.next_reward(option for mine in options.values() for option in mine)
    return {"reward": found.reward.public_id, "missing": found.missing} if found else None


def returned(outcome: claims.Outcome) -> dict:
    """What came back, for the reply."""
    return {
        "points_returned": outcome.points,
        "points_extended": outcome.extended,
        "extended_until": outcome.extended_until,
        "vouchers_returned": list(outcome.vouchers),
    }
