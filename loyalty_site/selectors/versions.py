"""What changed between two versions of a promise, in words: rules by their names, and what else is said."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rewards import rules
from rewards.models import Program, ProgramVersion

from .programs import ProgramPage, places_in, read, said_policies, said_rules


@dataclass(slots=True)
class Change:
    """A rule that reads otherwise; `note` says what no sentence shows."""

    name: str
    before: str
    after: str
    note: str = ""


@dataclass(slots=True)
class Difference:
    """Two versions side by side; rules are known by their names, `gained` and `lost` are sentences of policies.

    `all` are the versions that can be compared, newest first.
    """

    before: ProgramVersion
    after: ProgramVersion
    added: list[tuple[str, str]]
    removed: list[tuple[str, str]]
    changed: list[Change]
    reordered: bool
    gained: list[str]
    lost: list[str]
    all: tuple[ProgramVersion, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.added or self.removed or self.changed or self.reordered or self.gained or self.lost)


def lately(page: ProgramPage) -> Difference | None:
    """What the newest version changed, for the page of its program (one query where a rule names locations)."""
    return compare(page.program, [wording.version for wording in page.wordings], None, None)


def chosen(program: Program, *, since: int | None, until: int | None) -> Difference | None:
    """The difference between two versions by number (one query, and one where a rule names locations)."""
    return compare(program, list(program.versions.all()), since, until)


def compare(
    program: Program, versions: list[ProgramVersion], since: int | None, until: int | None
) -> Difference | None:
    """Two of these versions by number, the last two by default; None where there is only one."""
    numbered = {version.number: version for version in versions}
    if len(numbered) < 2:
        return None
    after = numbered.get(until, numbered[max(numbered)])
    before = numbered.get(since, numbered[max(after.number - 1, 1)])
    found = difference(program, before, after)
    found.all = tuple(numbered[number] for number in sorted(numbered, reverse=True))
    return found


def difference(program: Program, before: ProgramVersion, after: ProgramVersion) -> Difference:
    """What the second says that the first did not, and the other way round."""
    places = places_in(program.merchant, [before, after])
    was, now = (said_rules(one, program.unit, program.merchant.currency, places) for one in (before, after))
    terms_before, terms_after = (said_policies(one, program.merchant.currency) for one in (before, after))
    kept = [name for name in was if name in now]
    return Difference(
        before=before,
        after=after,
        added=[(name, said) for name, said in now.items() if name not in was],
        removed=[(name, said) for name, said in was.items() if name not in now],
        changed=changes(before, after, was, now),
        reordered=kept != [name for name in now if name in was],
        gained=[said for said in terms_after if said not in terms_before],
        lost=[said for said in terms_before if said not in terms_after],
    )


def changes(before: ProgramVersion, after: ProgramVersion, was: dict[str, str], now: dict[str, str]) -> list[Change]:
    """The rules of both that read otherwise, or stand before others."""
    first, second = ({rule.name: rule for rule in read(one).rules} for one in (before, after))
    both = [Change(name, was[name], now[name], rank(first[name], second[name])) for name in was if name in now]
    return [one for one in both if one.note or one.before != one.after]


def rank(before: rules.Rule, after: rules.Rule) -> str:
    """A change of priority, which sentences do not say."""
    if before.priority == after.priority:
        return ""
    return _("Its priority is %(after)d, and was %(before)d.") % {"after": after.priority, "before": before.priority}
