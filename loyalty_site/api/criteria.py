"""The vocabulary of segments over the API, and what a definition would find."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Merchant, Scope
from segments import criteria
from segments.criteria import Field, Measure, Param

from .fields import FreeObject, Strict
from .paging import check_names
from .views import Endpoint


class ChoiceReply(serializers.Serializer):
    value = serializers.JSONField(help_text="What a definition holds: a text, or a whole number.")
    label = serializers.CharField()


class ParamReply(serializers.Serializer):
    """What a condition says beside its value, under this name."""

    name = serializers.CharField()
    label = serializers.CharField()
    type = serializers.ChoiceField(criteria.Kind.values)
    required = serializers.BooleanField()
    choices = ChoiceReply(many=True, allow_null=True)
    definition = serializers.CharField()


class FieldReply(serializers.Serializer):
    """A field of the vocabulary. A name that ends with a dot is followed by a name of your own."""

    name = serializers.CharField()
    label = serializers.CharField()
    group = serializers.ChoiceField(criteria.Group.choices)
    group_label = serializers.CharField()
    type = serializers.ChoiceField(criteria.Kind.values)
    unit = serializers.CharField(allow_blank=True)
    operators = serializers.ListField(child=serializers.ChoiceField(criteria.Operator.values))
    choices = ChoiceReply(many=True, allow_null=True)
    params = ParamReply(many=True)
    definition = serializers.CharField()


class FieldsReply(serializers.Serializer):
    version = serializers.IntegerField()
    data = FieldReply(many=True)


class Fields(Endpoint):
    """Every field that a definition of this shop can use. What the shop does not have is not on the list."""

    row_reply = FieldReply

    @extend_schema(operation_id="segments_fields", responses=FieldsReply)
    def get(self, request):
        check_names(request, [])
        rows = [present(one, self.merchant) for one in criteria.fields(merchant=self.merchant)]
        if request.accepted_renderer.format == "csv":
            return Response(rows)
        return Response({"version": criteria.VERSION, "data": rows})


def present(one: Field, merchant: Merchant) -> dict:
    """One field as the API shows it."""
    return {
        "name": one.name,
        "label": str(one.label),
        "group": str(one.group),
        "group_label": str(criteria.Group(one.group).label),
        "type": str(one.kind),
        "unit": one.unit,
        "operators": list(one.takes),
        "choices": choices(one, merchant),
        "params": [present_param(param, merchant) for param in one.params],
        "definition": str(one.definition),
    }


def present_param(param: Param, merchant: Merchant) -> dict:
    """One parameter as the API shows it."""
    return {
        "name": param.name,
        "label": str(param.label),
        "type": str(param.kind),
        "required": param.required,
        "choices": choices(param, merchant),
        "definition": str(param.definition),
    }


def choices(one: Field | Param, merchant: Merchant) -> list[dict] | None:
    """What can be chosen; None where anything of the type can be said."""
    if one.choices is None:
        return None
    return [{"value": value, "label": str(label)} for value, label in one.choices(merchant)]


class PreviewBody(Strict):
    """A definition, and the id of the segment that it is to be of if there is one: it must not contain itself."""

    definition = FreeObject(help_text='{"version": 1, "all": [{"field", "op", "value"}]}')
    segment = serializers.CharField(required=False, allow_null=True, max_length=40)


class SampleReply(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()


class OverlapReply(serializers.Serializer):
    segment = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)


class PreviewReply(serializers.Serializer):
    count = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    revenue = serializers.IntegerField()
    revenue_share = serializers.FloatField(allow_null=True)
    sample = SampleReply(many=True)
    overlap = OverlapReply(many=True)
    sentence = serializers.CharField()
    as_of = serializers.DateTimeField()
    definitions = serializers.DictField(child=serializers.CharField())


class Preview(Endpoint):
    """How many a definition would find, ten of them, what they are worth, and in which other segments they are."""

    scopes = {"POST": Scope.READ}  # it writes nothing

    @extend_schema(operation_id="segments_preview", request=PreviewBody, responses=PreviewReply)
    def post(self, request):
        body = self.read(PreviewBody)
        own = body.get("segment")
        found = criteria.parse(body["definition"], merchant=self.merchant, segment=own)
        measured = criteria.measure(found, merchant=self.merchant, at=self.at, without=own)
        sentence = criteria.sentence(found, merchant=self.merchant)
        return Response({**shown(measured), "sentence": sentence, "as_of": self.at, "definitions": definitions()})


def shown(measured: Measure) -> dict:
    """The figures of a definition as the API shows them."""
    return {
        "count": measured.count,
        "share": measured.share,
        "revenue": measured.revenue,
        "revenue_share": measured.revenue_share,
        "sample": [{"id": one.public_id, "name": one.name} for one in measured.sample],
        "overlap": [
            {"segment": one.segment, "name": one.name, "count": one.count, "share": one.count / measured.count}
            for one in measured.overlap
        ],
    }


def definitions() -> dict[str, str]:
    """What each figure means."""
    return {
        "count": _("Customers who meet the definition by what is on record now."),
        "share": _("Of all customers of the shop."),
        "revenue": _("The net value of all their purchases ever, in minor units."),
        "revenue_share": _("Of the net value of all customers of the shop."),
        "sample": _("The ten of them whose cards are newest."),
        "overlap": _("How many of them are in another segment as it stands, and which share of them that is."),
    }
