"""A promise while it is edited: what it says, what it would give, what publishing would change, and what is odd."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from customers.merchants.models import Location, Merchant
from customers.merchants.templatetags.ficha import money, points, relative
from customers.models import Audience, Purchase
from loyalty_site import flows
from loyalty_site.program_forms import PromiseForm
from loyalty_site.program_forms.rules import RuleForm
from rewards import earning, rules
from rewards.models import Program, ProgramVersion
from rewards.models.programs import Status
from rewards.programs import Wording
from rewards.rules import Doubt, parsing

from . import versions
from .programs import read, said_policies

TRIED_ON = 5  # purchases of the shop that can be chosen


@dataclass(slots=True)
class Reading:
    """One rule of the form: its sentence, or what is wrong with it."""

    row: RuleForm
    text: str
    is_wrong: bool


@dataclass(slots=True)
class Given:
    """What a rule gives for the example, before and after the change; None where there is no such rule."""

    name: str
    before: int | None
    after: int | None


@dataclass(slots=True)
class Example:
    """A purchase before both wordings."""

    given: list[Given]
    before: int
    after: int


@dataclass(slots=True)
class Edited:
    """What stands beside the form. `said` names its wording, so that what was shown is what is published.

    `seen` is the same where there is something to publish.
    """

    readings: list[Reading]
    policies: list[str] = field(default_factory=list)
    example: Example | None = None
    difference: versions.Difference | None = None
    doubts: list[Doubt] = field(default_factory=list)
    said: str = ""
    seen: str = ""
    is_draft: bool = False
    next_number: int = 1

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to publish: also what no sentence shows."""
        return bool(self.seen)


def form_of(program: Program, data) -> PromiseForm:
    """The form of a program's last version, filled or as it was sent (five queries)."""
    version = program.versions.order_by("-number").first()
    version.program = program
    places = dict(Location.objects.for_merchant(program.merchant).order_by("name").values_list("public_id", "name"))
    listed = Audience.objects.for_merchant(program.merchant).exclude(segment__archived_at__isnull=False)
    places |= listed.order_by("name").values_list("public_id", "name")
    return PromiseForm(program, version, data, places=places, choices=recent(program.merchant))


def recent(merchant: Merchant) -> list[tuple[str, str]]:
    """The last purchases of known customers to try rules on, with how they read (one query)."""
    bought = Purchase.objects.for_merchant(merchant).standing().filter(customer__isnull=False)
    return [(one.public_id, label(one, merchant)) for one in bought.order_by("-occurred_at", "-pk")[:TRIED_ON]]


def label(purchase: Purchase, merchant: Merchant) -> str:
    """A purchase as one chooses it: its amount and when it was."""
    local, now = timezone.localtime(purchase.occurred_at), timezone.localtime()
    return f"{money(purchase.amount, merchant.currency)} · {relative(local, now)}"


def edited(form: PromiseForm, *, at: datetime) -> Edited:
    """Everything that follows from the form as it stands (three queries at most beyond the example's)."""
    wording = form.wording()
    shown = Edited(
        readings=[reading(row, form) for row in form.rows],
        is_draft=form.program.status == Status.DRAFT,
        next_number=form.version.number + 1,
    )
    if wording is None:
        return shown
    after = ProgramVersion(program=form.program, number=shown.next_number, valid_from=at, **wording.columns())
    shown.policies = said_policies(after, form.program.merchant.currency)
    shown.doubts = rules.doubts(read(after), at=at)
    shown.example = example(form, after, at=at)
    shown.said = digest(wording)
    if wording != Wording.of(form.version):
        shown.difference = versions.difference(form.program, form.version, after)
        shown.seen = shown.said
    return shown


def digest(wording: Wording) -> str:
    """A short name of what a wording says."""
    said = json.dumps(wording.columns(), sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def reading(row: RuleForm, form: PromiseForm) -> Reading:
    """One rule in words; what is wrong with it, if anything is."""
    merchant, unit = form.program.merchant, form.program.unit
    if row.reads_first:
        return Reading(row, row.reads_first, True)
    try:
        rule = parsing.parse_one(row.rule(), "rule", merchant.timezone)
    except rules.InvalidRule as refusal:
        return Reading(row, str(refusal), True)
    said = rules.sentence(
        rule,
        money=lambda minor: money(minor, merchant.currency),
        points=lambda count: points(count, unit),
        places=form.places,
    )
    return Reading(row, said, False)


def example(form: PromiseForm, after: ProgramVersion, *, at: datetime) -> Example | None:
    """What the chosen purchase earns by the version that stands and by the one that is written."""
    if not form.example.is_valid():
        return None
    draft, first = chosen(form, at=at)
    rulesets = [read(form.version), read(after)]
    was, now = (
        {award.rule: award.points for award in awards}
        for awards in earning.tried(merchant=form.program.merchant, purchase=draft, rulesets=rulesets, first=first)
    )
    names = [[rule.name for rule in ruleset.rules] for ruleset in rulesets]
    given = [
        Given(name, was.get(name, 0) if name in names[0] else None, now.get(name, 0) if name in names[1] else None)
        for name in dict.fromkeys([*names[1], *names[0]])
    ]
    return Example(given, sum(was.values()), sum(now.values()))


def chosen(form: PromiseForm, *, at: datetime):
    """The purchase to try, and whether it is a first one where no record says."""
    typed = form.example.cleaned_data
    if typed["of"]:
        bought = Purchase.objects.for_merchant(form.program.merchant).prefetch_related("lines")
        return flows.as_draft(bought.get(public_id=typed["of"])), None
    return form.example.described(at), typed["first"]
