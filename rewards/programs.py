"""Making programs, publishing their versions, and knowing which one held at a moment."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.merchants.models import Location, Merchant
from customers.merchants.refusals import Conflict, Missing
from rewards import expiry, rules
from rewards.models import Program, ProgramPause, ProgramVersion
from rewards.models.programs import Status

DEFAULT_POLICIES = {
    "earning_base": "after_discounts",
    "rounding": "down",
    "multipliers": "best",
    "hold_days": 0,
    "expiry": {"kind": "never"},
    "clawback": "allow_negative",
}
CHOICES = {
    "earning_base": ("after_discounts", "before_discounts"),
    "rounding": ("down", "half_up", "up"),
    "multipliers": ("best", "all"),
    "clawback": ("allow_negative", "clamp"),
}
LONGEST_HOLD = 365


class NameTaken(Conflict):
    code = "name_taken"
    message = _("There is a program of this name already. Choose another name.")


class EditedMeanwhile(Conflict):
    code = "version_conflict"
    message = _("Somebody changed this program meanwhile. Load it again, and make your change once more.")


class UnknownLocation(Missing):
    code = "unknown_location"
    message = _("This shop has no location with that id.")


class WrongStatus(Conflict):
    code = "wrong_status"


@dataclass(frozen=True)
class Terms:
    """A version, read as far as somebody asks: what judging and posting need of it."""

    version_id: int
    valid_from: datetime
    rules_json: list
    policies: dict
    zone: str

    @cached_property
    def ruleset(self) -> rules.Ruleset:
        return read_rules(self.rules_json, self.policies, self.zone)

    @cached_property
    def expiry(self) -> tuple[str, int]:
        return expiry.parse(self.policies["expiry"])


@dataclass(frozen=True)
class Promise:
    """A started program with all its versions and pauses, to judge purchases of any time."""

    program: Program
    versions: list[Terms]
    pauses: list[tuple[datetime, datetime | None]]

    def terms(self, moment: datetime) -> Terms | None:
        """The version that held at a moment; None before the start and in a pause."""
        if moment < self.program.starts_at:
            return None
        if any(start <= moment and (end is None or moment < end) for start, end in self.pauses):
            return None
        held = self.versions[0]
        for version in self.versions[1:]:
            if version.valid_from <= moment:
                held = version
        return held


def promises(merchant: Merchant, *, only: Program | None = None) -> list[Promise]:
    """Every started program of the merchant, or `only` one of them, ready to judge (three queries)."""
    programs = Program.objects.for_merchant(merchant).started().prefetch_related("versions", "pauses").order_by("pk")
    if only:
        programs = programs.filter(pk=only.pk)
    return [
        Promise(
            program=program,
            versions=[
                Terms(version.pk, version.valid_from, version.rules, version.policies, merchant.timezone)
                for version in program.versions.all()
            ],
            pauses=[(pause.starts_at, pause.ends_at) for pause in program.pauses.all()],
        )
        for program in programs
    ]


def read_rules(rules_json: object, policies: dict, zone: str) -> rules.Ruleset:
    """The rules of a wording; raises InvalidRule."""
    policies = {**DEFAULT_POLICIES, **policies}
    return rules.parse(rules_json, rounding=policies["rounding"], multipliers=policies["multipliers"], zone=zone)


def check_rules(rules_json: object, policies: dict, merchant: Merchant) -> None:
    """Refuse rules that could not work at this shop; raises InvalidRule, and UnknownLocation (one query at most)."""
    read = read_rules(rules_json, policies, merchant.timezone)
    named = {place: rule.when.locations for place, rule in enumerate(read.rules) if rule.when and rule.when.locations}
    if not named:
        return
    known = set(Location.objects.for_merchant(merchant).values_list("public_id", flat=True))
    for place, locations in named.items():
        if not locations <= known:
            raise UnknownLocation(field=f"rules[{place}].when.locations")


@transaction.atomic
def create(
    *,
    merchant: Merchant,
    name: str,
    rules_json: list,
    at: datetime,
    policies: dict | None = None,
    unit: str = "points",
    auto_enrol: bool = True,
    point_value: Decimal = Decimal(0),
    starts_at: datetime | None = None,
) -> Program:
    """A draft program with its first version; it promises nothing until it is activated.

    Raises InvalidRule, InvalidPolicy, UnknownLocation, NameTaken.
    """
    policies = check_policies({} if policies is None else policies)
    check_rules(rules_json, policies, merchant)
    try:
        with transaction.atomic():
            program = Program.objects.create(
                merchant=merchant,
                name=name,
                unit=unit,
                auto_enrol=auto_enrol,
                point_value=point_value,
                starts_at=starts_at,
                created_at=at,
            )
    except IntegrityError as error:
        raise NameTaken(field="name") from error
    ProgramVersion.objects.create(program=program, number=1, valid_from=at, rules=rules_json, policies=policies)
    return program


def check_policies(policies: dict) -> dict:
    """The policies with their defaults; raises InvalidPolicy with the place named."""
    if not isinstance(policies, dict):
        raise expiry.InvalidPolicy(_('Policies are an object, such as {"hold_days": 0}.'), field="policies")
    for name, value in policies.items():
        if name not in DEFAULT_POLICIES:
            raise expiry.InvalidPolicy(
                _("The policy '%(name)s' is not known in this version. Known: %(known)s."),
                values={"name": name, "known": ", ".join(DEFAULT_POLICIES)},
                code="unknown_field",
                field=f"policies.{name}",
            )
        if name in CHOICES and value not in CHOICES[name]:
            raise expiry.InvalidPolicy(
                _("'%(name)s' is one of: %(choices)s."),
                values={"name": name, "choices": ", ".join(CHOICES[name])},
                field=f"policies.{name}",
            )
    policies = {**DEFAULT_POLICIES, **policies}
    check_hold(policies["hold_days"], expiry.shortest_life(*expiry.parse(policies["expiry"])))
    return policies


def check_hold(days: object, life: int | None) -> None:
    """A hold is whole days, and shorter than the life of the points it holds."""
    if type(days) is not int or not 0 <= days <= LONGEST_HOLD:
        raise expiry.InvalidPolicy(
            _("'hold_days' must be a whole number from 0 to %(most)d."),
            values={"most": LONGEST_HOLD},
            field="policies.hold_days",
        )
    if life is not None and days > life:
        raise expiry.InvalidPolicy(
            ngettext_lazy(
                "Points would expire before the hold of %(days)d day is over. Shorten the hold or lengthen the expiry.",
                "Points would expire before the hold of %(days)d days is over. "
                "Shorten the hold or lengthen the expiry.",
                days,
            ),
            values={"days": days},
            field="policies.hold_days",
        )


@transaction.atomic
def activate(*, program: Program, at: datetime) -> Program:
    """Let a draft begin, or end a pause. `starts_at` becomes now unless it was set, even to the past."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    if program.status == Status.ACTIVE:
        raise WrongStatus(_("This program is active already."))
    if program.status == Status.PAUSED:
        ProgramPause.objects.filter(program=program, ends_at=None).update(ends_at=at)
    else:
        program.activated_at = at
        program.starts_at = program.starts_at or at
    program.status = Status.ACTIVE
    program.save(update_fields=["status", "activated_at", "starts_at"])
    return program


@transaction.atomic
def pause(*, program: Program, at: datetime) -> Program:
    """Stop earning from now until the program is activated again; what was earned stays."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    if program.status != Status.ACTIVE:
        raise WrongStatus(_("Only an active program can be paused."))
    ProgramPause.objects.create(program=program, starts_at=at)
    program.status = Status.PAUSED
    program.save(update_fields=["status"])
    return program


def change(*, program: Program, fields: dict) -> Program:
    """Change the name, unit, value of a point or automatic enrolment; the promise itself changes by `publish`."""
    if "starts_at" in fields and program.status != Status.DRAFT:
        raise WrongStatus(_("The start of a program is fixed once it is active."), field="starts_at")
    for name, value in fields.items():
        setattr(program, name, value)
    try:
        with transaction.atomic():
            program.save(update_fields=list(fields))
    except IntegrityError as error:
        if "program_names_differ" not in str(error) and "name" not in fields:
            raise
        raise NameTaken(field="name") from error
    return program


@transaction.atomic
def publish(
    *,
    program: Program,
    at: datetime,
    rules_json: list | None = None,
    policies: dict | None = None,
    read: int | None = None,
) -> None:
    """Publish the next version, valid from now; what is not given stays as it was. Drafts change their only version.

    `read` is the number of the version that the editor had before them: raises EditedMeanwhile when it is no longer
    the last.
    """
    program = Program.objects.select_for_update().get(pk=program.pk)
    last = program.versions.order_by("-number").first()
    if read is not None and read != last.number:
        raise EditedMeanwhile(field="version")
    policies = {} if policies is None else policies
    wording = {
        "rules": rules_json if rules_json is not None else last.rules,
        "policies": check_policies({**last.policies, **policies} if isinstance(policies, dict) else policies),
    }
    check_rules(wording["rules"], wording["policies"], program.merchant)
    if wording == {"rules": last.rules, "policies": last.policies}:
        return
    if program.status == Status.DRAFT:
        ProgramVersion.objects.filter(pk=last.pk).update(**wording)
    else:
        ProgramVersion.objects.create(program=program, number=last.number + 1, valid_from=at, **wording)
