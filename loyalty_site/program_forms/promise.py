"""The whole promise as one form: its rules in order, its policies, and a purchase to try them on."""

import re

from django.utils.translation import gettext as _

from customers.merchants.refusals import Refusal
from rewards.models import Program, ProgramVersion
from rewards.programs import Wording
from rewards.rules.parsing import MOST_RULES

from . import example, filling, policies, rules

NEW_RULE = {"trigger": "purchase", "kind": "fixed", "points": 10, "was": ""}
MOVES = {"up": -1, "down": 1}


class PromiseForm:
    """Rules are rows with a name that stays while they move (`row=r0&row=r2`), so that nothing typed is lost.

    `version` is the number that the editor read; `problem` what is wrong with the whole.
    """

    def __init__(self, program: Program, version: ProgramVersion, data, *, places: dict[str, str], choices: list):
        self.program, self.version, self.places = program, version, places
        self.data = data if data is not None else filled(version, choices)
        self.problem = ""
        self.rows = [self.row(prefix) for prefix in self.prefixes()]
        self.policies = policies.PoliciesForm(self.data, prefix="p", original=version.policies, kind=program.kind)
        self.example = example.ExampleForm(self.data, prefix="e", merchant=program.merchant, choices=choices)

    @property
    def read(self) -> int:
        """The number of the version that the editor had before them."""
        number = str(self.data.get("version", ""))
        return int(number) if re.fullmatch("[0-9]{1,9}", number) else 0

    def prefixes(self) -> list[str]:
        """The rows as they were sent, each once, no more than a program may have."""
        rows = self.data.getlist("row") if hasattr(self.data, "getlist") else self.data["row"]
        return [row for row in dict.fromkeys(rows) if re.fullmatch("r[0-9]{1,3}", row)][:MOST_RULES]

    def row(self, prefix: str) -> rules.RuleForm:
        originals = {rule["name"]: rule for rule in self.version.rules}
        merchant, kind = self.program.merchant, self.program.kind
        return rules.RuleForm(
            self.data, prefix=prefix, merchant=merchant, places=self.places, originals=originals, kind=kind
        )

    def rearrange(self, deed: str) -> None:
        """Add a rule, take one away or move it: `add`, `remove r1`, `up r1`, `down r1`; anything else does nothing."""
        verb, __, name = deed.partition(" ")
        if verb == "add" and len(self.rows) < MOST_RULES:
            self.add()
        place = next((index for index, row in enumerate(self.rows) if row.prefix == name), None)
        if place is None:
            return
        if verb == "remove":
            del self.rows[place]
        elif verb in MOVES and 0 <= place + MOVES[verb] < len(self.rows):
            self.rows.insert(place + MOVES[verb], self.rows.pop(place))

    def add(self) -> None:
        """A further rule, with a name that no other has."""
        used = {row.prefix for row in self.rows}
        free = next(number for number in range(MOST_RULES + 1) if f"r{number}" not in used)
        names = {str(row["name"].value()).casefold() for row in self.rows}
        name = next(
            name
            for number in range(1, MOST_RULES + 2)
            if (name := _("Rule %(number)d") % {"number": number}).casefold() not in names
        )
        self.data = self.data.copy()
        self.data.update({f"r{free}-{part}": value for part, value in {**NEW_RULE, "name": name}.items()})
        self.rows.append(self.row(f"r{free}"))

    def is_valid(self) -> bool:
        """Whether every field makes sense by itself."""
        return all([*(row.is_valid() for row in self.rows), self.policies.is_valid()])

    def wording(self) -> Wording | None:
        """What the form says, checked; None when it cannot be, which the form then says beside the field."""
        if not self.is_valid():
            return None
        said = {"rules": [row.rule() for row in self.rows], "policies": self.policies.policies()}
        try:
            whole = Wording.of(self.version).changed(**said)
            return whole.checked(merchant=self.program.merchant, kind=self.program.kind)
        except Refusal as refusal:
            self.refuse(refusal)
            return None

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the domain where it belongs: in its rule, in the policies, or above everything."""
        field = refusal.field or ""
        if (found := re.match(r"rules\[(\d+)\]\.?(.*)", field)) and int(found[1]) < len(self.rows):
            self.rows[int(found[1])].refuse(refusal, found[2])
        elif field.startswith("policies."):
            self.policies.refuse(refusal, field.removeprefix("policies."))
        else:
            self.problem = str(refusal)


def filled(version: ProgramVersion, choices: list) -> dict:
    """A version as its form would be sent."""
    merchant = version.program.merchant
    data: dict = {"version": str(version.number), "row": [f"r{place}" for place in range(len(version.rules))]}
    for place, rule in enumerate(version.rules):
        data |= {
            f"r{place}-{name}": value for name, value in filling.filled(rule, merchant, version.program.kind).items()
        }
    data |= {f"p-{name}": value for name, value in policies.filled(version.policies).items()}
    return {**data, **{f"e-{name}": value for name, value in example.filled(merchant, choices).items()}}
