"""Judging what customers did: each purchase or activity by every program, by the version valid then, once."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers import activity
from customers.activities import ActivityDraft
from customers.merchants import rows
from customers.merchants.models import Merchant
from rewards import expiry, ledger, programs, rules, tiers
from rewards.ledger import Posting
from rewards.models import Judgement, Membership, Program
from rewards.models.ledger import EntryKind
from rewards.rules.triggers import PURCHASE

from . import basket, stamping
from .uses import Tally

FIELDS = ["purchase", "activity", "program", "version", "membership", "facts", "awards", "points", "judged_at"]


@dataclass(slots=True)
class Earned:
    """What one program gave for one purchase or activity: whole points, why, and when they can be spent."""

    program: Program
    membership_id: int
    awards: list[rules.Award]
    points: int
    available_at: datetime
    expires_at: datetime | None


@dataclass(slots=True)
class Case:
    """A purchase or activity (a recorded draft) before a program: the terms that held, and whose it is.

    `ruleset` has only the rules that it sets off.
    """

    happened: object
    trigger: str
    program: Program
    terms: programs.Terms
    ruleset: rules.Ruleset
    membership: int
    account: int

    @property
    def source(self) -> tuple[int | None, int | None]:
        """The keys of the purchase and of the activity, one of them empty."""
        return (self.happened.pk, None) if self.trigger == PURCHASE else (None, self.happened.pk)

    @property
    def is_named(self) -> bool:
        """Whether any rule is for it; a purchase is judged all the same, and its judgement says so."""
        return self.trigger == PURCHASE or bool(self.ruleset.rules)


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
    earned: dict[int, list[Earned]] = {}
    if cases:
        if history:  # whose account may be changing
            activity.hold(merchant=merchant, customers={case.happened.customer_id for case in cases})
        around = basket.Surroundings(merchant, purchases, rulesets(cases), history=history)
        standing = tiers.Standing(merchant, cases, promises, history=history)
        earned = settle(cases, around, standing, merchant, at)
    settle_idle(promises, purchases, at=at)
    return earned


@transaction.atomic
def judge_activities(
    *, merchant: Merchant, activities: list, at: datetime, only: Program | None = None
) -> dict[int, list[Earned]]:
    """Judge activities (recorded drafts) by every program that has a rule for their type, or `only` one of them.

    As purchases are judged, by the version valid at their `occurred_at`, in order of occurrence, and by as many
    statements however long the list. Their customers are held. Returns what was earned by activity key.
    """
    activities = sorted(activities, key=lambda one: one.occurred_at)
    promises = programs.promises(merchant, only=only)
    cases = [case for case in list_cases(promises, activities) if case.is_named]
    if not cases:
        return {}
    around = basket.Surroundings(merchant, activities, rulesets(cases), history=False)
    return settle(cases, around, tiers.Standing(merchant, cases, promises), merchant, at)


def rulesets(cases: list[Case]) -> list[rules.Ruleset]:
    """The rules by which these cases are judged, each once."""
    return list({(case.terms.version_id, case.trigger): case.ruleset for case in cases}.values())


def settle(
    cases: list[Case], around: basket.Surroundings, standing: tiers.Standing, merchant: Merchant, at: datetime
) -> dict[int, list[Earned]]:
    """Decide cases in their order, remember each, and post what they earn; returns that by what happened."""
    earned: dict[int, list[Earned]] = {}
    tally = Tally(cases)
    judgements, postings, cards = [], [], {}
    for case in cases:
        gain, stored = weigh(case, around, tally, standing)
        if case.trigger == PURCHASE:
            standing.add(case, gain.points)
        earned.setdefault(case.happened.pk, []).append(gain)
        judgements.append(judgement(case, gain, stored, at))
        if gain.points:
            postings.append(posting(case, gain, merchant))
            cards |= stamping.card_of(postings[-1], case.terms.wording.stamps)
    rows.insert(Judgement, FIELDS, judgements)
    tally.write()
    stamping.post(postings, cards, at=at)
    standing.write(at=at)
    return earned


def book_idle(*, merchant: Merchant, purchases: list, at: datetime) -> None:
    """Book the points that were over before purchases just recorded, so that nobody spends what these seem to move."""
    settle_idle(programs.promises(merchant), purchases, at=at)


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


def list_cases(promises: list[programs.Promise], happened: list) -> list[Case]:
    """Every purchase or activity before every program that held then and has its customer as a member (one query)."""
    members = memberships(promises, {one.customer_id for one in happened} - {None})
    cases = []
    for one in happened:
        trigger = one.type if isinstance(one, ActivityDraft) else PURCHASE
        for promise in promises:
            member = members.get((promise.program.pk, one.customer_id))
            terms = promise.terms(one.occurred_at) if member else None
            if terms:
                cases.append(Case(one, trigger, promise.program, terms, terms.ruleset.on(trigger), *member))
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


def weigh(case: Case, around: basket.Surroundings, tally: Tally, standing: tiers.Standing) -> tuple[Earned, dict]:
    """What a version gives for what happened on its day, and the facts to remember."""
    happened, terms = case.happened, case.terms
    if case.trigger == PURCHASE:
        facts = basket.of(happened, basket.earning_base(happened, case.ruleset), case.ruleset, around)
        nothing = basket.earns_nothing(happened)
    else:
        facts, nothing = basket.of_activity(happened, case.ruleset, around), False
    if case.ruleset.tiered:
        facts.tier = standing.tier(case)
    if case.ruleset.counted:
        facts.left = tally.left(case)
    awards = [] if nothing else rules.evaluate(case.ruleset, facts)
    if case.ruleset.counted:
        tally.add(case, awards)
    available_at, expires_at = spendable(terms, happened, terms.zone)
    gain = Earned(
        program=case.program,
        membership_id=case.membership,
        awards=awards,
        points=sum(award.points for award in awards),
        available_at=available_at,
        expires_at=expires_at,
    )
    return gain, basket.kept(facts, case.ruleset, nothing=nothing)


def spendable(terms: programs.Terms, happened, zone: str) -> tuple[datetime, datetime | None]:
    """From when until when points of a purchase or activity can be spent: both count from its day."""
    day, hold = happened.occurred_on, terms.policies["hold_days"]
    available_at = expiry.held_until(hold, day, zone) if hold else happened.occurred_at
    return available_at, expiry.expires_at(*terms.expiry, day, zone)


def judgement(case: Case, gain: Earned, stored: dict, at: datetime) -> tuple:
    """The row that remembers how something was judged."""
    awards = [award.stored() for award in gain.awards]
    return (
        *case.source, case.program.pk, case.terms.version_id, case.membership, stored, awards, gain.points, at,
    )  # fmt: skip


def posting(case: Case, gain: Earned, merchant: Merchant) -> Posting:
    """The points of a judgement as the ledger takes them."""
    happened = case.happened
    purchase, activity_id = case.source
    return Posting(
        account_id=case.account,
        membership_id=case.membership,
        merchant_id=merchant.pk,
        kind=EntryKind.EARN,
        points=gain.points,
        occurred_at=happened.occurred_at,
        key=f"{'purchase' if purchase else 'activity'}:{happened.pk}:{case.program.pk}",
        purchase_id=purchase,
        activity_id=activity_id,
        imported_id=happened.imported_id if purchase else None,
        actor=happened.actor,
        available_at=gain.available_at,
        **expiry.of_lot(*case.terms.expiry, gain.expires_at),
    )
