"""Drafting a program, and changing what it promises."""

from dataclasses import fields
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict
from rewards.models import Program, ProgramVersion
from rewards.models.programs import Kind, Status

from . import goals, kinds
from .running import WrongStatus
from .wording import Wording

SENT_TWICE = timedelta(minutes=1)


class NameTaken(Conflict):
    code = "name_taken"
    message = _("There is a program of this name already. Choose another name.")


class EditedMeanwhile(Conflict):
    code = "version_conflict"
    message = _("Somebody changed this program meanwhile. Load it again, and make your change once more.")


@transaction.atomic
def create(
    *,
    merchant: Merchant,
    name: str,
    at: datetime,
    kind: str = Kind.POINTS,
    unit: str | None = None,
    auto_enrol: bool = True,
    point_value: Decimal | None = None,
    objective: dict | None = None,
    budget: dict | None = None,
    starts_at: datetime | None = None,
    **parts,
) -> Program:
    """A draft program whose first version has these `parts` of a `Wording`; it promises nothing until it is activated.

    Raises what `Wording.checked` raises, InvalidKind, InvalidObjective, InvalidBudget and NameTaken.
    """
    unit, point_value = kinds.unit_of(kind, unit, merchant), kinds.point_value_of(kind, point_value)
    goals.check_objective(objective)
    goals.check_budget(budget)
    wording = Wording(**parts).checked(merchant=merchant, kind=kind)
    try:
        with transaction.atomic():
            program = Program.objects.create(
                merchant=merchant,
                name=name,
                kind=kind,
                unit=unit,
                auto_enrol=auto_enrol,
                point_value=point_value,
                objective=objective,
                budget=budget,
                starts_at=starts_at,
                created_at=at,
            )
    except IntegrityError as error:
        raise NameTaken(field="name") from error
    ProgramVersion.objects.create(program=program, number=1, valid_from=at, **wording.columns())
    return program


def create_once(*, at: datetime, **terms) -> Program:
    """As `create`; but a form that was sent twice within a minute finds the program that it made."""
    try:
        return create(at=at, **terms)
    except NameTaken:
        if made := just_made(at=at, **terms):
            return made
        raise


def just_made(*, merchant: Merchant, name: str, at: datetime, kind: str = Kind.POINTS, **terms) -> Program | None:
    """The program of this name, if it was made in the last minute and says the same (two queries)."""
    made = Program.objects.filter(merchant=merchant, name=name, kind=kind, created_at__gt=at - SENT_TWICE).first()
    if made is None or made.objective != terms.get("objective"):
        return None
    parts = {part.name: terms[part.name] for part in fields(Wording) if part.name in terms}
    said = Wording(**parts).checked(merchant=merchant, kind=kind)
    return made if said == Wording.of(made.versions.latest("number")) else None


def change(*, program: Program, fields: dict) -> Program:
    """Change the name, unit, value of a point, automatic enrolment, objective or budget.

    The promise itself changes by `publish`.
    """
    if "starts_at" in fields and program.status != Status.DRAFT:
        raise WrongStatus(_("The start of a program is fixed once it is active."), field="starts_at")
    check_fields(program, fields)
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


def tier_parts(program: Program) -> tuple:
    """What the last version says of tiers (one query)."""
    return program.versions.order_by("-number").values_list("tiers", "tier_policy")[0]


def check_fields(program: Program, fields: dict) -> None:
    """Refuse what does not fit the program's kind, and goals that make no sense."""
    if "unit" in fields:
        kinds.unit_of(program.kind, fields["unit"], program.merchant)
    if "point_value" in fields:
        kinds.point_value_of(program.kind, fields["point_value"])
    goals.check_objective(fields.get("objective"))
    goals.check_budget(fields.get("budget"))


@transaction.atomic
def publish(*, program: Program, at: datetime, read: int | None = None, **parts) -> None:
    """Publish the next version, valid from now; of its `Wording` the `parts` not given stay.

    Drafts have promised nothing yet and keep only their last wording; its number counts the changes all the same, so
    that of two who edit one the second is told.

    `read` is the number of the version that the editor had before them: raises EditedMeanwhile when it is no longer
    the last, unless it says the same already; WrongStatus when the program is closing.
    """
    program = Program.objects.select_for_update().get(pk=program.pk)
    last = program.versions.order_by("-number").first()
    before = Wording.of(last)
    if read is not None and read != last.number:
        if read == last.number - 1 and before.changed(**parts) == before:  # the same form, sent twice
            return
        raise EditedMeanwhile(field="version")
    if program.spendable_until:
        raise WrongStatus(_("This program is closing, so its promise no longer changes."))
    wording = before.changed(**parts).checked(merchant=program.merchant, kind=program.kind)
    if wording == before:
        return
    columns = {"number": last.number + 1, **wording.columns()}
    if program.status == Status.DRAFT:
        ProgramVersion.objects.filter(pk=last.pk).update(**columns)
    else:
        ProgramVersion.objects.create(program=program, valid_from=at, **columns)
