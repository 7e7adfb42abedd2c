"""Starting a program, and everything since its start that follows."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.models import Purchase, Refund
from rewards import earning, memberships, programs
from rewards.models import Membership, Program
from rewards.models.programs import Status

from .drafts import as_draft, as_return

HISTORY_AT_ONCE = 1_000
HISTORY_IN_A_REQUEST = 5_000  # purchases, about a second; more is a job


def activate_program(*, program: Program, at: datetime, later: Callable[[Program], object] | None = None) -> Program:
    """Activate, then let everybody who is there and everything since the start follow.

    The program is active for all tills before the rest begins. `later` has a worker repeat the rest a little after:
    for what was sold by those who had begun before, and for a history too long for a request.
    """
    program = programs.activate(program=program, at=at)
    if later:
        later(program)
    follow_activation(program=program, at=at, whole=later is None)
    return program


@transaction.atomic
def reopen_program(*, program: Program, at: datetime, actor: str = "") -> Program:
    """Take a closing back; customers who came while it stood join now."""
    program = programs.reopen(program=program, at=at, actor=actor)
    if program.status == Status.ACTIVE and program.auto_enrol:
        memberships.enrol_everybody(program=program, at=at)
    return program


def follow_activation(*, program: Program, at: datetime, whole: bool = True) -> None:
    """What follows an activation, and may be repeated: enrol customers, and judge what they bought since the start.

    Not `whole`: a history too long for a request is left to the worker.
    """
    if program.status != Status.ACTIVE:
        return
    if program.auto_enrol and program.spendable_until is None:
        memberships.enrol_everybody(program=program, at=at)
    if whole or not unjudged(program)[HISTORY_IN_A_REQUEST : HISTORY_IN_A_REQUEST + 1].exists():
        judge_history(program=program, at=at)


def unjudged(program: Program) -> QuerySet:
    """Purchases since the program's start that no judgement names yet, by those whom the activation enrolled and,
    from their joining on, by those who joined later.
    """
    joined = Q(joined_at__lte=program.activated_at) | Q(joined_at__lte=OuterRef("occurred_at"))
    members = Membership.objects.filter(joined, program=program, customer=OuterRef("customer"))
    return (
        Purchase.objects.for_merchant(program.merchant)
        .standing()
        .filter(Exists(members), occurred_at__gte=program.starts_at)
        .exclude(judgements__program=program)
    )


def history(program: Program) -> QuerySet:
    """Purchases of known customers since a draft's start: what its activation would let earn."""
    bought = Purchase.objects.for_merchant(program.merchant).standing()
    return bought.filter(occurred_at__gte=program.starts_at, customer__isnull=False)


def judge_history(*, program: Program, at: datetime) -> int:
    """Judge what is unjudged since the program's start; returns how many purchases. May be repeated.

    Each is judged as it was bought; then what has come back since takes its points back, as it would have then.
    """
    judged = 0
    for batch in in_order_of_time(unjudged(program).prefetch_related("lines")):
        judged += len(batch)
        drafts = [as_draft(purchase) for purchase in batch]
        earning.judge(merchant=program.merchant, purchases=drafts, at=at, only=program, history=True)
    came_back = Refund.objects.filter(
        merchant=program.merchant,
        undone_at=None,
        occurred_at__gte=program.starts_at,
        customer__memberships__program=program,
    )
    for batch in in_order_of_time(came_back.prefetch_related("lines")):
        drafts = [as_return(refund) for refund in batch]
        earning.take_back(merchant=program.merchant, returns=drafts, at=at, only=program)
    return judged


def in_order_of_time(queryset) -> Iterator[list]:
    """Batches of purchases or refunds by time; each query goes on behind the last row, whatever became of it."""
    remaining = queryset.order_by("occurred_at", "pk")
    batch = list(remaining[:HISTORY_AT_ONCE])
    while batch:
        yield batch
        at, key = batch[-1].occurred_at, batch[-1].pk
        batch = list(remaining.filter(occurred_at__gte=at).exclude(occurred_at=at, pk__lte=key)[:HISTORY_AT_ONCE])
