"""What a shop promises to whoever joins, in few words, as anybody may read it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from customers.merchants.models import Merchant
from rewards.models import Program
from rewards.models.programs import Kind, State

from . import tiers
from .programs import places_in, said_card, said_rules

MOST = 3  # sentences of a program; the terms have all of them


@dataclass(slots=True)
class Promise:
    """A program that runs: what it gives, and whether its terms say more."""

    program: Program
    sentences: list[str]
    more: bool


def promises(merchant: Merchant, *, at: datetime) -> list[Promise]:
    """The running programs that everybody is in who joins, the oldest first (two queries; locations one more)."""
    mine = Program.objects.for_merchant(merchant).started().filter(auto_enrol=True)
    programs = list(mine.prefetch_related("versions").order_by("created_at", "pk"))
    running = [program for program in programs if program.state(at) == State.ACTIVE]
    with timezone.override(ZoneInfo(merchant.timezone)):
        return [promise(program, merchant) for program in running]


def promise(program: Program, merchant: Merchant) -> Promise:
    """What the newest version of a program gives."""
    version = list(program.versions.all())[-1]
    version.program = program
    earned = said_rules(version, program.unit, merchant.currency, places_in(merchant, [version]))
    said = [*earned.values(), *said_card(version, merchant.currency)]
    if program.kind == Kind.MEMBERSHIP:
        said = tiers.sentences(version, program.unit, merchant.currency)
    return Promise(program, said[:MOST], len(said) > MOST)
