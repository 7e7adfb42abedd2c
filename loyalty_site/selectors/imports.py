"""Imports as their pages show them: the history, a file being checked, what will happen and what happened."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day, money
from customers.models import Import
from customers.models.imports import Kind, State
from customers.reader.columns import ATTRIBUTE
from customers.reader.dates import EPOCH
from customers.reader.look import BOTH, USUAL, Look, Row
from loyalty_site.import_forms import FIELD_NAMES, ReadingForm
from loyalty_site.imports.drafts import is_open

ONE_LINE = 22  # characters: a date with its time, in any language
STAGED = {"at": "date", "unit_amount": "unit_price"}  # names of the scratch file that are no field's
TONES = {State.DONE: "good", State.FAILED: "bad", State.CHECKING: "warn"}
WORKING = {State.QUEUED, State.READING, State.POSTING, State.UNDOING}
COUNTED = {State.DONE, State.UNDOING, State.UNDONE, State.POSTING, State.FAILED}
LONG = ("mapping", "choices", "reading", "columns", "ignored", "message", "fingerprint")  # what a list leaves out


@dataclass(slots=True)
class Tile:
    """One number of a result, as ui/_figure.html shows it."""

    label: str
    value: str
    definition: str
    beside: str = ""
    missing: str = ""


@dataclass(slots=True)
class Standing:
    """An import with its state in a word, a tone for it, who sent it, and whether anything of it is recorded."""

    imported: Import
    word: str
    tone: str
    who: str
    counted: bool


@dataclass(slots=True)
class Cell:
    """A cell of the first rows: as it was read, or as it stands with what is wrong."""

    text: str
    fault: str = ""
    whole: bool = False  # short enough to stand on one line


@dataclass(slots=True)
class Column:
    """A column of the file: its select, and how its first cells stand there."""

    field: BoundField
    name: str
    examples: list[str]


@dataclass(slots=True)
class Check:
    """A file to be checked: columns, the first rows as they will be read, and what stands in the way."""

    columns: list[Column]
    heads: list[str]
    rows: list[tuple[int, list[Cell]]]
    missing: list[str]
    hints: dict[str, str]
    cut: bool


def history(merchant: Merchant) -> QuerySet[Import]:
    """The merchant's imports, newest first, without what only their own page shows (one query)."""
    found = Import.objects.for_merchant(merchant).select_related("user", "api_key").defer(*LONG)
    return found.order_by("-created_at", "-pk")


def standing(imported: Import) -> Standing:
    """An import for people (no query where user and key are selected)."""
    word, tone = imported.get_state_display(), TONES.get(imported.state, "")
    if imported.dry_run and imported.state == State.DONE:
        word, tone = _("tried out, not started"), "warn"
    counted = imported.state in COUNTED and not imported.dry_run
    return Standing(imported, word, tone, sender(imported), counted)


def sender(imported: Import) -> str:
    """Who sent a file: somebody of the staff, a key, or whoever sits at the server."""
    if imported.user:
        return str(imported.user)
    return str(imported.api_key) if imported.api_key else _("command line")


def is_working(imported: Import) -> bool:
    """Whether the worker has it, or will take it."""
    return imported.state in WORKING


def progress(imported: Import) -> int:
    """How far it is, in percent: the first half is reading, the second recording."""
    if not imported.rows or imported.state == State.QUEUED:
        return 0
    if imported.state == State.READING:
        return 50 * imported.read // imported.rows
    return 50 + 50 * settled(imported) // imported.rows


def settled(imported: Import) -> int:
    """Rows whose fate is known."""
    return imported.accepted + imported.duplicates + imported.rejected


def columns(imported: Import) -> list[tuple[str, str]]:
    """What each column was read as: (the field in words, the column's name)."""
    return [(head(field), name) for field, name in imported.columns.items()]


def tiles(imported: Import) -> list[Tile]:
    """What happened to the rows of a file, or would happen."""
    tried = imported.dry_run
    found = [
        Tile(
            _("Will be recorded") if tried else _("Recorded"),
            rows_in_words(imported.accepted),
            _("Rows of the file that are new to the shop and in order."),
            beside=_("of %(rows)s in the file") % {"rows": whole(imported.rows)},
        ),
        Tile(
            _("Known already"),
            rows_in_words(imported.duplicates),
            _("Rows that repeat what is recorded, or what stands earlier in the file. They change nothing."),
        ),
        Tile(
            _("Left out"),
            rows_in_words(imported.rejected),
            _("Rows with something wrong in them, and rows of the same receipt. Download them, mend them, send them."),
        ),
        Tile(
            _("Customers"),
            whole(imported.customers_seen),
            _("Different people in the recorded rows; new ones get a card."),
            beside=_("%(count)s of them new") % {"count": whole(imported.new_customers)},
        ),
    ]
    if imported.kind == Kind.PURCHASES:
        value = money(imported.value, imported.merchant.currency)
        found.append(Tile(_("Value"), value, _("What the recorded purchases come to, less what came back.")))
    return found


def check(imported: Import, look: Look, form: ReadingForm) -> Check:
    """A file to be checked, from its first look."""
    currency = imported.merchant.currency
    return Check(
        columns=[
            Column(field, name, [row.cells[position] for row in look.rows[:3] if position < len(row.cells)])
            for position, (name, field) in enumerate(zip(look.columns.header, form.of_columns(), strict=True))
        ],
        heads=[head(name) for name, __ in look.steps],
        rows=[(row.line, cells(row, look, currency)) for row in look.rows],
        missing=[missing(field, imported.kind) for field in look.missing],
        hints=hints(look),
        cut=look.cut,
    )


def head(name: str) -> str:
    """What a value of a row is called."""
    if name.startswith(ATTRIBUTE):
        return name.removeprefix(ATTRIBUTE).replace("_", " ").capitalize()
    return str(FIELD_NAMES[STAGED.get(name, name)])


def cells(row: Row, look: Look, currency: str) -> list[Cell]:
    """The values of a row, each with the fault of the column it was read from."""
    found = []
    for (name, positions), value in zip(look.steps, row.values, strict=True):
        fault = next((row.faults[position] for position in positions if position in row.faults), "")
        stands = " ".join(row.cells[position] for position in positions)
        text = stands if fault else shown(name, value, currency)
        found.append(Cell(text, fault, whole=len(text) <= ONE_LINE))
    return found


def shown(name: str, value, currency: str) -> str:
    """A value as people write it."""
    if value is None:
        return ""
    if name == "at":
        return moment(value)
    if name in {"amount", "unit_amount"}:
        return money(value, currency)
    if name == "quantity":
        return number_format(value / 1000 if value % 1000 else value // 1000, force_grouping=True)
    if name == "birthday":
        return birthday(*value)
    if name == "expires_on":
        return day(date.fromisoformat(value))
    return whole(value) if name == "points" else str(value)


def moment(microseconds: int) -> str:
    """Day and time in the shop's zone."""
    local = timezone.localtime(EPOCH + timedelta(microseconds=microseconds))
    return _("%(day)s, %(time)s") % {"day": day(local), "time": date_format(local, "H:i")}


def birthday(month_and_day: str, year: int | None) -> str:
    """A birthday, with its year where the file has one."""
    return day(date.fromisoformat(f"{year}-{month_and_day}")) if year else month_and_day


def missing(field: str, kind: str) -> str:
    """What has to be said before the file can be read."""
    if field == "customer" and kind == Kind.PURCHASES:
        return _(
            "No column says which customer. Choose the number, phone, e-mail or card, or accept purchases without a"
            " customer."
        )
    return {
        "date": _("No column is read as the date. Choose which one it is."),
        "amount": _("No column is read as the amount. Choose which one it is, or choose quantity and price per piece."),
        "customer": _("No column says whose points they are. Choose the number, phone, e-mail or card."),
        "external_id": _("No column says who a customer is. Choose the number, name, phone or e-mail."),
        "points": _("No column is read as the points. Choose which one it is."),
    }[field]


def hints(look: Look) -> dict[str, str]:
    """What to look at twice, by the choice that settles it."""
    found = {}
    if look.mark == USUAL:
        found["mark"] = _("No number of the first rows proves it.")
    if look.order == USUAL:
        found["order"] = _("No date of the first rows proves it.")
    if look.order == BOTH:
        found["order"] = _("Some dates can only be day first, others only month first.")
    return found


def can_discard(imported: Import) -> bool:
    """Whether the file can be forgotten: nothing of it is recorded."""
    return is_open(imported)


def rows_in_words(count: int) -> str:
    """A number of rows."""
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": whole(count)}


def whole(count: int) -> str:
    """A whole number with its thousands apart."""
    return number_format(count, force_grouping=True)
