"""Publishing what a program promises from now on, with what follows from it for its members."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from rewards import programs, tiers
from rewards.models import Program
from rewards.models.programs import Status

MEMBERS_IN_A_REQUEST = 5_000  # about three seconds; more is a job


@transaction.atomic
def publish(*, program: Program, at: datetime, later: Callable[[Program], object], **what) -> None:
    """Publish a version (see `programs.publish`) and let the tiers of all members follow where it changes them.

    `later` has a worker repeat that a little after: for sales that had begun before, and for very many members.
    """
    before = programs.tier_parts(program)
    programs.publish(program=program, at=at, **what)
    if program.status == Status.DRAFT or programs.tier_parts(program) == before:
        return
    later(program)
    if not program.memberships.all()[MEMBERS_IN_A_REQUEST : MEMBERS_IN_A_REQUEST + 1].exists():
        tiers.follow_program(program=program, at=at)
