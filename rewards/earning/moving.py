"""Points of a purchase that never was, or was somebody else's."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.models import Import, Purchase
from customers.purchases import PurchaseDraft
from rewards import expiry, ledger, programs, tiers
from rewards.ledger import Posting
from rewards.models import Entry, Judgement, RuleUse
from rewards.models.ledger import EntryKind
from rewards.models.tiers import Cause
from rewards.tiers import Reason

from . import basket, judging, stamping, uses
from .rest import Rest, total
from .returning import keep_uses, kept_points

VOIDED, MOVED = "void", "moved"


@transaction.atomic
def withdraw(*, merchant: Merchant, purchase: Purchase, at: datetime, actor: str = "") -> list[Posting]:
    """Take back all points of a purchase just voided, and give back what it used of limits; returns the postings."""
    judged = standing([purchase.pk])
    keep_uses(Rest(merchant, judged, {purchase.pk: purchase}))
    away = reversals(merchant, judged, VOIDED, at=at, actor=actor)
    postings = stamping.post(away, cards_of(away, judged), at=at)
    reason = Reason(Cause.VOID, at, purchase=purchase.pk)
    tiers.follow(merchant=merchant, reasons={one.membership_id: reason for one in judged if one.has_tiers}, at=at)
    return postings


@transaction.atomic
def move(
    *, merchant: Merchant, purchase: Purchase, draft: PurchaseDraft, at: datetime, actor: str = ""
) -> list[Posting]:
    """Take all points of a purchase from who had it, and judge it for who has it now (`draft`, with its lines).

    By the same versions. What has come back of it since takes its points back here too. Returns the postings; those
    taken away are keyed `moved:`.
    """
    promises = programs.promises(merchant)
    judged = standing([purchase.pk])
    pass_turnstiles(promises)
    rest = Rest(merchant, judged, {purchase.pk: purchase})
    keep_uses(rest, gone=True)
    RuleUse.objects.filter(purchase=purchase).delete()
    away = reversals(merchant, judged, MOVED, at=at, actor=actor)
    put_away(purchase, judged)
    draft.actor = actor
    cards = cards_of(away, judged)
    arriving = arrivals(merchant, promises, draft, purchase, judged, cards, at)
    posted = stamping.post([*away, *arriving], cards, at=at)
    judging.settle_idle(promises, [draft], at=at)
    follow_move(merchant, promises, purchase, at=at)
    return posted


def cards_of(postings: list[Posting], judged: list[Judgement]) -> dict[str, stamping.Card]:
    """The stamp cards that these postings of judgements are for."""
    stamps = {one.membership_id: one.version.stamps for one in judged}
    cards: dict[str, stamping.Card] = {}
    for posting in postings:
        cards |= stamping.card_of(posting, stamps.get(posting.membership_id))
    return cards


def follow_move(merchant: Merchant, promises: list[programs.Promise], purchase: Purchase, *, at: datetime) -> None:
    """Let the tiers of both sides follow; no query where no program has tiers."""
    tiered = [promise.program.pk for promise in promises if promise.ladder]
    if tiered:
        both = Judgement.objects.filter(purchase=purchase, program__in=tiered).values_list("membership", flat=True)
        reason = Reason(Cause.MOVE, at, purchase=purchase.pk)
        tiers.follow(merchant=merchant, reasons=dict.fromkeys(both, reason), at=at)


@transaction.atomic
def restore(*, imported: Import, purchases: QuerySet, at: datetime) -> list[Posting]:
    """Give back what purchases lost for returns of an import that are undone, to whom they were moved after them.

    Who had a purchase when it came back gets theirs from the ledger (`ledger.restore_returns`). At most what was
    really taken: what had been spent or had expired was let go, and stays so.
    """
    arrived = Entry.objects.filter(purchase=OuterRef("pk"), key__startswith="rest:")
    found = {one.pk: one for one in purchases.standing().filter(Exists(arrived))}
    judged = standing(found)
    rest, kept, taken = Rest(imported.merchant, judged, found), kept_points(found), taken_on_arrival(found)
    postings = []
    for one in judged:
        account, has = kept.get((one.purchase_id, one.membership_id), (one.membership.account_id, 0))
        if (points := min(total(rest.awards(one)) - has, taken[one.pk])) > 0:
            key = f"rest:{one.pk}:undo:{imported.pk}"
            back = given(one, found[one.purchase_id], account, points, key, merchant=imported.merchant, at=at)
            postings.append(back)
    return ledger.post(postings, at=at)


def taken_on_arrival(purchases: Iterable[int]) -> dict[int, int]:
    """What was taken from new customers for what had come back before, by judgement, less what they got again."""
    taken: dict[int, int] = defaultdict(int)
    entries = Entry.objects.filter(purchase_id__among=list(purchases), key__startswith="rest:")
    for key, points in entries.values_list("key", "points"):
        taken[int(key.split(":")[1])] -= points
    return taken


def standing(purchases: Iterable[int]) -> list[Judgement]:
    """The judgements that stand of purchases (primary keys), with versions and memberships."""
    judged = tiers.tiered(Judgement.objects.standing().filter(purchase__in=list(purchases)))
    return list(judged.select_related("version", "membership").order_by("purchase", "program"))


def pass_turnstiles(promises: list[programs.Promise]) -> None:
    """Wait for all programs that count uses over all customers at once: on both sides, in one order."""
    shared = {
        promise.program.pk
        for promise in promises
        for terms in promise.versions
        if any(rule.limits.total for rule in terms.ruleset.counted)
    }
    if shared:
        uses.pass_turnstiles(shared)


def put_away(purchase: Purchase, judged: list[Judgement]) -> None:
    """Let judgements stand no longer; they are kept for the entries that they explain."""
    if judged:
        last = Judgement.objects.filter(purchase=purchase).aggregate(last=Max("withdrawn"))["last"]
        Judgement.objects.filter(pk__in=[one.pk for one in judged]).update(withdrawn=last + 1)


def reversals(merchant: Merchant, judged: list[Judgement], cause: str, *, at: datetime, actor: str) -> list[Posting]:
    """All that the judged purchases still keep, going back."""
    kept = kept_points({one.purchase_id for one in judged})
    found = ((one, *kept.get((one.purchase_id, one.membership_id), (0, 0))) for one in judged)
    return [
        taken(one, account, points, f"{cause}:{one.pk}", merchant=merchant, at=at, actor=actor)
        for one, account, points in found
        if points > 0
    ]


def taken(
    one: Judgement, account: int, points: int, key: str, *, merchant: Merchant, at: datetime, actor: str
) -> Posting:
    """Points of a judgement going back, to the account where they were earned."""
    return Posting(
        account_id=account,
        membership_id=one.membership_id,
        merchant_id=merchant.pk,
        kind=EntryKind.REVERSE,
        points=-points,
        occurred_at=at,
        key=key,
        purchase_id=one.purchase_id,
        actor=actor,
        forgive=one.version.policies["clawback"] == "clamp",
    )


def given(
    one: Judgement, purchase: Purchase, account: int, points: int, key: str, *, merchant: Merchant, at: datetime
) -> Posting:
    """Points of a judgement coming back to the account where they were earned, spendable as long as its others."""
    terms = programs.Terms.of(one.version, merchant.timezone)
    available_at, expires_at = judging.spendable(terms, purchase, merchant.timezone)
    return Posting(
        account_id=account,
        membership_id=one.membership_id,
        merchant_id=merchant.pk,
        kind=EntryKind.EARN,
        points=points,
        occurred_at=at,
        key=key,
        purchase_id=one.purchase_id,
        available_at=available_at,
        idle_from=purchase.occurred_at,
        **expiry.of_lot(*terms.expiry, expires_at),
    )


def arrivals(
    merchant: Merchant,
    promises: list[programs.Promise],
    draft: PurchaseDraft,
    purchase: Purchase,
    before: list[Judgement],
    cards: dict[str, stamping.Card],
    at: datetime,
) -> list[Posting]:
    """Judge a purchase for its new customer: what it earned, and what has come back of it since.

    Notes in `cards` which of the postings are stamps.
    """
    gains = judge_for(merchant, promises, draft, before, at)
    if not gains:
        return []
    judged = standing([purchase.pk])
    rest = Rest(merchant, judged, {purchase.pk: purchase})
    keep_uses(rest)
    postings = []
    for one in judged:
        posting = gains[one.program_id]
        posting.key = f"judgement:{one.pk}"
        if posting.points:
            postings.append(posting)
        missing = total(rest.awards(one)) - one.points
        if missing < 0:
            account, key = posting.account_id, f"rest:{one.pk}"
            postings.append(taken(one, account, -missing, key, merchant=merchant, at=at, actor=draft.actor))
        elif missing > 0:  # a smaller basket may deserve more
            postings.append(more(posting, missing, f"rest:{one.pk}"))
    cards |= cards_of(postings, judged)
    return postings


def judge_for(
    merchant: Merchant, promises: list[programs.Promise], draft: PurchaseDraft, before: list[Judgement], at: datetime
) -> dict[int, Posting]:
    """Judge a purchase by the versions that judged it before, or held then, and remember it; the gains by program."""
    held = {one.program_id: programs.Terms.of(one.version, merchant.timezone) for one in before}
    cases = judging.list_cases(promises, [draft])
    for case in cases:
        case.terms = held.get(case.program.pk, case.terms)
        case.ruleset = case.terms.ruleset
    around = basket.Surroundings(merchant, [draft], (case.ruleset for case in cases), history=False)
    ladder = tiers.Standing(merchant, cases, promises)
    tally = uses.Tally(cases)
    gains, judgements = {}, []
    for case in cases:
        gain, stored = judging.weigh(case, around, tally, ladder)
        judgements.append(judging.judgement(case, gain, stored, at))
        gains[case.program.pk] = judging.posting(case, gain, merchant)
    rows.insert(Judgement, judging.FIELDS, judgements)
    tally.write()
    return gains


def more(posting: Posting, points: int, key: str) -> Posting:
    """Points beyond those of a judgement, spendable like them."""
    return Posting(
        account_id=posting.account_id,
        membership_id=posting.membership_id,
        merchant_id=posting.merchant_id,
        kind=EntryKind.EARN,
        points=points,
        occurred_at=posting.occurred_at,
        key=key,
        purchase_id=posting.purchase_id,
        imported_id=posting.imported_id,
        actor=posting.actor,
        available_at=posting.available_at,
        expires_at=posting.expires_at,
        idle_months=posting.idle_months,
    )
