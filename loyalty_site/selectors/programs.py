"""Programs as people read them: what each wording of the promise says, and what waits to be judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.merchants.models import Location, Merchant
from customers.merchants.templatetags.ficha import money, points, rate
from customers.models import Audience
from loyalty_site import flows
from rewards import ladders, rules
from rewards.models import Program, ProgramClosing, ProgramVersion
from rewards.models.programs import Kind, State, Status
from rewards.programs import read_rules

from . import beyond, closings, goals, tiers

WORKER_TAKES = timedelta(days=1)


@dataclass(slots=True)
class Wording:
    """One version of a promise in sentences."""

    version: ProgramVersion
    sentences: list[str]


@dataclass(slots=True)
class Listed:
    """A program of the list with what it promises now."""

    program: Program
    state: State
    wording: Wording
    value: str


@dataclass(slots=True)
class ProgramPage:
    """One program: every wording, newest first, how much of its past is still to be judged, and how it ends."""

    program: Program
    state: State
    wordings: list[Wording]
    value: str
    waiting: int
    closing: ProgramClosing | None
    earns: bool
    goals: list[str]


def program_list(merchant: Merchant, *, at: datetime) -> list[Listed]:
    """The shop's programs, the oldest first, each with its last wording and how many people are in (two queries)."""
    programs = list(programs_of(merchant).annotate(members=Count("memberships")).prefetch_related("versions"))
    places = places_in(merchant, [list(one.versions.all())[-1] for one in programs])
    return [
        Listed(one, one.state(at), latest(one, merchant.currency, places), value(one, merchant.currency))
        for one in programs
    ]


def programs_of(merchant: Merchant) -> QuerySet[Program]:
    """The merchant's programs in the order in which they were made."""
    return Program.objects.for_merchant(merchant).order_by("created_at", "pk")


def program_page(program: Program, *, at: datetime) -> ProgramPage:
    """The page of a program (two queries; one more each where history earns, where it closes, and for a budget)."""
    currency = program.merchant.currency
    versions = list(program.versions.order_by("-number"))
    for version in versions:
        version.program = program
    places = places_in(program.merchant, versions)
    return ProgramPage(
        program=program,
        state=program.state(at),
        wordings=[Wording(version, sentences(version, program.unit, currency, places)) for version in versions],
        value=value(program, currency),
        waiting=waiting(program, at=at),
        closing=closings.standing(program) if program.spendable_until else None,
        earns=program.earns_until is None or at < program.earns_until,
        goals=goals.of(program, at=at),
    )


def waiting(program: Program, *, at: datetime) -> int:
    """How many purchases since the start would earn, or wait for the worker to let them (two queries at most).

    The worker is done within the day; later the question would read the whole history for nothing. Purchases in a
    pause never earn, so a program that was ever paused is not asked.
    """
    if program.starts_at is None or program.starts_at >= at:
        return 0
    if program.status == Status.DRAFT:
        return flows.history(program).count()
    if at - program.activated_at > WORKER_TAKES or program.pauses.exists():
        return 0
    return flows.unjudged(program).count()


def latest(program: Program, currency: str, places: dict[str, str]) -> Wording:
    """The newest wording of a program whose versions are at hand."""
    version = list(program.versions.all())[-1]
    return Wording(version, sentences(version, program.unit, currency, places))


def value(program: Program, currency: str) -> str:
    """What a point is worth, with as many decimals as it needs; empty for nothing, and where it says nothing."""
    if program.kind in {Kind.CASHBACK, Kind.MEMBERSHIP}:
        return ""
    return rate(program.point_value, currency) if program.point_value else ""


def sentences(version: ProgramVersion, unit: str, currency: str, places: dict[str, str] | None = None) -> list[str]:
    """A version in words: what is earned, on what, from when it can be spent and until when."""
    earned = said_rules(version, unit, currency, places)
    named = [f"{name}: {said}" for name, said in earned.items()] if len(earned) > 1 else list(earned.values())
    return [*said_card(version, currency), *named, *said_terms(version, currency)]


def said_rules(
    version: ProgramVersion, unit: str, currency: str, places: dict[str, str] | None = None
) -> dict[str, str]:
    """The rules of a version in words, by name."""
    write = {"money": lambda minor: money(minor, currency), "points": lambda count: points(count, unit)}
    return {rule.name: rules.sentence(rule, places=places, **write) for rule in read(version).rules}


def said_policies(version: ProgramVersion, currency: str) -> list[str]:
    """What a version says beyond its rules, where it makes a difference."""
    return [*said_card(version, currency), *said_terms(version, currency)]


def said_card(version: ProgramVersion, currency: str) -> list[str]:
    """What a full card gives."""
    return beyond.card(version.stamps, lambda minor: money(minor, currency))


def said_terms(version: ProgramVersion, currency: str) -> list[str]:
    """The tiers, how points count, how long they live, and what a return does."""
    policies, kind = version.policies, version.program.kind
    if kind == Kind.MEMBERSHIP:
        free = _("Everybody who is in is a member. There are no points.")
        return [free, *tiers.sentences(version, version.program.unit, currency)]
    zone = timezone.get_current_timezone_name()
    said = [
        *tiers.sentences(version, version.program.unit, currency),
        *beyond.sums(read(version), ladders.parse(version.tiers, version.tier_policy, zone)),
        beyond.base(policies["earning_base"]),
        beyond.hold(policies["hold_days"]),
        beyond.life(policies["expiry"]) if kind == Kind.POINTS else beyond.life_of_units(policies["expiry"]),
    ]
    return [*filter(None, said), *beyond.card_back(version.stamps), beyond.clawback(policies["clawback"], kind)]


def read(version: ProgramVersion) -> rules.Ruleset:
    """The rules of a version, on the shop's clock."""
    return read_rules(version.rules, version.policies, timezone.get_current_timezone_name())


def places_in(merchant: Merchant, versions: Iterable[ProgramVersion]) -> dict[str, str]:
    """The names of locations and audiences by id, where a rule asks for some (a query for each then)."""
    whens = [rule.get("when") or {} for version in versions for rule in version.rules]
    named = {}
    for part, model in (("locations", Location), ("audiences", Audience)):
        if any(when.get(part) for when in whens):
            named |= dict(model.objects.for_merchant(merchant).values_list("public_id", "name"))
    return named
