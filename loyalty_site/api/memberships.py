"""Memberships, balances and the ledger over the API."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Scope
from customers.merchants.refusals import Missing
from loyalty_site.api.programs import ProgramEndpoint
from rewards import ledger, memberships, rules
from rewards.models import Entry, Judgement, Lot, Membership

from . import paging
from .fields import Moment, Strict, find_customer, plain_money
from .views import Endpoint, made


class NextExpiry(serializers.Serializer):
    points = serializers.IntegerField()
    at = serializers.DateTimeField()


class BalanceReply(serializers.Serializer):
    available = serializers.IntegerField()
    pending = serializers.IntegerField()
    held = serializers.IntegerField()
    lifetime_earned = serializers.IntegerField()
    lifetime_redeemed = serializers.IntegerField()
    expired = serializers.IntegerField()
    next_expiry = NextExpiry(allow_null=True)


class MembershipReply(serializers.Serializer):
    id = serializers.CharField()
    customer = serializers.CharField()
    program = serializers.CharField()
    tier = serializers.CharField(allow_null=True)
    joined_at = serializers.DateTimeField()
    balance = BalanceReply()
    to_next_tier = serializers.DictField(allow_null=True)


class MembershipBody(Strict):
    customer = serializers.CharField()
    program = serializers.CharField()


class When(Strict):
    at = Moment()


def present(members: list[Membership], *, at: datetime, now: datetime) -> list[dict]:
    """Memberships with their balances at a moment (two queries for all of them)."""
    held = ledger.balances([member.account_id for member in members], at=at, now=now)
    return [
        {
            "id": member.public_id,
            "customer": member.customer.public_id,
            "program": member.program.public_id,
            "tier": None,
            "joined_at": member.joined_at,
            "balance": balance(held[member.account_id]),
            "to_next_tier": None,
        }
        for member in members
    ]


def balance(held: ledger.Balance) -> dict:
    """A balance as the API shows it."""
    expiry = {"points": held.next_expiry_points, "at": held.next_expiry_at} if held.next_expiry_at else None
    return {
        "available": held.available,
        "pending": held.pending,
        "held": held.held,
        "lifetime_earned": held.lifetime_earned,
        "lifetime_redeemed": held.lifetime_redeemed,
        "expired": held.expired,
        "next_expiry": expiry,
    }


class MembershipEndpoint(Endpoint):
    """Finds a membership in a program of the merchant."""

    def members(self):
        return Membership.objects.for_merchant(self.merchant).select_related("customer", "program")

    def find(self, public_id: str) -> Membership:
        member = self.members().filter(public_id=public_id).first()
        if member is None:
            raise Missing(_("This shop has no membership with that id."))
        return member


class MembershipList(MembershipEndpoint, ProgramEndpoint):
    """Memberships with their balances now; and joining a program that does not enrol by itself."""

    row_reply = MembershipReply
    scopes = {"POST": Scope.COUNTER}

    @extend_schema(
        operation_id="memberships_list",
        parameters=[OpenApiParameter("customer"), OpenApiParameter("program")],
        responses=MembershipReply(many=True),
    )
    def get(self, request):
        members = self.members()
        for name in ("customer", "program"):
            if wanted := request.query_params.get(name):
                members = members.filter(**{f"{name}__public_id": wanted})
        return paging.answer(
            request, members, lambda rows: present(rows, at=self.at, now=self.at), order=("-joined_at", "-pk")
        )

    @extend_schema(
        operation_id="memberships_create",
        request=MembershipBody,
        responses=dict.fromkeys([200, 201], MembershipReply),
    )
    def post(self, request):
        body = self.read(MembershipBody)
        return self.once(lambda: self.join(body))

    def join(self, body: dict) -> tuple[int, dict]:
        program = ProgramEndpoint.find(self, body["program"])
        customer = find_customer(self.merchant, body["customer"])
        new = memberships.join_one(program=program, customer=customer, at=self.at)
        member = self.members().get(program=program, customer=customer)
        return made(present([member], at=self.at, now=self.at)[0], new=new)


class MembershipDetail(MembershipEndpoint):
    """One membership; with `at`, its balance at any moment, past or future."""

    row_reply = MembershipReply

    @extend_schema(
        operation_id="memberships_get",
        parameters=[OpenApiParameter("at", datetime)],
        responses=MembershipReply,
    )
    def get(self, request, public_id):
        at = self.at
        if "at" in request.query_params:
            at = self.read(When, {"at": request.query_params["at"]})["at"]
        return Response(present([self.find(public_id)], at=at, now=self.at)[0])


class EntryReply(serializers.Serializer):
    id = serializers.CharField()
    kind = serializers.CharField()
    points = serializers.IntegerField()
    points_forgiven = serializers.IntegerField()
    points_expired = serializers.IntegerField()
    balance_after = serializers.IntegerField()
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    purchase = serializers.CharField(allow_null=True)
    refund = serializers.CharField(allow_null=True)
    origin = serializers.CharField(
        allow_null=True,
        help_text="The entry that this one answers: a redemption that comes back, a transfer's other side.",
    )
    breakdown = serializers.ListField(child=serializers.DictField())
    actor = serializers.CharField(help_text="Public id of the key, staff member or import that did it; may be empty.")
    reason = serializers.CharField()


class Entries(MembershipEndpoint):
    """The append-only ledger of a membership, newest first; each earning with its reason."""

    row_reply = EntryReply

    @extend_schema(operation_id="memberships_entries", responses=EntryReply(many=True))
    def get(self, request, public_id):
        member = self.find(public_id)
        entries = Entry.objects.filter(account=member.account_id).select_related("purchase", "refund", "origin")
        return paging.answer(request, entries, lambda rows: self.present(rows, member), order=("-occurred_at", "-pk"))

    def present(self, entries: list[Entry], member: Membership) -> list[dict]:
        """Entries with the awards of their purchases (one query more)."""
        judged = {
            (purchase, membership): awards
            for purchase, membership, awards in Judgement.objects.filter(
                purchase__in={entry.purchase_id for entry in entries} - {None}, program=member.program_id
            )
            .order_by("pk")
            .values_list("purchase", "membership", "awards")
        }
        write = plain_money(self.merchant.currency)
        return [
            {
                "id": entry.public_id,
                "kind": entry.kind,
                "points": entry.points,
                "points_forgiven": entry.forgiven,
                "points_expired": entry.lapsed,
                "balance_after": entry.balance_after,
                "occurred_at": entry.occurred_at,
                "recorded_at": entry.recorded_at,
                "purchase": entry.purchase.public_id if entry.purchase else None,
                "refund": entry.refund.public_id if entry.refund else None,
                "origin": entry.origin.public_id if entry.origin else None,
                "breakdown": breakdown(judged.get((entry.purchase_id, entry.membership_id), []), write)
                if is_of_a_judgement(entry)
                else [],
                "actor": entry.actor,
                "reason": entry.reason,
            }
            for entry in entries
        ]


def is_of_a_judgement(entry: Entry) -> bool:
    """Whether the points are those that a purchase was judged to earn; after a refund others may follow."""
    return entry.kind == "earn" and entry.refund_id is None


def breakdown(awards: list[dict], write) -> list[dict]:
    """The stored awards of a judgement, each with its reason in the caller's language."""
    return [
        {"rule": award["rule"], "points": award["points"], "base": award["base"], "why": rules.why(award, write)}
        for award in awards
    ]


class LotReply(serializers.Serializer):
    entry = serializers.CharField()
    points = serializers.IntegerField()
    remaining = serializers.IntegerField()
    available_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Of points that go by idleness: when they are over if nothing more is bought."
    )
    purchase = serializers.CharField(allow_null=True)


class Lots(MembershipEndpoint):
    """What the points of a membership consist of, oldest first, with the moments between which each can be spent."""

    row_reply = LotReply

    @extend_schema(operation_id="memberships_lots", responses=LotReply(many=True))
    def get(self, request, public_id):
        lots = Lot.objects.filter(entry__account=self.find(public_id).account_id).with_end()
        lots = lots.select_related("entry", "purchase")
        return paging.answer(request, lots, self.present, order=("pk",))

    def present(self, lots: list[Lot]) -> list[dict]:
        ledger.date_idle(lots)
        return [
            {
                "entry": lot.entry.public_id,
                "points": lot.points,
                "remaining": lot.remaining,
                "available_at": lot.available_at,
                "expires_at": lot.ends_at,
                "purchase": lot.purchase.public_id if lot.purchase else None,
            }
            for lot in lots
        ]
