"""Which column of the file is what: by the mapping that the user gives, otherwise by what such columns are called."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.merchants.refusals import Invalid
from customers.reader.source import refused, said_no_table
from customers.reader.vocabulary import KINDS, snake, squeezed

ATTRIBUTE = "attributes."
IDENTIFIERS = ("customer", "external_id", "phone", "email", "card_code")
LISTED = 40  # columns shown in a sentence
OURS = "Ficha: "  # begins the name of a column that a list of bad rows adds: it comes back with the mended rows


class UnknownColumns(Invalid):
    """The file has no column for something that is needed, or the mapping names what is not there."""

    code = "unknown_columns"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands: `positions` counts from 0; `header` is the header as in the file."""

    kind: str
    header: tuple
    positions: dict
    ignored: tuple

    @property
    def mapping(self):
        """Field to header, as the user would write it."""
        return {field: self.header[position] for field, position in self.positions.items()}

    @property
    def has_products(self):
        """Whether rows are lines of a basket: they name a product, or a quantity and its price."""
        fields = self.positions.keys()
        return bool(fields & {"sku", "product", "category"}) or {"quantity", "unit_price"} <= fields

    @property
    def identifiers(self):
        return [field for field in IDENTIFIERS if field in self.positions]


def find(header, *, kind, mapping=None, anonymous="reject", skip=()):
    """The columns of a file. Raises UnknownColumns, or UnreadableFile where the only column means nothing.

    `skip` names columns that are to be read as nothing.
    """
    columns = guess(header, kind=kind, mapping=mapping, skip=skip)
    _require(columns.header, kind, columns.positions, anonymous)
    return columns


def guess(header, *, kind, mapping=None, skip=()):
    """The columns as far as they are understood: what is needed may be missing."""
    header = tuple(name.strip() for name in header)
    skipped = {position for position, name in enumerate(header) if name in skip or name.startswith(OURS)}
    positions, dropped = _mapped(header, kind, mapping or {})
    _detect(header, kind, positions, dropped, skipped)
    if len(header) == 1 and not positions and not skipped:
        raise refused(said_no_table())
    if kind == "customers":
        _add_attributes(header, positions, skipped)
    used = set(positions.values())
    ignored = tuple(
        name for position, name in enumerate(header) if position not in used and name and not name.startswith(OURS)
    )
    return Columns(kind, header, positions, ignored)


def choose(header, chosen):
    """(mapping, skip) of what a person chose for each column: a field, ATTRIBUTE or "" for nothing.

    Raises UnknownColumns where two columns were chosen for one field.
    """
    header = tuple(name.strip() for name in header)
    positions, skip = {}, []
    for position, field in enumerate(chosen):
        if not field:
            skip.append(header[position])
        elif field in positions:
            message = _("Two columns are read as the same thing: “%(one)s” and “%(two)s”. Choose one of them.")
            names = {"one": header[positions[field]], "two": header[position]}
            raise UnknownColumns(message % names, field=header[position])
        elif field != ATTRIBUTE:
            positions[field] = position
    kept = [position for position, field in enumerate(chosen) if field == ATTRIBUTE]
    _name_attributes(header, positions, kept)
    return {field: header[position] for field, position in positions.items()}, [name for name in skip if name]


def missing(columns, *, anonymous="reject"):
    """The fields that are needed and that no column is read as."""
    return [field for field, _said, found in _needs(columns.kind, columns.positions.keys(), anonymous) if not found]


def _mapped(header, kind, mapping):
    """What the user says, as (field to position, fields that the user says the file does not have)."""
    if not isinstance(mapping, dict):
        raise UnknownColumns(_('The mapping must be an object such as {"amount": "Total paid"}.'))
    positions = {}
    for field, name in mapping.items():
        if field not in KINDS[kind] and not (kind == "customers" and field.startswith(ATTRIBUTE)):
            raise _unknown_field(field, kind)
        if name:
            positions[field] = _position(header, name)
    return positions, {field for field, name in mapping.items() if not name}


def _position(header, name):
    for fold in (str, str.casefold, snake):
        for position, column in enumerate(header):
            if fold(column) == fold(str(name).strip()):
                return position
    message = _("The mapping names the column “%(name)s”, which the file does not have. It has: %(columns)s.")
    raise UnknownColumns(message % {"name": str(name)[:100], "columns": _listed(header)}, field=str(name)[:100])


def _unknown_field(field, kind):
    message = _("The mapping names “%(field)s”, which an import of %(kind)s does not know. It knows: %(fields)s.")
    return UnknownColumns(
        message % {"field": str(field)[:100], "kind": kind, "fields": ", ".join(KINDS[kind])}, field=str(field)[:100]
    )


def _detect(header, kind, positions, dropped, skipped):
    places = {}
    for position, name in enumerate(header):
        if position not in skipped:
            places.setdefault(squeezed(name), position)
    for field, words in KINDS[kind].items():
        if field in positions or field in dropped:
            continue
        free = (places[word] for word in words if word in places and places[word] not in positions.values())
        position = next(free, None)
        if position is not None:
            positions[field] = position
    if kind == "purchases" and "date" not in positions and "time" in positions:
        positions["date"] = positions.pop("time")  # the only column about time holds the whole moment


def _require(header, kind, positions, anonymous):
    missing = [(field, said) for field, said, found in _needs(kind, positions.keys(), anonymous) if not found]
    if not missing:
        return
    message = _(
        "The file has no column for: %(missing)s. Its first line names: %(columns)s. Rename a column, or say which"
        ' one it is with --mapping \'{"%(field)s": "%(example)s"}\'.'
    )
    field = missing[0][0]  # the first is enough of an example
    said = {
        "missing": "; ".join(said for _field, said in missing),
        "columns": _listed(header),
        "field": field,
        "example": _("name of the column"),
    }
    raise UnknownColumns(message % said, field=field)


def _needs(kind, fields, anonymous):
    """(field, what to say when it is missing, whether it is there). The mapping needs fields untranslated."""
    who = ("customer", _or("customer", "phone, email, card_code"), bool(fields & set(IDENTIFIERS)))
    if kind == "purchases":
        has_amount = "amount" in fields or {"quantity", "unit_price"} <= fields
        yield "date", "date", "date" in fields
        yield "amount", _or("amount", "quantity + unit_price"), has_amount
        yield who if anonymous == "reject" else ("customer", "", True)
    elif kind == "customers":
        someone = bool(fields & {"external_id", "name", "first_name", "phone", "email"})
        yield "external_id", _or("external_id", "name, phone, email"), someone
    elif kind == "balances":
        yield who
        yield "points", "points", "points" in fields
    else:
        yield "member", "member", "member" in fields
        yield "referrer", _or("referrer", "code"), bool(fields & {"referrer", "code"})


def _or(field, others):
    return _("%(field)s (or %(others)s)") % {"field": field, "others": others}


def _add_attributes(header, positions, skipped):
    """Every column that a customer's card has no field for is kept as an attribute under its own name."""
    used = set(positions.values()) | skipped
    _name_attributes(header, positions, [place for place, name in enumerate(header) if name and place not in used])


def _name_attributes(header, positions, kept):
    for position in kept:
        attribute = ATTRIBUTE + (snake(header[position]) or f"column_{position + 1}")
        while attribute in positions:
            attribute += f"_{position + 1}"
        positions[attribute] = position


def _listed(header):
    names = [name[:60] or _("(no name)") for name in header[:LISTED]]
    return ", ".join(names) + (", …" if len(header) > LISTED else "")
