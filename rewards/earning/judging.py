"""Judging purchases: each by every program, by the version valid when it was bought, once."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers import activity
from customers.merchants import rows
from customers.merchants.models import Merchant
from rewards import expiry, ledger, programs, rules
from rewards.ledger import Posting
from rewards.models import Judgement, Membership, Program
from rewards.models.ledger import EntryKind

from . import basket
from .uses import Tally

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


@dataclass(slots=True)
class Case:
    """A purchase before a program: the terms that held, and whose it is."""

    purchase: object
    program: Program
    terms: programs.Terms
    ruleset: rules.Ruleset
    membership: int
    account: int


@transaction.atomic
def judge(
    *, merchant: Merchant, purchases: list, at: datetime, only: Program | None = None, history: bool = False
) -> dict[int, list[Earned]]:
    """Judge purchases (recorded drafts, with lines) by every program, or `only` one, and post what they earn.

    Each purchase is judged by the version valid at its `occurred_at`, once per program, in order of occurrence: so
    limits and first purchases count. Statements do not grow with the list. Their customers are held, unless they are
    `history`, on record for long. Returns what was earned by purchase key.
    """
    promises = programs.promises(merchant, only=only)
    purchases = sorted(purchases, key=lambda purchase: purchase.occurred_at)
    cases = list_cases(promises, purchases)
    earned = judge_cases(merchant, cases, purchases, at=at, history=history) if cases else {}
    settle_idle(promises, purchases, at=at)
    return earned


def judge_cases(
    merchant: Merchant, cases: list[Case], purchases: list, *, at: datetime, history: bool
) -> dict[int, list[Earned]]:
    """Judge cases in order, remember it and post what they earn."""
    rulesets = {case.terms.version_id: case.ruleset for case in cases}
    needs = frozenset().union(*(ruleset.needs for ruleset in rulesets.values()))
    if history:  # whose account may be changing
        activity.hold(merchant=merchant, customers={case.purchase.customer_id for case in cases})
    around = basket.Surroundings(merchant, purchases, needs, history=history)
    earned: dict[int, list[Earned]] = {}
    tally = Tally(cases)
    judgements, postings = [], []
    for case in cases:
        gain, stored = weigh(case, around, tally, merchant.timezone)
        earned.setdefault(case.purchase.pk, []).append(gain)
        judgements.append(judgement(case, gain, stored, at))
        if gain.points:
            postings.append(posting(case, gain, merchant))
    rows.insert(Judgement, FIELDS, judgements)
    tally.write()
    ledger.post(postings, at=at)
    return earned


def settle_idle(promises: list[programs.Promise], purchases: list, *, at: datetime) -> None:
    """Book the points that were over before these purchases could move them; nothing to do where none go by idleness.

    What a purchase moves it moves in every program of its customer, paused ones too.
    """
    waiting = [
        promise
        for promise in promises
        if any(terms.policies["expiry"]["kind"] == "inactivity" for terms in promise.versions)
    ]
    if waiting:
        members = memberships(waiting, {purchase.customer_id for purchase in purchases} - {None})
        ledger.settle_idle({account for __, account in members.values()}, at=at)


def list_cases(promises: list[programs.Promise], purchases: list) -> list[Case]:
    """Every purchase before every program that held then and has its customer as a member (one query)."""
    members = memberships(promises, {purchase.customer_id for purchase in purchases} - {None})
    cases = []
    for purchase in purchases:
        for promise in promises:
            member = members.get((promise.program.pk, purchase.customer_id))
            terms = promise.terms(purchase.occurred_at) if member else None
            if terms:
                cases.append(Case(purchase, promise.program, terms, terms.ruleset, *member))
    return cases


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


def weigh(case: Case, around: basket.Surroundings, tally: Tally, zone: str) -> tuple[Earned, dict]:
    """What a version gives for a purchase on its day, and the facts to remember."""
    purchase, terms = case.purchase, case.terms
    facts = basket.of(purchase, basket.earning_base(purchase), case.ruleset, around)
    if case.ruleset.counted:
        facts.left = tally.left(case)
    nothing = basket.earns_nothing(purchase)
    awards = [] if nothing else rules.evaluate(case.ruleset, facts)
    if case.ruleset.counted:
        tally.add(case, awards)
    available_at, expires_at = spendable(terms, purchase, zone)
    gain = Earned(
        program=case.program,
        membership_id=case.membership,
        awards=awards,
        points=sum(award.points for award in awards),
        available_at=available_at,
        expires_at=expires_at,
    )
    return gain, basket.kept(facts, case.ruleset, nothing=nothing)


def spendable(terms: programs.Terms, purchase, zone: str) -> tuple[datetime, datetime | None]:
    """From when until when points of a purchase can be spent: both count from its day."""
    day, hold = purchase.occurred_on, terms.policies["hold_days"]
    available_at = expiry.held_until(hold, day, zone) if hold else purchase.occurred_at
    return available_at, expiry.expires_at(*terms.expiry, day, zone)


def judgement(case: Case, gain: Earned, stored: dict, at: datetime) -> tuple:
    """The row that remembers how a purchase was judged."""
    awards = [award.stored() for award in gain.awards]
    return (
        case.purchase.pk, case.program.pk, case.terms.version_id, case.membership, stored, awards, gain.points, at,
    )  # fmt: skip


def posting(case: Case, gain: Earned, merchant: Merchant) -> Posting:
    """The points of a judgement as the ledger takes them."""
    purchase = case.purchase
    return Posting(
        account_id=case.account,
        membership_id=case.membership,
        merchant_id=merchant.pk,
        kind=EntryKind.EARN,
        points=gain.points,
        occurred_at=purchase.occurred_at,
        key=f"purchase:{purchase.pk}:{case.program.pk}",
        purchase_id=purchase.pk,
        imported_id=purchase.imported_id,
        actor=purchase.actor,
        available_at=gain.available_at,
        **expiry.of_lot(*case.terms.expiry, gain.expires_at),
    )
