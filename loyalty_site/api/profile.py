"""One customer from all sides, over the API."""

from datetime import datetime

from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers import rhythm, tastes
from customers.models import Customer, Purchase
from customers.tastes import Taste
from loyalty_site.selectors.cards import holdings
from loyalty_site.selectors.customer_values import Worth, worth_of
from loyalty_site.selectors.portrait import definitions
from loyalty_site.selectors.suggested import suggested
from rewards.models import Membership, Voucher
from rewards.next_best import Suggestion
from segments import lifecycle, rfv
from segments.surveys.models import Satisfaction

from . import memberships, paging, vouchers
from .customers import CustomerDetail, CustomerReply, present
from .memberships import MembershipReply
from .vouchers import VoucherReply

MOST_VOUCHERS = 100


class ScoresReply(serializers.Serializer):
    recency = serializers.IntegerField()
    frequency = serializers.IntegerField()
    value = serializers.IntegerField()


class RfvReply(serializers.Serializer):
    recency_days = serializers.IntegerField()
    frequency = serializers.IntegerField()
    value = serializers.IntegerField(help_text="Minor units.")
    scores = ScoresReply()


class StandingReply(serializers.Serializer):
    state = serializers.ChoiceField(lifecycle.State.values)
    reason = serializers.CharField()
    days_since_last_purchase = serializers.IntegerField()
    gap_days = serializers.FloatField(allow_null=True)
    own_gap = serializers.BooleanField(help_text="Whether the gap is the customer's own, and not the shop's.")


class ClvReply(serializers.Serializer):
    status = serializers.ChoiceField(["ok", "weak"])
    as_of = serializers.DateField()
    p_alive = serializers.FloatField()
    clv_12m = serializers.IntegerField(help_text="Minor units.")


class FavouriteReply(serializers.Serializer):
    product = serializers.CharField()
    purchases = serializers.IntegerField(help_text="Of the latest 20, those with it.")


class UsualReply(serializers.Serializer):
    weekday = serializers.IntegerField(allow_null=True, help_text="1 is Monday.")
    hour = serializers.IntegerField(allow_null=True, help_text="0 to 23, at the shop.")
    gap_days = serializers.FloatField(allow_null=True)


class ChannelReply(serializers.Serializer):
    channel = serializers.CharField()
    purchases = serializers.IntegerField()
    share = serializers.FloatField()


class ProposedReply(serializers.Serializer):
    reward = serializers.CharField()
    name = serializers.CharField()
    membership = serializers.CharField()
    missing = serializers.IntegerField()
    days_to_reach = serializers.IntegerField(allow_null=True)
    why = serializers.CharField()


class ThinksReply(serializers.Serializer):
    nps = serializers.IntegerField(allow_null=True, help_text="0 to 10.")
    csat = serializers.IntegerField(allow_null=True, help_text="1 to 5.")
    value_score = serializers.IntegerField(allow_null=True, help_text="Worth the money, 1 to 5.")
    answered_at = serializers.DateTimeField()


class ProfileReply(serializers.Serializer):
    """What is not known is null: `rfv` and `lifecycle` before the first purchase, `clv` where the shop was not valued
    lately or the data do not tell."""

    id = serializers.CharField()
    as_of = serializers.DateTimeField()
    identity = CustomerReply()
    preferences = serializers.ListField(child=serializers.CharField())
    consents = serializers.ListField(child=serializers.DictField())
    rfv = RfvReply(allow_null=True)
    lifecycle = StandingReply(allow_null=True)
    clv = ClvReply(allow_null=True)
    favourite_products = FavouriteReply(many=True)
    usual = UsualReply()
    channel_mix = ChannelReply(many=True)
    satisfaction = ThinksReply(allow_null=True)
    memberships = MembershipReply(many=True)
    open_vouchers = VoucherReply(many=True)
    next_best_reward = ProposedReply(allow_null=True)
    definitions = serializers.DictField(child=serializers.CharField())


class Profile(CustomerDetail):
    """The 360° view of one customer: who, what they are worth, their rhythm and taste, what they hold, what to propose.

    Costs the same for a customer with ten purchases and with ten thousand, but for two counts of their purchases.
    """

    row_reply = ProfileReply
    scopes = {}
    http_method_names = ("get", "head", "options")

    @extend_schema(operation_id="customers_profile", responses=ProfileReply)
    def get(self, request, public_id):
        paging.check_names(request, ())
        customer = self.find(public_id)
        card = present(customer)
        members = list(Membership.objects.filter(customer=customer).with_tiers().select_related("customer", "program"))
        held = holdings(customer, at=self.at)
        proposed = suggested(customer, held, at=self.at)
        return Response(
            {
                "id": customer.public_id,
                "as_of": self.at,
                "identity": card,
                "preferences": card["preferences"],
                "consents": card["consents"],
                "rfv": scores(customer, self.today()),
                "lifecycle": standing(customer, self.today()),
                "clv": worth(worth_of(customer, today=self.today())),
                "favourite_products": favourites(tastes.of(customer, before=self.at)),
                "usual": usual(customer),
                "channel_mix": channels(customer),
                "satisfaction": thinks(customer),
                "memberships": memberships.present(self.merchant, members, at=self.at, now=self.at),
                "open_vouchers": open_vouchers(customer, at=self.at),
                "next_best_reward": next_reward(proposed[0] if proposed else None),
                "definitions": definitions(),
            }
        )


def scores(customer: Customer, today) -> dict | None:
    """Recency, frequency and value with their scores (two queries)."""
    found = rfv.scored(customer, today=today)
    return found and {
        "recency_days": found.recency_days,
        "frequency": found.frequency,
        "value": found.value,
        "scores": {axis: getattr(found, f"{axis}_score") for axis in ("recency", "frequency", "value")},
    }


def thinks(customer: Customer) -> dict | None:
    """The newest figures that they gave in surveys (one query)."""
    return Satisfaction.objects.filter(customer=customer).values("nps", "csat", "value_score", "answered_at").first()


def standing(customer: Customer, today) -> dict | None:
    """The life cycle (two queries)."""
    found = lifecycle.standing_of(customer, day=today)
    return found and {
        "state": found.state,
        "reason": found.reason,
        "days_since_last_purchase": found.silence,
        "gap_days": found.gap,
        "own_gap": found.is_own,
    }


def worth(found: Worth | None) -> dict | None:
    """What the customer is worth, with how far that is to be believed."""
    return found and {
        "status": "weak" if found.weak else "ok",
        "as_of": found.as_of,
        "p_alive": round(found.p_alive, 6),
        "clv_12m": found.worth,
    }


def favourites(taste: Taste) -> list[dict]:
    """The products bought most often."""
    return [{"product": taste.names[item], "purchases": taste.bought[item]} for item in taste.favourites]


def usual(customer: Customer) -> dict:
    """Day, hour and gap (two queries)."""
    found = rhythm.of(customer)
    return {
        "weekday": None if found.weekday is None else found.weekday + 1,
        "hour": rhythm.usual_hour(customer),
        "gap_days": found.gap_days,
    }


def channels(customer: Customer) -> list[dict]:
    """Through which channels the purchases came, the most used first (one query)."""
    bought = Purchase.objects.for_merchant(customer.merchant_id).counted().filter(customer=customer)
    found = list(bought.values_list("channel").annotate(count=Count("pk")).order_by("-count", "channel"))
    everything = sum(count for __, count in found)
    return [{"channel": name, "purchases": count, "share": round(count / everything, 6)} for name, count in found]


def open_vouchers(customer: Customer, *, at: datetime) -> list[dict]:
    """What the customer can use now, the oldest first (one query)."""
    found = Voucher.objects.filter(customer=customer).usable(at).select_related("customer", "batch")
    return [vouchers.present(one, at=at) for one in found.order_by("issued_at", "pk")[:MOST_VOUCHERS]]


def next_reward(found: Suggestion | None) -> dict | None:
    """The reward that suits the customer best, and why."""
    return found and {
        "reward": found.reward.public_id,
        "name": found.reward.name,
        "membership": found.option.membership.public_id,
        "missing": found.option.missing,
        "days_to_reach": found.option.days_to_reach,
        "why": found.why,
    }
