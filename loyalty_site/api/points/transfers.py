"""Passing points on, and sharing an account."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from customers.merchants import ids
from customers.merchants.models import Scope
from customers.merchants.refusals import Missing
from loyalty_site import flows
from loyalty_site.api.fields import Strict, WholeNumber
from loyalty_site.api.memberships import BalanceReply, MembershipEndpoint, balance
from loyalty_site.api.views import made
from rewards import ledger, pools
from rewards.adjustments import LARGEST
from rewards.models import Membership


class TransferBody(Strict):
    """To whom, and how many points."""

    to = serializers.CharField(help_text="A membership of the same program.")
    points = WholeNumber(min_value=1, max_value=LARGEST)


class PoolBody(Strict):
    """With whom the account is shared."""

    def get_fields(self):
        return {"with": serializers.CharField(help_text="The membership whose account is shared from now on.")}


class TransferredLot(serializers.Serializer):
    points = serializers.IntegerField()
    available_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class TransferReply(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="The entry that took the points; null in a dry run.")
    membership = serializers.CharField()
    to = serializers.CharField()
    points = serializers.IntegerField()
    lots = TransferredLot(many=True)
    balance = BalanceReply()
    dry_run = serializers.BooleanField(required=False)


class PoolReply(serializers.Serializer):
    membership = serializers.CharField()
    shared_with = serializers.ListField(child=serializers.CharField(), help_text="The account's other memberships.")
    balance = BalanceReply()
    dry_run = serializers.BooleanField(required=False)


class Between(MembershipEndpoint):
    """A call on two memberships of the shop."""

    def other(self, public_id: str, *, field: str) -> Membership:
        """The membership that a body names."""
        try:
            return self.find(public_id)
        except Missing as missing:
            missing.field = field
            raise

    def balance(self, member: Membership) -> dict:
        """What the membership has now."""
        return balance(ledger.balance(member.account_id, at=self.at, now=self.at))


class Transfers(Between):
    """Passing points on to another member of the program; those that would be spent next, as long as they last."""

    row_reply = TransferReply
    scopes = {"POST": Scope.MANAGE}
    once_required = ("POST",)

    @extend_schema(operation_id="memberships_transfer", request=TransferBody, responses={201: TransferReply})
    def post(self, request, public_id):
        body = self.read(TransferBody)
        return self.once(lambda: self.transfer(self.find(public_id), body))

    def transfer(self, sender: Membership, body: dict) -> tuple[int, dict]:
        receiver = self.other(body["to"], field="to")
        done = flows.transfer_points(
            sender=sender,
            receiver=receiver,
            points=body["points"],
            key=f"transfer:{ids.new('ent')}",
            at=self.at,
            actor=self.request.auth.public_id,
        )
        return made(
            {
                "id": done.sent.public_id,
                "membership": sender.public_id,
                "to": receiver.public_id,
                "points": body["points"],
                "lots": [
                    {"points": lot.points, "available_at": lot.available_at, "expires_at": lot.expires_at}
                    for lot in done.lots
                ],
                "balance": self.balance(Membership.objects.get(pk=sender.pk)),
            }
        )


class Pool(Between):
    """Sharing one account with family and friends; who joins brings the points along, who leaves takes none."""

    row_reply = PoolReply
    scopes = dict.fromkeys(["POST", "DELETE"], Scope.MANAGE)
    once_required = ("POST",)

    @extend_schema(operation_id="memberships_pool_join", request=PoolBody, responses=PoolReply)
    def post(self, request, public_id):
        body = self.read(PoolBody)
        return self.once(lambda: self.join(self.find(public_id), body))

    def join(self, member: Membership, body: dict) -> tuple[int, dict]:
        host = self.other(body["with"], field="with")
        actor = self.request.auth.public_id
        return 200, self.present(flows.join_pool(membership=member, host=host, at=self.at, actor=actor))

    @extend_schema(operation_id="memberships_pool_leave", request=None, responses=PoolReply)
    def delete(self, request, public_id):
        return self.once(lambda: (200, self.present(pools.leave(membership=self.find(public_id), at=self.at))))

    def present(self, member: Membership) -> dict:
        return {
            "membership": member.public_id,
            "shared_with": list(pools.others(member).values_list("public_id", flat=True)),
            "balance": self.balance(member),
        }
