"""Taking back what no longer is deserved: the remaining basket is judged again, and the difference goes back.

"The remaining basket" has one definition, `Rest`, for the points, for the uses of limited rules and for their proof.
"""

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Max, QuerySet, Sum

from customers.merchants.models import Merchant
from customers.models import Purchase
from rewards import expiry, programs, rules, tiers
from rewards.ledger import Posting
from rewards.models import Entry, Judgement, Program
from rewards.models.ledger import EntryKind
from rewards.models.tiers import Cause
from rewards.tiers import Reason

from . import basket, stamping, uses
from .judging import memberships, spendable
from .rest import Rest, total

AT_ONCE = 5_000


@transaction.atomic
def take_back(*, merchant: Merchant, returns: list, at: datetime, only: Program | None = None) -> list[Posting]:
    """Reverse what returns (recorded drafts) no longer earn, in every program or `only` one; returns the postings.

    With a purchase: what remains of it is judged again by the judged version and facts, and the difference goes back.
    Without one: what the amount would have earned at its date, from what the customer has, never into a deficit.
    """
    reasons: dict[int, Reason] = {}
    cards: dict = {}
    postings = [
        *reversals(merchant, returns, only, reasons, cards),
        *without_receipt(merchant, returns, only, reasons, cards),
    ]
    posted = stamping.post(postings, cards, at=at)
    tiers.follow(merchant=merchant, reasons=reasons, at=at)
    return posted


def note(reasons: dict[int, Reason], membership: int, draft) -> None:
    """Remember whose tier a return may change; of several the last."""
    if membership not in reasons or reasons[membership].at <= draft.occurred_at:
        reasons[membership] = Reason(Cause.REFUND, draft.occurred_at, draft.purchase_id, draft.pk)


def reversals(
    merchant: Merchant, returns: list, only: Program | None, reasons: dict[int, Reason], cards: dict
) -> list[Posting]:
    """One posting per judgement whose points differ from what is deserved; uses of limited rules are freed.

    Notes whose tiers are to follow, and in `cards` which of the postings are stamps.
    """
    last = {draft.purchase_id: draft for draft in returns if draft.purchase_id}
    if not last:
        return []
    back = CameBack(returns)
    # Locked, so that two refunds of one purchase reckon one after the other.
    purchases = {one.pk: one for one in Purchase.objects.select_for_update().filter(pk__in=last).order_by("pk")}
    judged = Judgement.objects.standing().filter(purchase__in=last).select_related("version", "membership")
    if only:
        judged = judged.filter(program=only)
    rest = Rest(merchant, tiers.tiered(judged).order_by("purchase", "program"), purchases)
    keep_uses(rest)
    kept = kept_points(last)
    postings = []
    for one in rest.judged:
        if one.has_tiers:
            note(reasons, one.membership_id, last[one.purchase_id])
        account, points = kept.get((one.purchase_id, one.membership_id), (one.membership.account_id, 0))
        missing = back.missing(one, rest, points)
        if missing < 0:
            postings.append(reversal(one, last[one.purchase_id], account, -missing, merchant))
        elif missing > 0:
            postings.append(gain(one, rest, last[one.purchase_id], account, missing, merchant))
        if missing:
            cards |= stamping.card_of(postings[-1], one.version.stamps)
    return postings


class CameBack:
    """What returns bring back of each purchase: amounts, and units of its lines."""

    def __init__(self, returns: list):
        self.amounts: dict[int, int] = defaultdict(int)
        self.units: dict[int, dict] = defaultdict(lambda: defaultdict(int))
        for draft in returns:
            self.amounts[draft.purchase_id] += draft.amount
            for line in draft.lines:
                self.units[draft.purchase_id][line.line_id] += line.quantity

    def missing(self, one: Judgement, rest: Rest, points: int) -> int:
        """What a judgement deserves more (or less) than the `points` that are kept.

        A smaller basket may deserve more; what was lost otherwise does not come back with it.
        """
        deserved = total(rest.awards(one))
        if deserved <= points:
            return deserved - points
        before = rest.awards(one, more=self.amounts[one.purchase_id], back=self.units.get(one.purchase_id))
        return min(deserved - points, max(deserved - total(before), 0))


def keep_uses(rest: Rest, *, gone: bool = False) -> None:
    """Let limits count what the remaining baskets use; nothing if they are `gone` with their customers."""
    uses.settle(
        [
            (one, rest.ruleset(one), rest.purchases[one.purchase_id].occurred_on, [] if gone else rest.awards(one))
            for one in rest.counted()
        ]
    )


def recount(*, merchant: Merchant, purchases: QuerySet, gone: bool = False) -> None:
    """Let limits count anew what purchases use, after they were voided or their returns undone; nothing if `gone`.

    Three queries where no rule has limits; otherwise a few for some thousand purchases.
    """
    versions = [
        terms.version_id
        for promise in programs.promises(merchant)
        for terms in promise.versions
        if terms.ruleset.counted
    ]
    last = 0
    while versions and (part := list(purchases.filter(pk__gt=last).order_by("pk")[:AT_ONCE])):
        last = part[-1].pk
        found = {one.pk: one for one in part}
        judged = Judgement.objects.standing().filter(version__in=versions, purchase_id__among=found)
        judged = judged.select_related("version").order_by("purchase", "program")
        keep_uses(Rest(merchant, judged, found), gone=gone)


def kept_points(purchases) -> dict[tuple[int, int], tuple[int, int]]:
    """The account where purchases earned, and what they still keep: earned, less taken back, forgiven or lapsed.

    By purchase and membership. What is taken back goes there, whatever account the membership has now; the last
    account counts for who got a purchase back after sharing one.
    """
    sums = (
        Entry.objects.filter(purchase__in=purchases, kind__in=[EntryKind.EARN, EntryKind.REVERSE])
        .values_list("purchase", "membership", "account")
        .annotate(kept=Sum(F("points") - F("forgiven") - F("lapsed")), last=Max("pk"))
        .order_by("last")
    )
    return {(purchase, member): (account, points) for purchase, member, account, points, __ in sums}


def reversal(one: Judgement, draft, account: int, points: int, merchant: Merchant) -> Posting:
    """Points of a purchase going back because of a return."""
    return Posting(
        kind=EntryKind.REVERSE,
        points=-points,
        forgive=one.version.policies["clawback"] == "clamp",
        **names(one, draft, account, merchant),
    )


def gain(one: Judgement, rest: Rest, draft, account: int, points: int, merchant: Merchant) -> Posting:
    """Points that the smaller basket earns more, spendable like those of the purchase."""
    terms, purchase = rest.terms[one.version_id], rest.purchases[one.purchase_id]
    available_at, expires_at = spendable(terms, purchase, rest.zone)
    return Posting(
        kind=EntryKind.EARN,
        points=points,
        available_at=available_at,
        idle_from=purchase.occurred_at,
        **expiry.of_lot(*terms.expiry, expires_at),
        **names(one, draft, account, merchant),
    )


def names(one: Judgement, draft, account: int, merchant: Merchant) -> dict:
    """Whose points a return moves, and why."""
    return {
        "account_id": account,
        "membership_id": one.membership_id,
        "merchant_id": merchant.pk,
        "occurred_at": draft.occurred_at,
        "key": f"refund:{draft.pk}:{one.program_id}",
        "purchase_id": one.purchase_id,
        "refund_id": draft.pk,
        "imported_id": draft.imported_id,
        "actor": draft.actor,
    }


def without_receipt(
    merchant: Merchant, returns: list, only: Program | None, reasons: dict[int, Reason], cards: dict
) -> list[Posting]:
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
            if member and promise.ladder:
                note(reasons, member[0], draft)
            if terms is None:
                continue
            if points := loose_points(draft, terms, merchant.timezone):
                postings.append(loose_reversal(draft, promise.program, member, points, merchant))
                cards |= stamping.card_of(postings[-1], terms.wording.stamps)
    return postings


def loose_points(draft, terms: programs.Terms, zone: str) -> int:
    """What a return without a receipt would have earned; nothing for what earns nothing."""
    if draft.goods and all(one.excluded for one in draft.goods):
        return 0
    return total(rules.evaluate(terms.ruleset, loose_facts(draft, terms, zone)))


def loose_facts(draft, terms: programs.Terms, zone: str) -> rules.Facts:
    """A return without a receipt as a purchase of its amount, or of its goods: of no channel, with unused limits."""
    unused = {rule.name: rules.left(rule, mine=(0, 0), everybody=(0, 0)) for rule in terms.ruleset.counted}
    return rules.Facts(
        base=draft.amount - sum(one.amount for one in draft.goods if one.excluded),
        lines=basket.earning_lines(draft.goods, draft.amount, terms.ruleset),
        moment=draft.occurred_at,
        local=draft.occurred_at.astimezone(ZoneInfo(zone)),
        left={name: bound for name, bound in unused.items() if bound is not None},
    )


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
