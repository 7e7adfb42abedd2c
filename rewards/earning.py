"""What programs make of purchases and returns: judge by the version that held, remember it, post the points."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum

from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.models import Purchase
from rewards import expiry, ledger, programs, rules
from rewards.ledger import Posting
from rewards.models import Entry, Judgement, Membership, Program
from rewards.models.ledger import EntryKind

FIELDS = ["purchase", "program", "version", "membership", "facts", "awards", "points", "judged_at"]


@dataclass(slots=True)
class Earned:
    """What one program gave for one purchase: whole points, why, and when they can be spent."""

    program: Program
    membership_id: int
    awards: list[rules.Award]
    points: int
    available_at: datetime
    expires_at: datetime | None


@transaction.atomic
def judge(*, merchant: Merchant, purchases: list, at: datetime, only: Program | None = None) -> dict[int, list[Earned]]:
    """Judge purchases (recorded drafts, with lines) by every program, or `only` one, and post what they earn.

    Each purchase is judged by the version valid at its `occurred_at`, once per program. Statements do not grow with
    the list. Returns what was earned by purchase key.
    """
    promises = programs.promises(merchant, only=only)
    members = memberships(promises, {purchase.customer_id for purchase in purchases} - {None})
    earned: dict[int, list[Earned]] = {}
    judgements, postings = [], []
    for purchase in purchases:
        base = earning_base(purchase)
        for promise in promises:
            member = members.get((promise.program.pk, purchase.customer_id))
            terms = promise.terms(purchase.occurred_at) if member else None
            if terms is None:
                continue
            gain = weigh(promise.program, terms, member[0], base, purchase, merchant.timezone)
            earned.setdefault(purchase.pk, []).append(gain)
            judgements.append(judgement(purchase, promise.program, terms, gain, base, at))
            if gain.points:
                postings.append(posting(purchase, promise.program, member, gain, merchant))
    rows.insert(Judgement, FIELDS, judgements)
    ledger.post(postings, at=at)
    return earned


def memberships(promises: list[programs.Promise], customers: set[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """Membership and account keys by program and customer (one query)."""
    if not promises or not customers:
        return {}
    found = Membership.objects.filter(
        program__in=[promise.program.pk for promise in promises], customer_id__among=customers
    )
    return {
        (program, customer): (member, account)
        for program, customer, member, account in found.values_list("program", "customer", "pk", "account")
    }


def earning_base(purchase) -> int:
    """What of a purchase can earn, in minor units: its amount, less the lines that earn nothing."""
    return max(purchase.amount - sum(line.amount for line in purchase.lines if line.excluded), 0)


def weigh(program: Program, terms: programs.Terms, membership: int, base: int, purchase, zone: str) -> Earned:
    """What a version gives for a base on the purchase's day."""
    awards = rules.evaluate(terms.rules, rules.Facts(base=base))
    day, hold = purchase.occurred_on, terms.policies["hold_days"]
    return Earned(
        program=program,
        membership_id=membership,
        awards=awards,
        points=sum(award.points for award in awards),
        available_at=expiry.held_until(hold, day, zone) if hold else purchase.occurred_at,
        expires_at=expiry.expires_at(*terms.expiry, day, zone),
    )


def judgement(purchase, program: Program, terms: programs.Terms, gain: Earned, base: int, at: datetime) -> tuple:
    """The row that remembers how a purchase was judged."""
    awards = [award.stored() for award in gain.awards]
    return (
        purchase.pk, program.pk, terms.version_id, gain.membership_id, {"base": base}, awards, gain.points, at,
    )  # fmt: skip


def posting(purchase, program: Program, member: tuple[int, int], gain: Earned, merchant: Merchant) -> Posting:
    """The points of a judgement as the ledger takes them."""
    return Posting(
        account_id=member[1],
        membership_id=member[0],
        merchant_id=merchant.pk,
        kind=EntryKind.EARN,
        points=gain.points,
        occurred_at=purchase.occurred_at,
        key=f"purchase:{purchase.pk}:{program.pk}",
        purchase_id=purchase.pk,
        imported_id=purchase.imported_id,
        actor=purchase.actor,
        available_at=gain.available_at,
        expires_at=gain.expires_at,
    )


@transaction.atomic
def take_back(*, merchant: Merchant, returns: list, at: datetime, only: Program | None = None) -> list[Posting]:
    """Reverse what returns (recorded drafts) no longer earn, in every program or `only` one; returns the postings.

    With a purchase: what remains of it is judged again by the judged version and facts, and the difference goes back.
    Without one: what the amount would have earned at its date, from what the customer has, never into a deficit.
    """
    postings = [*reversals(merchant, returns, only), *without_receipt(merchant, returns, only)]
    return ledger.post(postings, at=at)


def reversals(merchant: Merchant, returns: list, only: Program | None) -> list[Posting]:
    """One posting per judgement of a purchase that lost something: points kept so far − points still deserved."""
    last = {draft.purchase_id: draft for draft in returns if draft.purchase_id}
    if not last:
        return []
    # Locked, so that two refunds of one purchase reckon one after the other.
    purchases = {one.pk: one for one in Purchase.objects.select_for_update().filter(pk__in=last).order_by("pk")}
    judged = Judgement.objects.filter(purchase__in=last).select_related("version", "membership")
    if only:
        judged = judged.filter(program=only)
    kept = kept_points(last)
    postings = []
    for one in judged.order_by("purchase", "program"):
        purchase, draft = purchases[one.purchase_id], last[one.purchase_id]
        deserved = deserved_points(one, purchase)
        wanted = kept.get((one.purchase_id, one.membership_id), 0) - deserved
        if wanted > 0:
            postings.append(reversal(one, draft, wanted, merchant))
    return postings


def kept_points(purchases) -> dict[tuple[int, int], int]:
    """Points that purchases still keep, by purchase and membership: earned, less taken back, forgiven or lapsed."""
    sums = (
        Entry.objects.filter(purchase__in=purchases, kind__in=[EntryKind.EARN, EntryKind.REVERSE])
        .values_list("purchase", "membership")
        .annotate(kept=Sum(F("points") - F("forgiven") - F("lapsed")))
        .order_by()
    )
    return {(purchase, membership): points for purchase, membership, points in sums}


def deserved_points(one: Judgement, purchase: Purchase) -> int:
    """What the remaining basket would have earned under the judged version and facts; nothing when all came back."""
    if purchase.amount == 0 or purchase.remaining == 0 or purchase.voided_at:
        return 0
    base = one.facts["base"] * purchase.remaining // purchase.amount
    return sum(award.points for award in rules.evaluate(rules.parse(one.version.rules), rules.Facts(base=base)))


def reversal(one: Judgement, draft, points: int, merchant: Merchant) -> Posting:
    """Points of a purchase going back because of a return."""
    return Posting(
        account_id=one.membership.account_id,
        membership_id=one.membership_id,
        merchant_id=merchant.pk,
        kind=EntryKind.REVERSE,
        points=-points,
        occurred_at=draft.occurred_at,
        key=f"refund:{draft.pk}:{one.program_id}",
        purchase_id=one.purchase_id,
        refund_id=draft.pk,
        imported_id=draft.imported_id,
        actor=draft.actor,
        forgive=one.version.policies["clawback"] == "clamp",
    )


def without_receipt(merchant: Merchant, returns: list, only: Program | None) -> list[Posting]:
    """One posting per return without a purchase and program that held then."""
    loose = [draft for draft in returns if draft.purchase_id is None and draft.customer_id]
    if not loose:
        return []
    promises = programs.promises(merchant, only=only)
    members = memberships(promises, {draft.customer_id for draft in loose})
    postings = []
    for draft in loose:
        for promise in promises:
            member = members.get((promise.program.pk, draft.customer_id))
            terms = promise.terms(draft.occurred_at) if member else None
            if terms is None:
                continue
            awards = rules.evaluate(terms.rules, rules.Facts(base=draft.amount))
            if points := sum(award.points for award in awards):
                postings.append(loose_reversal(draft, promise.program, member, points, merchant))
    return postings


def loose_reversal(draft, program: Program, member: tuple[int, int], points: int, merchant: Merchant) -> Posting:
    """Points going back for a return without a receipt."""
    return Posting(
        account_id=member[1],
        membership_id=member[0],
        merchant_id=merchant.pk,
        kind=EntryKind.REVERSE,
        points=-points,
        occurred_at=draft.occurred_at,
        key=f"return:{draft.pk}:{program.pk}",
        refund_id=draft.pk,
        imported_id=draft.imported_id,
        actor=draft.actor,
        forgive=True,
    )


def forget(*, merchant: Merchant, customers: list[int]) -> None:
    """Remove what rewards knows of customers who are about to be removed themselves."""
    members = Membership.objects.filter(customer__in=customers)
    theirs = Purchase.objects.filter(merchant=merchant, customer_id__among=customers)
    Judgement.objects.filter(purchase__in=theirs.values("pk")).delete()
    ledger.close_accounts(list(members.values_list("account", flat=True)))
