"""What happens across apps: one function per event, one transaction, one verb of each app called.

No signals: whoever wants to know what follows a purchase reads `record_purchases`. The API, the counter and the
import all come through here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from customers import identity, profiles, purchases
from customers.identity import Identifiers
from customers.merchants.models import Merchant
from customers.models import Customer, Purchase, Refund
from customers.purchases import LineDraft, PurchaseDraft, ReturnDraft, ReturnLine
from rewards import earning, memberships, programs
from rewards.earning import Earned
from rewards.ledger import Posting
from rewards.models import Membership, Program
from rewards.models.programs import Status

HISTORY_AT_ONCE = 1_000
HISTORY_IN_A_REQUEST = 5_000  # purchases, about a second; more is a job
Result = TypeVar("Result")


class DryRun(Exception):
    """Carries the answer of a dry run out of the transaction that it rolls back."""

    def __init__(self, result):
        self.result = result


def attempt(work: Callable[[], Result], *, dry_run: bool = False) -> Result:
    """Run `work` in one transaction; a dry run is the same code, rolled back."""
    try:
        with transaction.atomic():
            result = work()
            if dry_run:
                raise DryRun(result)
            return result
    except DryRun as dry:
        return dry.result


@dataclass(slots=True)
class Recorded:
    """A recorded purchase and what each program gave for it; `earned` is empty for one that stood already."""

    draft: PurchaseDraft
    earned: list[Earned]


@transaction.atomic
def enrol(
    *, merchant: Merchant, fields: dict, consents: list[dict], at: datetime, only_new: dict | None = None
) -> tuple[Customer, bool]:
    """Make a card and its memberships; the same external id again updates it, without the `only_new` fields.

    Also says whether the card is new.
    """
    if fields.get("external_id"):
        known = Customer.objects.for_merchant(merchant).filter(external_id=fields["external_id"]).first()
        if known:
            return profiles.update(customer=known, fields=fields, consents=consents, at=at), False
    fields = {**(only_new or {}), **fields}
    customer = profiles.register(merchant=merchant, fields=fields, consents=consents, at=at)
    memberships.enrol(merchant=merchant, customers=[customer.pk], at=at)
    return customer, True


@transaction.atomic
def enrol_many(*, merchant: Merchant, cards: list[dict], at: datetime) -> list[Customer]:
    """Make cards from cleaned fields of people nobody knows yet, with their memberships (the import's way)."""
    people = profiles.register_many(merchant=merchant, cards=cards, at=at)
    memberships.enrol(merchant=merchant, customers=[person.pk for person in people], at=at)
    return people


@transaction.atomic
def identify(*, merchant: Merchant, identifiers: Identifiers, at: datetime) -> tuple[Customer, bool]:
    """The customer these identifiers name; a phone or e-mail that nobody has makes a card without consents.

    Raises UnknownCustomer for a card or external id that nobody has, IdentityConflict for those of two people.
    """
    customer = identity.find(merchant=merchant, identifiers=identifiers)
    if customer and identity.has_all(customer, identifiers):
        return customer, False
    if customer or identifiers.external_id or identifiers.card_code or not (identifiers.phone or identifiers.email):
        raise identity.UnknownCustomer(field="identify")
    fields = {"phone": identifiers.phone, "email": identifiers.email}
    return enrol(merchant=merchant, fields=fields, consents=[], at=at)


@transaction.atomic
def record_purchases(
    *, merchant: Merchant, drafts: list[PurchaseDraft], at: datetime, unseen: bool = False
) -> list[Recorded]:
    """Record purchases and let every program judge them. One purchase is a list of one.

    A receipt that stands already is answered with the first (`draft.duplicate`), whatever it now says. Drafts are
    checked by `purchases.check` before; for `unseen` see `purchases.record`.
    """
    fresh = purchases.record(merchant=merchant, drafts=drafts, at=at, unseen=unseen)
    earned = earning.judge(merchant=merchant, purchases=fresh, at=at) if fresh else {}
    return [Recorded(draft, [] if draft.duplicate else earned.get(draft.pk, [])) for draft in drafts]


def record_once(
    *, merchant: Merchant, drafts: list[PurchaseDraft], at: datetime, unseen: bool = False
) -> list[Recorded]:
    """`record_purchases`, when another till may be recording the same receipt in this very moment.

    The unique receipt lets one of them through; the other then finds it and answers with it.
    """
    try:
        return record_purchases(merchant=merchant, drafts=drafts, at=at, unseen=unseen)
    except IntegrityError:
        for draft in drafts:
            draft.pk, draft.public_id, draft.duplicate = None, None, False
        return record_purchases(merchant=merchant, drafts=drafts, at=at)


@transaction.atomic
def record_returns(*, merchant: Merchant, drafts: list[ReturnDraft], at: datetime) -> list[ReturnDraft]:
    """Record what came back and take back what it no longer earns; returns those that were new."""
    fresh = purchases.give_back(merchant=merchant, drafts=drafts, at=at)
    earning.take_back(merchant=merchant, returns=fresh, at=at)
    return fresh


@transaction.atomic
def refund_purchase(*, merchant: Merchant, at: datetime, **what) -> ReturnDraft:
    """Give back an amount or lines of a purchase (see `purchases.refund`), with the points that its rest does not earn.

    A receipt that was given back already is answered with the first (`duplicate`).
    """
    draft = purchases.refund_once(merchant=merchant, at=at, **what)
    if not draft.duplicate:
        earning.take_back(merchant=merchant, returns=[draft], at=at)
    return draft


@transaction.atomic
def void_purchase(*, merchant: Merchant, purchase_id: int, at: datetime, actor: str = "") -> Purchase:
    """As if a purchase had never been: its points go back. Once more changes nothing."""
    purchase, new = purchases.void(merchant=merchant, purchase_id=purchase_id, at=at)
    if new:
        earning.withdraw(merchant=merchant, purchase=purchase, at=at, actor=actor)
    return purchase


@transaction.atomic
def reassign_purchase(
    *, merchant: Merchant, purchase_id: int, customer_id: int, at: datetime, actor: str = ""
) -> list[Posting]:
    """Move a purchase to another customer: who had it loses its points, and the other earns by the same versions.

    Returns what moved on both sides; nothing for a purchase that is theirs already.
    """
    purchase, new = purchases.move(merchant=merchant, purchase_id=purchase_id, customer_id=customer_id)
    if not new:
        return []
    return earning.move(merchant=merchant, purchase=purchase, draft=as_draft(purchase), at=at, actor=actor)


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


def as_draft(purchase: Purchase) -> PurchaseDraft:
    """A purchase on record in the form that is judged."""
    return PurchaseDraft(
        amount=purchase.amount,
        occurred_at=purchase.occurred_at,
        occurred_on=purchase.occurred_on,
        customer_id=purchase.customer_id,
        channel=purchase.channel,
        location_id=purchase.location_id,
        imported_id=purchase.imported_id,
        lines=[
            LineDraft(
                amount=line.amount,
                quantity=line.quantity,
                sku=line.sku,
                category=line.category,
                excluded=line.excluded,
            )
            for line in purchase.lines.all()
        ],
        pk=purchase.pk,
        public_id=purchase.public_id,
    )


def as_return(refund: Refund) -> ReturnDraft:
    """A refund on record in the form that takes points back."""
    return ReturnDraft(
        amount=refund.amount,
        occurred_at=refund.occurred_at,
        customer_id=refund.customer_id,
        purchase_id=refund.purchase_id,
        imported_id=refund.imported_id,
        lines=[ReturnLine(line.line_id, line.quantity, line.amount) for line in refund.lines.all()],
        pk=refund.pk,
    )


@transaction.atomic
def delete_customer(*, customer: Customer) -> None:
    """Remove a card without history, with its empty memberships; raises UseErase for one that the books need."""
    Customer.objects.select_for_update().get(pk=customer.pk)  # a till that sells to them waits, or is seen
    theirs = Membership.objects.filter(customer=customer)
    if theirs.filter(
        Q(pooled_at__isnull=False) | Q(account__entries__isnull=False) | Q(adjustments__isnull=False)
    ).exists():
        raise profiles.UseErase
    earning.forget(merchant=customer.merchant, customers=[customer.pk])
    profiles.delete(customer=customer)
