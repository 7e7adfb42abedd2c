"""What a program promises, as anybody may read it: a version in every language of the site, and the others."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from rewards.models import Program, ProgramClosing, ProgramVersion
from rewards.models.programs import State

from . import closings
from .programs import places_in, sentences


@dataclass(slots=True)
class Said:
    """The promise in one language."""

    language: str
    sentences: list[str]


@dataclass
class Terms:
    """One version of a program's terms; `since` is when it began to hold, `until` when the next one did."""

    program: Program
    state: State
    version: ProgramVersion
    versions: list[ProgramVersion]
    closing: ProgramClosing | None
    said: list[Said]

    @property
    def merchant(self):
        return self.program.merchant

    @cached_property
    def holds(self) -> bool:
        """Whether this is the newest version."""
        return self.version == self.versions[0]

    @cached_property
    def since(self) -> datetime:
        return self.held_from(self.version)

    @cached_property
    def until(self) -> datetime | None:
        later = [one.valid_from for one in self.versions if one.number == self.version.number + 1]
        return later[0] if later else None

    @cached_property
    def others(self) -> list[tuple[ProgramVersion, datetime]]:
        """The other versions, newest first, with the moment from which each held."""
        return [(one, self.held_from(one)) for one in self.versions if one != self.version]

    def held_from(self, version: ProgramVersion) -> datetime:
        """From when a version held: the first from the start of the program, whatever its number."""
        return self.program.starts_at if version == self.versions[-1] else version.valid_from


def promising(slug: str) -> QuerySet[Program]:
    """The programs of a shop that promise or promised something."""
    return Program.objects.started().filter(merchant__slug=slug).select_related("merchant")


def terms(program: Program, *, number: int | None, at: datetime) -> Terms | None:
    """The newest version, or the one of that number if there is one (one query; locations and a closing one each)."""
    versions = list(program.versions.order_by("-number"))
    version = next((one for one in versions if number in (None, one.number)), None)
    if version is None:
        return None
    places = places_in(program.merchant, [version])
    return Terms(
        program=program,
        state=program.state(at),
        version=version,
        versions=versions,
        closing=closings.standing(program) if program.spendable_until else None,
        said=[said(version, program, language, places) for language in languages()],
    )


def languages() -> list[str]:
    """Every language of the site, the reader's first."""
    mine = translation.get_language()
    return sorted((code for code, __ in settings.LANGUAGES), key=lambda code: code != mine)


def said(version: ProgramVersion, program: Program, language: str, places: dict[str, str]) -> Said:
    """A version in one language."""
    with translation.override(language):
        return Said(language, sentences(version, program.unit, program.merchant.currency, places))
