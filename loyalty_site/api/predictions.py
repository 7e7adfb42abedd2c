"""What is to be expected: next visits, whom one would lose, and what those had who came again."""

from collections.abc import Iterator
from datetime import date

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Merchant
from loyalty_site.selectors import first_baskets as baskets
from segments.clv.valuation import Status
from segments.lifecycle import State
from segments.predictions import first_baskets, next_visit, save_list

from .paging import check_names
from .rendering import streamed
from .reports import NAMES, AsOf


class DueReply(serializers.Serializer):
    """Customers by when their next visit is expected; `lost` are those of whom none is, `unknown` without any gap."""

    within_7d = serializers.IntegerField()
    later = serializers.IntegerField()
    overdue = serializers.IntegerField()
    lost = serializers.IntegerField()
    unknown = serializers.IntegerField()


class SavingReply(serializers.Serializer):
    """The save list in sum; `weighed`: each value was multiplied by the probability of being a customer still."""

    customers = serializers.IntegerField()
    at_stake = serializers.IntegerField()
    weighed = serializers.BooleanField()
    since = serializers.DateField(allow_null=True)


class BasketReply(serializers.Serializer):
    """Who had an item in the first basket, and who had not; shares of 1 with their 95 % intervals."""

    kind = serializers.ChoiceField(choices=["product", "category"])
    item = serializers.CharField()
    customers = serializers.IntegerField()
    returned = serializers.IntegerField()
    share = serializers.FloatField()
    share_low = serializers.FloatField()
    share_high = serializers.FloatField()
    others = serializers.IntegerField()
    others_returned = serializers.IntegerField()
    others_share = serializers.FloatField()
    difference = serializers.FloatField()
    difference_low = serializers.FloatField()
    difference_high = serializers.FloatField()
    sure = serializers.BooleanField()


class PredictionsReply(serializers.Serializer):
    as_of = serializers.DateField(allow_null=True)
    due = DueReply()
    save_list = SavingReply()
    first_baskets_from = serializers.DateField()
    first_baskets_to = serializers.DateField()
    first_baskets = BasketReply(many=True)
    definitions = serializers.DictField(child=serializers.CharField())


class PredictionRow(serializers.Serializer):
    """One customer: what the CSV has a row for. Money in minor units."""

    customer = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=State.choices)
    last_on = serializers.DateField()
    expected_on = serializers.DateField(allow_null=True)
    expected_from = serializers.DateField(allow_null=True)
    expected_to = serializers.DateField(allow_null=True)
    own_gaps = serializers.BooleanField()
    p_alive = serializers.FloatField(allow_null=True)
    clv_status = serializers.ChoiceField(choices=[one.value for one in Status])
    yearly_value = serializers.IntegerField(allow_null=True)
    at_stake = serializers.IntegerField(allow_null=True)


class Predictions(AsOf):
    """Next visits, the save list and first baskets, by the last night's scores (`as_of`, null before the first).

    As CSV a row per customer: `expected_*` are empty of whom no visit is expected, `at_stake` is empty off the list.
    """

    row_reply = PredictionRow

    @extend_schema(operation_id="reports_predictions", responses=PredictionsReply)
    def get(self, request):
        check_names(request, NAMES)
        if request.accepted_renderer.format == "csv":
            return streamed(PredictionRow, rows(self.merchant), name="predictions.csv")
        return Response(reply(self.merchant, self.today()))


def reply(merchant: Merchant, today: date) -> dict:
    """The report as the document says it."""
    found, due = save_list.save_list(merchant), save_list.due(merchant, today=today)
    compared = first_baskets.first_baskets(merchant, day=today)
    return {
        "as_of": found.as_of,
        "due": {"within_7d": due.soon, "later": due.later, "overdue": due.overdue, "lost": due.lost,
                "unknown": due.unknown},
        "save_list": {"customers": len(found.stakes), "at_stake": found.at_stake, "weighed": found.weighed,
                      "since": found.since},
        "first_baskets_from": compared.since,
        "first_baskets_to": compared.until,
        "first_baskets": [baskets.plain(one) for one in compared.compared],
        "definitions": {
            **next_visit.definitions(), **save_list.definitions(),
            **{f"first_baskets_{name}": text for name, text in first_baskets.definitions().items()},
        },
    }  # fmt: skip


def rows(merchant: Merchant) -> Iterator[dict]:
    """Everybody of the night's copy, as they are read."""
    for one in save_list.everybody(merchant):
        score, expected, stake = one.score, one.expected, one.stake
        yield {
            "customer": score.customer.public_id,
            "external_id": score.customer.external_id,
            "state": score.state,
            "last_on": one.last_on,
            "expected_on": expected and expected.on,
            "expected_from": expected and expected.first,
            "expected_to": expected and expected.last,
            "own_gaps": one.own,
            "p_alive": None if score.p_alive is None else round(score.p_alive, 6),
            "clv_status": score.clv_status,
            "yearly_value": stake and stake.yearly,
            "at_stake": stake and stake.at_stake,
        }
