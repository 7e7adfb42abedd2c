"""Joining programs: every customer, or one by one."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from customers.merchants import ids, rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict
from customers.models import Customer
from rewards import ladders
from rewards.models import Membership, PointsAccount, Program, ProgramVersion
from rewards.models.programs import Status

AT_ONCE = 5_000


@transaction.atomic
def enrol(*, merchant: Merchant, customers: list[int], at: datetime) -> None:
    """Make new customers (primary keys) members of every active program that enrols by itself."""
    if not customers:
        return
    last = ProgramVersion.objects.filter(program=OuterRef("pk")).order_by("-number").values("tiers")[:1]
    programs = Program.objects.for_merchant(merchant).taking_members().filter(auto_enrol=True)
    for program in programs.annotate(tiers=Subquery(last)).order_by("pk"):
        join(program=program, tier=ladders.base_of(program.tiers), customers=customers, at=at)


def base_tier(program: Program) -> str | None:
    """The tier in which members of a program begin (one query)."""
    return ladders.base_of(program.versions.order_by("-number").values_list("tiers", flat=True)[0])


def join(*, program: Program, tier: str | None, customers: list[int], at: datetime) -> None:
    """Give each of these customers, who are not members yet, a membership and an account: three statements.

    They begin in a `tier` that needs nothing, if there is one.
    """
    accounts = rows.reserve(PointsAccount, len(customers))
    rows.insert(
        PointsAccount, ["id", "program", "balance", "deficit"], [(account, program.pk, 0, 0) for account in accounts]
    )
    rows.insert(
        Membership,
        ["public_id", "program", "customer", "account", "joined_at", "tier"],
        [
            (public_id, program.pk, customer, account, at, tier)
            for public_id, customer, account in zip(ids.many("mem", len(customers)), customers, accounts, strict=True)
        ],
    )


class NotActive(Conflict):
    code = "program_not_active"
    message = _("This program is not active. Activate it first.")


class Closing(Conflict):
    code = "program_closing"
    message = _("This program is closing, so nobody joins it any more.")


@transaction.atomic
def join_one(*, program: Program, customer: Customer, at: datetime) -> bool:
    """Make a customer a member; False when that stands already. Raises NotActive and Closing."""
    if program.status != Status.ACTIVE:
        raise NotActive(field="program")
    if program.spendable_until:
        raise Closing(field="program")
    Customer.objects.select_for_update().get(pk=customer.pk)  # two requests at once make one membership
    if Membership.objects.filter(program=program, customer=customer).exists():
        return False
    join(program=program, tier=base_tier(program), customers=[customer.pk], at=at)
    return True


def enrol_everybody(*, program: Program, at: datetime) -> None:
    """Activation enrols the customers that are there, thousands at a time."""
    tier = base_tier(program)
    while customers := list(
        Customer.objects.for_merchant(program.merchant)
        .exclude(memberships__program=program)
        .order_by("pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    ):
        with transaction.atomic():
            join(program=program, tier=tier, customers=customers, at=at)
