"""The whole form: blocks of rows. Between blocks stands one word, within them the other: and, or."""

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from customers.audiences import LONGEST_NAME
from customers.merchants.models import Merchant
from customers.merchants.money import major
from customers.merchants.refusals import Refusal
from segments import criteria
from segments.criteria import BadCriteria, Field, Kind

from .row import MISSING, RowForm, Unreadable

FIRST = "b1r1"
MOST_ROWS = 50
MATCHES = {"all": _("Who meets all of these"), "any": _("Who meets one of these")}
INNER = {"all": "any", "any": "all"}


class HeadForm(forms.Form):
    """What the segment is called, and what people should know of it."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME,
        error_messages={
            "required": _("Give the segment a name."), "max_length": _("A name has at most 100 characters."),
        },
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300,
        help_text=_("What one does with these people, for who opens it later."),
        error_messages={"max_length": _("Say it in at most 300 characters.")},
    )  # fmt: skip


class Builder:
    """A definition as it stands in the form. `found` is what it says once every row can be read, or None."""

    def __init__(self, data: MultiValueDict, *, merchant: Merchant, segment=None):
        self.data, self.merchant, self.segment = data.copy(), merchant, segment
        self.match = data.get("match") if data.get("match") in MATCHES else "all"
        self.offered: dict[str, Field] = {one.name: one for one in criteria.fields(merchant=merchant)}
        self.prefixes = [one for one in data.getlist("row") if is_prefix(one)][:MOST_ROWS] or [FIRST]
        self.head = HeadForm(initial={"name": data.get("name", ""), "reason": data.get("reason", "")})
        self.problem, self.asked = "", False
        self.found: criteria.Criteria | None = None

    def rearrange(self, do: str) -> None:
        """Add a row to a block, a block, or take a row away, as a button says; then read what stands there.

        Only who wants to keep it hears what is still missing.
        """
        verb, __, place = do.partition(" ")
        if verb == "save":
            self.asked, self.head = True, HeadForm(self.data)
        if verb == "block":
            self.prefixes.append(f"b{self.highest(0) + 1}r1")
        elif verb == "add" and is_prefix(place):
            block = block_of(place)
            last = max(number for number, one in enumerate(self.prefixes) if block_of(one) == block)
            self.prefixes.insert(last + 1, f"{block}r{self.highest(1) + 1}")
        elif verb == "remove" and place in self.prefixes:
            self.prefixes.remove(place)
            self.prefixes = self.prefixes or [FIRST + "1"]
        self.rows = {
            prefix: RowForm(self.data, prefix=prefix, offered=self.offered, merchant=self.merchant)
            for prefix in self.prefixes
        }
        self.read()

    def highest(self, part: int) -> int:
        """The highest number of a block (0) or a row (1) so far."""
        return max(int(one[1:].split("r")[part]) for one in self.prefixes)

    @property
    def matches(self) -> list[tuple[str, str, bool]]:
        """The two ways of joining blocks, and which is chosen."""
        return [(value, label, value == self.match) for value, label in MATCHES.items()]

    @property
    def blocks(self) -> list[list[RowForm]]:
        """The rows by their blocks, in order."""
        found: dict[str, list[RowForm]] = {}
        for prefix, row in self.rows.items():
            found.setdefault(block_of(prefix), []).append(row)
        return list(found.values())

    def read(self) -> None:
        """Read the rows; what cannot be is said beside its field."""
        parts, self.places, readable = [], {}, True
        for block in self.blocks:
            inner = []
            for row in block:
                try:
                    condition = row.condition() if row.one else None
                except Unreadable as error:
                    readable = False
                    if self.asked or error.message is not MISSING:
                        row.add_error(error.name, error.message)
                    continue
                if condition is not None:
                    self.places[(len(parts), len(inner))] = row
                    inner.append(condition)
            if inner:
                parts.append(inner)
        if not parts or not readable:
            return
        self.definition = self.wrapped(parts)
        try:
            own = self.segment.public_id if self.segment else None
            self.found = criteria.parse(self.definition, merchant=self.merchant, segment=own)
        except BadCriteria as refusal:
            self.refuse(refusal)

    def wrapped(self, parts: list[list[dict]]) -> dict:
        """The definition of blocks; a block of one row needs no group. Every row has one place for refusals."""
        inner = INNER[self.match]
        blocks = [block[0] if len(block) == 1 else {inner: block} for block in parts]
        self.single = {number for number, block in enumerate(parts) if len(block) == 1}
        return {"version": criteria.VERSION, "all": blocks if self.match == "all" else [{"any": blocks}]}

    def refuse(self, refusal: Refusal) -> None:
        """Say a refusal beside the field that it names, or above everything."""
        if refusal.field == "name":
            self.head.add_error("name", str(refusal))
            return
        row, name = self.row_at(refusal.field or "")
        if row is None:
            self.problem = str(refusal)
        else:
            row.add_error(name if name in row.fields else None, str(refusal))

    def row_at(self, place: str) -> tuple[RowForm | None, str]:
        """The row and its field that a place such as definition.all[1].any[0].value names."""
        numbers = [int(part.partition("]")[0]) for part in place.split("[")[1:] if part.partition("]")[0].isdigit()]
        if self.match == "any":
            numbers = numbers[1:]
        if not numbers:
            return None, ""
        second = 0 if numbers[0] in self.single or len(numbers) < 2 else numbers[1]
        name = place.rpartition(".")[2].partition("[")[0]
        return self.places.get((numbers[0], second)), "key" if name == "field" else name

    def is_right(self) -> bool:
        """Whether it can be kept."""
        if not self.found and not self.problem and not any(row.errors for row in self.rows.values()):
            self.problem = _("Choose at least one condition.")
        return self.head.is_valid() and self.found is not None


def is_prefix(text: str) -> bool:
    """Whether a text names a row, such as b1r2."""
    block, __, row = text[1:].partition("r")
    return (
        text[:1] == "b" and len(text) < 12 and block.isascii() and block.isdigit() and row.isascii() and row.isdigit()
    )


def block_of(prefix: str) -> str:
    """The block of a row."""
    return prefix.partition("r")[0]


def of_definition(definition: dict) -> tuple[str, list[list[dict]]] | None:
    """How a definition stands in blocks: the word between them, and the conditions of each; None for deeper ones."""
    parts, match = definition["all"], "all"
    if len(parts) == 1 and set(parts[0]) == {"any"}:
        parts, match = parts[0]["any"], "any"
    inner = INNER[match]
    blocks = [part[inner] if set(part) == {inner} else [part] for part in parts]
    flat = all("field" in row or ("not" in row and "field" in row["not"]) for block in blocks for row in block)
    if match == "any" and not flat:
        return None
    return (match, blocks) if flat else None


def data_of(definition: dict, *, merchant: Merchant, name: str = "", reason: str = "") -> MultiValueDict | None:
    """A definition as the form would send it; None where it is nested deeper than the form goes."""
    found = of_definition(definition)
    if found is None:
        return None
    match, blocks = found
    data = MultiValueDict({"match": [match], "name": [str(name)], "reason": [str(reason)], "row": []})
    for number, block in enumerate(blocks, start=1):
        for place, part in enumerate(block, start=1):
            prefix = f"b{number}r{place}"
            data.appendlist("row", prefix)
            fill(data, prefix, part, merchant)
    return data


def fill(data: MultiValueDict, prefix: str, part: dict, merchant: Merchant) -> None:
    """One condition as its controls would send it."""
    negate, condition = ("not" in part), part.get("not", part)
    name, __, key = condition["field"].partition(".")
    one = criteria.FIELDS[name + "." if key else name]
    op, value = condition["op"], condition.get("value", True)
    if op == "ne":
        op, negate = "eq", not negate
    if op == "exists" and not value:
        negate = not negate
    data.setlist(f"{prefix}-field", [one.name])
    data.setlist(f"{prefix}-op", [op])
    data.setlist(f"{prefix}-key", [key])
    if negate:
        data.setlist(f"{prefix}-negate", ["on"])
    for param in one.params:
        if param.name in condition:
            data.setlist(f"{prefix}-{param.name}", [str(condition[param.name])])
    said = [written(one, item, merchant) for item in (value if isinstance(value, list) else [value])]
    if op == "between":
        data.setlist(f"{prefix}-value", said[:1])
        data.setlist(f"{prefix}-value2", said[1:])
    else:
        data.setlist(f"{prefix}-value", said if one.choices or op != "in" else ["\n".join(said)])


def written(one: Field, value: object, merchant: Merchant) -> str:
    """A value as somebody would type it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(major(value, merchant.currency)) if one.kind == Kind.MONEY else str(value)
