"""What the shop should look at now: computed when it is asked, and gone when it is no longer so."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from rewards import budgets

from .fields import plain_money
from .views import Endpoint


class AlertReply(serializers.Serializer):
    kind = serializers.CharField(help_text="budget")
    program = serializers.CharField()
    month = serializers.DateField(help_text="The first day of the month.")
    granted = serializers.IntegerField(help_text="Units earned in the month, less those taken back.")
    worth = serializers.IntegerField(help_text="What they are worth to customers, in minor units.")
    budget = serializers.IntegerField(help_text="Minor units.")
    message = serializers.CharField()


class AlertsReply(serializers.Serializer):
    data = AlertReply(many=True)
    has_more = serializers.BooleanField()
    next_cursor = serializers.CharField(allow_null=True)


class Alerts(Endpoint):
    """Programs that granted more this month than their budget. Nothing is earned less for it."""

    row_reply = AlertReply

    @extend_schema(operation_id="alerts_list", responses=AlertsReply)
    def get(self, request):
        data = [self.present(one) for one in budgets.over(self.merchant, at=self.at)]
        if request.accepted_renderer.format == "csv":
            return Response(data)
        return Response({"data": data, "has_more": False, "next_cursor": None})

    def present(self, one: budgets.Spending) -> dict:
        """A program over its budget, in words too."""
        write = plain_money(self.merchant.currency)
        return {
            "kind": "budget",
            "program": one.program.public_id,
            "month": one.month,
            "granted": one.granted,
            "worth": one.worth,
            "budget": one.budget,
            "message": _("%(program)s granted points worth %(worth)s this month; the budget is %(budget)s.")
            % {"program": one.program.name, "worth": write(one.worth), "budget": write(one.budget)},
        }
