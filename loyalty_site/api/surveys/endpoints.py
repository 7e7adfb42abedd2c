"""The calls of surveys."""

import django_filters
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import response as http

from customers.merchants.models import Scope
from customers.merchants.refusals import Invalid, Missing
from customers.models import Purchase
from loyalty_site import flows
from loyalty_site.api import paging
from loyalty_site.api.fields import find_customer
from loyalty_site.api.views import Endpoint, made
from segments.surveys import invitations, making
from segments.surveys.models import Invitation, Response, Status, Survey
from segments.surveys.wording import LANGUAGES

from . import presenting
from .bodies import (
    AnsweredReply,
    InvitationBody,
    InvitationReply,
    ResponseBody,
    ResponseReply,
    SurveyBody,
    SurveyChange,
    SurveyReply,
)


class TwoQuestions(Invalid):
    code = "question_twice"
    message = _("A question is answered twice here. Send one answer for each.")


class SurveyFilter(django_filters.FilterSet):
    """Which surveys: in a status."""

    status = django_filters.ChoiceFilter(choices=[(name, name) for name in Status.values])

    class Meta:
        model = Survey
        fields = []


class SurveyEndpoint(Endpoint):
    """Finds a survey of the merchant."""

    row_reply = SurveyReply
    scopes = {"POST": Scope.MANAGE, "PATCH": Scope.MANAGE}

    def find(self, public_id: str) -> Survey:
        """The merchant's survey with that id; another merchant's is missing."""
        found = presenting.shown(self.merchant).filter(public_id=public_id).first()
        if found is None:
            raise Missing(_("This shop has no survey with that id."))
        return found

    def present(self, public_id: str) -> dict:
        """The survey as it now is."""
        return presenting.survey(self.find(public_id), self.request)


class SurveyList(SurveyEndpoint):
    """The surveys of the shop, the newest first; and making one."""

    @extend_schema(
        operation_id="surveys_list",
        responses=SurveyReply(many=True),
        parameters=[OpenApiParameter("status", enum=Status.values)],
    )
    def get(self, request):
        found = SurveyFilter(request.query_params, presenting.shown(self.merchant))
        return paging.filtered(
            request, found, lambda rows: [presenting.survey(one, request) for one in rows], order=("-created_at", "-pk")
        )

    @extend_schema(operation_id="surveys_create", request=SurveyBody, responses={201: SurveyReply})
    def post(self, request):
        body = self.read(SurveyBody)
        return self.once(lambda: self.create(body))

    def create(self, body: dict) -> tuple[int, dict]:
        """Make a draft."""
        asked = body.pop("questions", None)
        survey = making.create(merchant=self.merchant, at=self.at, given=asked, **body)
        return made(self.present(survey.public_id))


class SurveyDetail(SurveyEndpoint):
    """One survey: read, change what is sent."""

    @extend_schema(operation_id="surveys_get", responses=SurveyReply)
    def get(self, request, public_id):
        return http.Response(self.present(public_id))

    @extend_schema(operation_id="surveys_change", request=SurveyChange, responses=SurveyReply)
    def patch(self, request, public_id):
        body = self.read(SurveyChange)
        asked = body.pop("questions", None)
        survey = self.find(public_id)
        flows.attempt(lambda: making.update(survey=survey, at=self.at, given=asked, **body))
        return http.Response(self.present(public_id))


class SurveyOpen(SurveyEndpoint):
    """Take answers."""

    @extend_schema(operation_id="surveys_open", request=None, responses=SurveyReply)
    def post(self, request, public_id):
        return self.once(lambda: self.act(public_id))

    def act(self, public_id: str) -> tuple[int, dict]:
        """Open it; open already: nothing happens."""
        making.open_(survey=self.find(public_id), at=self.at)
        return 200, self.present(public_id)


class SurveyClose(SurveyEndpoint):
    """Take no more answers."""

    @extend_schema(operation_id="surveys_close", request=None, responses=SurveyReply)
    def post(self, request, public_id):
        return self.once(lambda: self.act(public_id))

    def act(self, public_id: str) -> tuple[int, dict]:
        """Close it; closed already: nothing happens."""
        making.close(survey=self.find(public_id), at=self.at)
        return 200, self.present(public_id)


class SurveyResponses(SurveyEndpoint):
    """What was answered, newest first (complete as CSV); and recording an answer."""

    row_reply = ResponseReply
    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)

    @extend_schema(operation_id="surveys_responses", responses=ResponseReply(many=True))
    def get(self, request, public_id):
        found = Response.objects.for_merchant(self.merchant).filter(survey=self.find(public_id))
        found = found.select_related("survey", "customer").prefetch_related("answers__question")
        return paging.answer(
            request, found, lambda rows: list(map(presenting.response, rows)), order=("-answered_at", "-pk")
        )

    @extend_schema(operation_id="surveys_respond", request=ResponseBody, responses={201: AnsweredReply})
    def post(self, request, public_id):
        body = self.read(ResponseBody)
        return self.once(lambda: self.record(public_id, body))

    def record(self, public_id: str, body: dict) -> tuple[int, dict]:
        """Store the answers of a customer, of an invitation, or of nobody known."""
        survey = self.find(public_id)
        given = {one["question"]: one["value"] for one in body["answers"]}
        if len(given) < len(body["answers"]):
            raise TwoQuestions(field="answers")
        spoken = get_language()
        said, earned = flows.answer_survey(
            survey=survey,
            given=given,
            at=self.at,
            touchpoint=body["touchpoint"],
            language=body.get("language") or (spoken if spoken in LANGUAGES else survey.language),
            invitation=self.invitation(survey, body),
            may_answer=body["may_answer"],
        )
        thanks = [{"program": one.program.public_id, "points": one.points} for one in earned]
        return made({**presenting.response(said), "earned": thanks})

    def invitation(self, survey: Survey, body: dict) -> Invitation | None:
        """The invitation that a body names, or the one of the customer whom it names, made if there was none.

        Named both, the invitation must be the customer's.
        """
        who = find_customer(self.merchant, body["customer"]) if body.get("customer") else None
        if body.get("invitation"):
            mine = Invitation.objects.for_merchant(self.merchant).filter(survey=survey, public_id=body["invitation"])
            found = (mine.filter(customer=who) if who else mine).first()
            if found is None:
                raise Missing(_("This survey has no invitation with that id."), field="invitation")
            return found
        if who is None:
            return None
        return invitations.invite(survey=survey, customer=who, touchpoint=body["touchpoint"], at=self.at)[0]


class SurveyInvitations(SurveyEndpoint):
    """Asking a customer: the answer is a link of their own, for the shop's own mail, message or app."""

    row_reply = InvitationReply
    scopes = {"POST": Scope.COUNTER}

    @extend_schema(
        operation_id="surveys_invite", request=InvitationBody, responses=dict.fromkeys([200, 201], InvitationReply)
    )
    def post(self, request, public_id):
        body = self.read(InvitationBody)
        return self.once(lambda: self.invite(public_id, body))

    def invite(self, public_id: str, body: dict) -> tuple[int, dict]:
        """Invite; whoever was asked so already keeps that invitation."""
        survey = self.find(public_id)
        if not survey.takes(self.at):
            raise making.NotOpen
        who, bought = find_customer(self.merchant, body["customer"]), None
        if body.get("purchase"):
            mine = Purchase.objects.for_merchant(self.merchant).filter(customer=who, public_id=body["purchase"])
            bought = mine.first()
            if bought is None:
                raise Missing(_("This customer has no purchase with that id."), field="purchase")
        asked, new = invitations.invite(
            survey=survey, customer=who, touchpoint=body["touchpoint"], at=self.at, purchase=bought
        )
        return made(presenting.invitation(asked, self.request), new=new)
