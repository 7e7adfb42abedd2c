"""The attributes that a shop defines, over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers import attributes
from customers.merchants.models import Scope
from customers.merchants.refusals import Missing
from customers.models import AttributeField
from customers.models.attributes import AttributeGroup, AttributeKind

from . import paging
from .fields import Strict
from .views import Endpoint, made


class ChangeBody(Strict):
    label = serializers.CharField(max_length=60, required=False)
    group = serializers.ChoiceField(AttributeGroup.choices, required=False)
    choices = serializers.ListField(child=serializers.CharField(max_length=200), required=False)


class AttributeBody(ChangeBody):
    """`key` is what cards, files and segments call it; made of the label where none is sent, and never changed."""

    key = serializers.CharField(max_length=40, required=False)
    label = serializers.CharField(max_length=60)
    kind = serializers.ChoiceField(AttributeKind.choices)


class AttributeReply(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    key = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()
    group = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())


class AttributeList(Endpoint):
    """What the shop wants to know of its customers, and something more. Values that a definition names are checked
    wherever they come from: 400 `invalid_attribute` at `attributes.<key>`."""

    row_reply = AttributeReply
    scopes = {"POST": Scope.MANAGE}

    @extend_schema(operation_id="attributes_list", responses=AttributeReply(many=True))
    def get(self, request):
        found = AttributeField.objects.for_merchant(self.merchant)
        return paging.answer(request, found, lambda rows: AttributeReply(rows, many=True).data, order=("pk",))

    @extend_schema(operation_id="attributes_define", request=AttributeBody, responses={201: AttributeReply})
    def post(self, request):
        body = self.read(AttributeBody)
        return self.once(lambda: self.define(body))

    def define(self, body: dict) -> tuple[int, dict]:
        return made(AttributeReply(attributes.define(merchant=self.merchant, at=self.at, **body)).data)


class AttributeDetail(Endpoint):
    """One attribute: another name, group or choices; or removed, while cards keep what they hold."""

    row_reply = AttributeReply
    scopes = {"PATCH": Scope.MANAGE, "DELETE": Scope.MANAGE}

    def find(self, public_id: str) -> AttributeField:
        found = AttributeField.objects.for_merchant(self.merchant).filter(public_id=public_id).first()
        if found is None:
            raise Missing
        return found

    @extend_schema(operation_id="attributes_change", request=ChangeBody, responses=AttributeReply)
    def patch(self, request, public_id):
        body, found = self.read(ChangeBody), self.find(public_id)
        standing = {name: getattr(found, name) for name in ("label", "group", "choices")}
        return Response(AttributeReply(attributes.change(field=found, **{**standing, **body})).data)

    @extend_schema(operation_id="attributes_remove", responses={204: None})
    def delete(self, request, public_id):
        attributes.remove(field=self.find(public_id))
        return Response(status=204)
