"""Starting and pausing a program."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict
from rewards.models import Program, ProgramPause
from rewards.models.programs import State, Status


class WrongStatus(Conflict):
    code = "wrong_status"


def check_open(program: Program, at: datetime) -> None:
    """Refuse what a closed program no longer does; raises WrongStatus."""
    if program.state(at) == State.CLOSED:
        raise WrongStatus(_("This program is closed."))


@transaction.atomic
def activate(*, program: Program, at: datetime) -> Program:
    """Let a draft begin, or end a pause. `starts_at` becomes now unless it was set, even to the past."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    check_open(program, at)
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
    check_open(program, at)
    if program.status != Status.ACTIVE:
        raise WrongStatus(_("Only an active program can be paused."))
    ProgramPause.objects.create(program=program, starts_at=at)
    program.status = Status.PAUSED
    program.save(update_fields=["status"])
    return program
