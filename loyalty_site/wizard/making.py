"""What the last step writes: the program, and its first reward."""

from datetime import datetime

from django.db import transaction

from rewards import catalog, programs
from rewards.models import Program

from .wizard import Wizard


@transaction.atomic
def make(wizard: Wizard, *, at: datetime) -> Program:
    """The program of a wizard whose every step makes sense, with its first reward; sent twice, it is made once.

    Raises what `programs.create` and `catalog.create` raise.
    """
    name = wizard.forms["check"].cleaned_data["title"]
    program = programs.create_once(merchant=wizard.merchant, at=at, name=name, **wizard.parts())
    first = wizard.first_reward()
    if first and not program.rewards.exists():
        catalog.create(program=program, at=at, **first)
    return program
