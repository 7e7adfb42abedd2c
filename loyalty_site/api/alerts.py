"""What the shop should look at now: budgets, which are gone when they are no longer passed, and what was found."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from customers.merchants.refusals import Invalid
from loyalty_site.selectors import alerts as found
from rewards import budgets
from rewards.models import Alert
from rewards.models.alerts import AlertKind, AlertState

from . import paging
from .fields import plain_money
from .views import Endpoint


class UnknownState(Invalid):
    code = "invalid_state"
    message = gettext_lazy("This state is not known. Known are: %(known)s.")


class AlertReply(serializers.Serializer):
    """A budget has `program` to `budget`; everything else that was found has `id` to `limit`. The others are null."""

    kind = serializers.CharField(help_text=", ".join(["budget", *AlertKind.values]))
    program = serializers.CharField(allow_null=True)
    month = serializers.DateField(allow_null=True, help_text="The first day of the month.")
    granted = serializers.IntegerField(allow_null=True, help_text="Units earned in the month, less those taken back.")
    worth = serializers.IntegerField(allow_null=True, help_text="What they are worth to customers, in minor units.")
    budget = serializers.IntegerField(allow_null=True, help_text="Minor units.")
    message = serializers.CharField()
    id = serializers.CharField(allow_null=True)
    state = serializers.CharField(allow_null=True, help_text="open, accepted (something was wrong), dismissed")
    day = serializers.DateField(allow_null=True, help_text="When it happened; of a week its Monday.")
    person = serializers.CharField(allow_null=True, help_text="Whose doing it is: a staff member or key.")
    customer = serializers.CharField(allow_null=True)
    purchase = serializers.CharField(allow_null=True)
    count = serializers.IntegerField(allow_null=True, help_text="What was counted, or the points that were credited.")
    limit = serializers.IntegerField(allow_null=True, help_text="From what number on, or above how many points, told.")


class AlertsReply(serializers.Serializer):
    data = AlertReply(many=True)
    has_more = serializers.BooleanField()
    next_cursor = serializers.CharField(allow_null=True)


NOTHING = dict.fromkeys(AlertReply().fields)


class Alerts(Endpoint):
    """Programs that granted more this month than their budget, then what was found at the till, the newest first.

    Nothing is earned less for it. What is open is answered, unless another state is asked for; asking looks for more.
    """

    row_reply = AlertReply

    @extend_schema(
        operation_id="alerts_list",
        parameters=[OpenApiParameter("state", enum=AlertState.values)],
        responses=AlertsReply,
    )
    def get(self, request):
        state = request.query_params.get("state", AlertState.OPEN)
        if state not in AlertState.values:
            raise UnknownState(values={"known": ", ".join(AlertState.values)}, field="state")
        known = found.looked_up(self.merchant, state, at=self.at)
        passed = budgets.over(self.merchant, at=self.at) if state == AlertState.OPEN else []
        above = [self.over(one) for one in passed]
        return paging.answer(request, known, self.present, order=("-found_at", "-pk"), filters=("state",), above=above)

    def over(self, one: budgets.Spending) -> dict:
        """A program over its budget, in words too."""
        write = plain_money(self.merchant.currency)
        return NOTHING | {
            "kind": "budget",
            "program": one.program.public_id,
            "month": one.month,
            "granted": one.granted,
            "worth": one.worth,
            "budget": one.budget,
            "message": _("%(program)s granted points worth %(worth)s this month; the budget is %(budget)s.")
            % {"program": one.program.name, "worth": write(one.worth), "budget": write(one.budget)},
        }

    def present(self, alerts: list[Alert]) -> list[dict]:
        """What was found, in words too (two queries)."""
        people = found.names(self.merchant, alerts)
        return [
            NOTHING
            | {
                "kind": one.kind,
                "message": found.sentence(one, people),
                "id": one.public_id,
                "state": one.state,
                "day": one.happened_on,
                "person": one.person or None,
                "customer": one.customer and one.customer.public_id,
                "purchase": one.purchase and one.purchase.public_id,
                "count": one.count,
                "limit": one.limit or None,
            }
            for one in alerts
        ]
