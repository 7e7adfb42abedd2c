"""Which promise held at a moment, read as far as somebody asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from customers.merchants.models import Merchant
from rewards import expiry, ladders, rules
from rewards.models import Program, ProgramVersion
from rewards.rules.triggers import PURCHASE

from .wording import Wording, read_rules


@dataclass(frozen=True)
class Terms:
    """A version, read as far as somebody asks: what judging and posting need of it."""

    version_id: int
    valid_from: datetime
    wording: Wording
    zone: str

    @classmethod
    def of(cls, version: ProgramVersion, zone: str) -> "Terms":
        """A version for a shop in a time zone."""
        return cls(version.pk, version.valid_from, Wording.of(version), zone)

    @property
    def policies(self) -> dict:
        return self.wording.policies

    @cached_property
    def ruleset(self) -> rules.Ruleset:
        return read_rules(self.wording.rules, self.policies, self.zone, self.ladder)

    @cached_property
    def ladder(self) -> ladders.Ladder | None:
        return ladders.parse(self.wording.tiers, self.wording.tier_policy, self.zone)

    @cached_property
    def expiry(self) -> tuple[str, int]:
        return expiry.parse(self.policies["expiry"])


@dataclass(frozen=True)
class Promise:
    """A started program with all its versions and pauses, to judge purchases of any time."""

    program: Program
    versions: list[Terms]
    pauses: list[tuple[datetime, datetime | None]]

    @property
    def ladder(self) -> ladders.Ladder | None:
        """The tiers of the last version, which say what members hold."""
        return self.versions[-1].ladder

    def terms(self, moment: datetime) -> Terms | None:
        """The version that held at a moment; None before the start, in a pause, and after the last earning day."""
        if moment < self.program.starts_at or (self.program.earns_until and moment >= self.program.earns_until):
            return None
        if any(start <= moment and (end is None or moment < end) for start, end in self.pauses):
            return None
        held = self.versions[0]
        for version in self.versions[1:]:
            if version.valid_from <= moment:
                held = version
        return held


def triggers(merchant: Merchant) -> set[str]:
    """What the rules of the merchant's started programs wait for, in any of their versions (one query)."""
    started = Program.objects.for_merchant(merchant).started()
    versions = ProgramVersion.objects.filter(program__in=started).values_list("rules", flat=True)
    return {rule.get("trigger", PURCHASE) for wording in versions for rule in wording}


def card_sizes(programs: Iterable[int]) -> dict[int, int]:
    """When the stamp cards of these programs (primary keys) are full, by their newest versions (one query)."""
    return {program: stamps["size"] for program, stamps in stamp_cards(programs).items()}


def stamp_cards(programs: Iterable[int]) -> dict[int, dict]:
    """The stamp cards of these programs (primary keys), as their newest versions word them (one query)."""
    versions = ProgramVersion.objects.filter(program__in=programs).order_by("number").values_list("program", "stamps")
    return {program: stamps for program, stamps in versions if stamps}


def promises(merchant: Merchant, *, only: Program | None = None) -> list[Promise]:
    """Every started program of the merchant, or `only` one of them, ready to judge (three queries)."""
    programs = Program.objects.for_merchant(merchant).started().prefetch_related("versions", "pauses").order_by("pk")
    if only:
        programs = programs.filter(pk=only.pk)
    return [
        Promise(
            program=program,
            versions=[Terms.of(version, merchant.timezone) for version in program.versions.all()],
            pauses=[(pause.starts_at, pause.ends_at) for pause in program.pauses.all()],
        )
        for program in programs
    ]
