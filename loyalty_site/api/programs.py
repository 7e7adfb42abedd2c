"""Programs over the API."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Scope
from customers.merchants.refusals import Missing
from loyalty_site import flows, publishing, tasks
from rewards import programs
from rewards.models import Program, ProgramVersion
from rewards.models.programs import Kind, State

from . import paging
from .closing import ClosingBody, ClosingReply, shown
from .fields import Moment, Strict, WholeNumber
from .once import is_dry_run
from .promises import (
    Budget,
    Objective,
    Policies,
    PoliciesReply,
    Rules,
    RulesReply,
    Stamps,
    TierPolicy,
    TierPolicyReply,
    Tiers,
    TiersReply,
)
from .views import Endpoint, made

WORDING = ("rules", "policies", "tiers", "tier_policy", "stamps")  # what a change publishes as a new version
A_LITTLE_AFTER = timedelta(seconds=10)  # longer than any request that had begun before


class ProgramBody(Strict):
    """A program. `rules` and `policies` are explained in the docs; `point_value` is in minor units, as text."""

    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(Kind.values, default=Kind.POINTS)
    unit = serializers.CharField(max_length=30, required=False, help_text="points, stamps, or the shop's currency.")
    auto_enrol = serializers.BooleanField(default=True)
    point_value = serializers.DecimalField(max_digits=12, decimal_places=4, min_value=0, required=False)
    objective = Objective(required=False, allow_null=True)
    budget = Budget(required=False, allow_null=True)
    starts_at = Moment(required=False, allow_null=True)
    policies = Policies(default=dict)
    rules = Rules()
    tiers = Tiers(default=list)
    tier_policy = TierPolicy(required=False, allow_null=True)
    stamps = Stamps(required=False, allow_null=True)


class ProgramChange(Strict):
    name = serializers.CharField(max_length=100, required=False)
    unit = serializers.CharField(max_length=30, required=False)
    auto_enrol = serializers.BooleanField(required=False)
    point_value = serializers.DecimalField(max_digits=12, decimal_places=4, min_value=0, required=False)
    objective = Objective(required=False, allow_null=True)
    budget = Budget(required=False, allow_null=True)
    starts_at = Moment(required=False, allow_null=True)
    policies = Policies(required=False)
    rules = Rules(required=False)
    stamps = Stamps(required=False)
    tiers = Tiers(required=False)
    tier_policy = TierPolicy(required=False)
    version = WholeNumber(
        required=False,
        min_value=1,
        help_text="The version you read; 409 when it is not the last, also of a draft.",
    )


class VersionReply(serializers.Serializer):
    version = serializers.IntegerField(source="number")
    valid_from = serializers.DateTimeField()
    rules = RulesReply()
    policies = PoliciesReply()
    tiers = TiersReply()
    tier_policy = TierPolicyReply(allow_null=True)
    stamps = Stamps(allow_null=True)


class ProgramReply(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    unit = serializers.CharField()
    status = serializers.ChoiceField(State.choices)
    auto_enrol = serializers.BooleanField()
    point_value = serializers.CharField()
    starts_at = serializers.DateTimeField(allow_null=True)
    activated_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    closing = ClosingReply(allow_null=True)
    objective = Objective(allow_null=True)
    budget = Budget(allow_null=True)
    version = serializers.IntegerField()
    rules = RulesReply()
    policies = PoliciesReply()
    tiers = TiersReply()
    tier_policy = TierPolicyReply(allow_null=True)
    stamps = Stamps(allow_null=True)


def present(program: Program, *, at: datetime) -> dict:
    """A program as it is at a moment, with the wording of its last version."""
    version = list(program.versions.all())[-1]
    return {
        "id": program.public_id,
        "name": program.name,
        "kind": program.kind,
        "unit": program.unit,
        "status": program.state(at),
        "auto_enrol": program.auto_enrol,
        "point_value": f"{program.point_value.normalize():f}",
        "starts_at": program.starts_at,
        "activated_at": program.activated_at,
        "created_at": program.created_at,
        "closing": next((shown(one) for one in program.closings.all() if one.withdrawn_at is None), None),
        "objective": program.objective,
        "budget": program.budget,
        "version": version.number,
        "rules": version.rules,
        "policies": version.policies,
        "tiers": version.tiers,
        "tier_policy": version.tier_policy,
        "stamps": version.stamps,
    }


class ProgramEndpoint(Endpoint):
    """Finds a program of the merchant."""

    scopes = {"POST": Scope.MANAGE, "PATCH": Scope.MANAGE, "DELETE": Scope.MANAGE}

    def programs(self):
        return Program.objects.for_merchant(self.merchant).prefetch_related("versions", "closings")

    def present(self, public_id: str) -> dict:
        """The program as it now is."""
        return present(self.find(public_id), at=self.at)

    def find(self, public_id: str) -> Program:
        program = self.programs().filter(public_id=public_id).first()
        if program is None:
            raise Missing(_("This shop has no program with that id."))
        return program


class ProgramList(ProgramEndpoint):
    """The programs of the shop; and drafting one."""

    row_reply = ProgramReply

    @extend_schema(operation_id="programs_list", responses=ProgramReply(many=True))
    def get(self, request):
        return paging.answer(
            request,
            self.programs(),
            self.present_rows,
            order=("-created_at", "-pk"),
        )

    def present_rows(self, rows: list[Program]) -> list[dict]:
        return [present(row, at=self.at) for row in rows]

    @extend_schema(operation_id="programs_create", request=ProgramBody, responses={201: ProgramReply})
    def post(self, request):
        body = self.read(ProgramBody)
        return self.once(lambda: self.draft(body))

    def draft(self, body: dict) -> tuple[int, dict]:
        program = programs.create(merchant=self.merchant, at=self.at, **body)
        return made(self.present(program.public_id))


class ProgramDetail(ProgramEndpoint):
    """One program; a change of rules, policies or tiers publishes a new version, which members' tiers follow."""

    row_reply = ProgramReply

    @extend_schema(operation_id="programs_get", responses=ProgramReply)
    def get(self, request, public_id):
        return Response(self.present(public_id))

    @extend_schema(operation_id="programs_change", request=ProgramChange, responses=ProgramReply)
    def patch(self, request, public_id):
        body = self.read(ProgramChange)
        program = self.find(public_id)
        wording = {name: body.pop(name) for name in WORDING if name in body}
        read = body.pop("version", None)
        flows.attempt(lambda: self.change(program, body, wording, read))
        return Response(self.present(public_id))

    def change(self, program: Program, fields: dict, wording: dict, read: int | None) -> None:
        if fields:
            programs.change(program=program, fields=fields)
        if wording or read:
            later = tasks.follow_tiers.using(run_after=self.at + A_LITTLE_AFTER)
            publishing.publish(
                program=program, at=self.at, read=read, later=lambda one: later.enqueue(one.pk), **wording
            )
        if fields.get("auto_enrol"):
            flows.follow_activation(program=program, at=self.at, whole=False)


class ProgramActivate(ProgramEndpoint):
    """Let a draft begin or a pause end. A start in the past lets purchases on record earn: at once, or if they are
    more than 5,000 by the worker, soon.
    """

    @extend_schema(operation_id="programs_activate", request=None, responses=ProgramReply)
    def post(self, request, public_id):
        program = self.find(public_id)
        answer = self.once(lambda: (200, self.activated(program)))
        if answer.status_code == 200 and not is_dry_run(request):
            # After the activation stands for every till, and not in its transaction.
            program.refresh_from_db()
            flows.follow_activation(program=program, at=self.at, whole=False)
        return answer

    def activated(self, program: Program) -> dict:
        programs.activate(program=program, at=self.at)
        tasks.follow_activation.using(run_after=self.at + A_LITTLE_AFTER).enqueue(program.pk)
        return self.present(program.public_id)


class ProgramPause(ProgramEndpoint):
    """Stop earning until the program is activated again."""

    @extend_schema(operation_id="programs_pause", request=None, responses=ProgramReply)
    def post(self, request, public_id):
        program = self.find(public_id)
        return self.once(lambda: (200, self.paused(program)))

    def paused(self, program: Program) -> dict:
        programs.pause(program=program, at=self.at)
        return self.present(program.public_id)


class ProgramClose(ProgramEndpoint):
    """Announce that a program ends, or take that back while it still earns.

    From the notice on nobody joins. What is left when the last spending day is over expires; both days are local.
    """

    @extend_schema(operation_id="programs_close", request=ClosingBody, responses=ProgramReply)
    def post(self, request, public_id):
        body = self.read(ClosingBody)
        program = self.find(public_id)
        return self.once(lambda: (200, self.closed(program, body)))

    @extend_schema(operation_id="programs_reopen", request=None, responses=ProgramReply)
    def delete(self, request, public_id):
        program = self.find(public_id)
        return self.once(lambda: (200, self.reopened(program)))

    def closed(self, program: Program, body: dict) -> dict:
        programs.close(program=program, at=self.at, actor=self.request.auth.public_id, **body)
        return self.present(program.public_id)

    def reopened(self, program: Program) -> dict:
        flows.reopen_program(program=program, at=self.at, actor=self.request.auth.public_id)
        return self.present(program.public_id)


class ProgramVersions(ProgramEndpoint):
    """Every wording of the promise, newest first."""

    row_reply = VersionReply

    @extend_schema(operation_id="programs_versions", responses=VersionReply(many=True))
    def get(self, request, public_id):
        versions = ProgramVersion.objects.filter(program=self.find(public_id))
        return paging.answer(request, versions, lambda rows: VersionReply(rows, many=True).data, order=("-number",))
