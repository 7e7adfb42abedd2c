"""Reading a definition: whatever is not in the vocabulary is refused with its place."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant

from . import lists
from .field import DOT, FIELDS, Condition, Field, Param, is_number
from .kinds import LONGEST_TEXT, READERS, Kind, NotSuch, is_plain, whole
from .refusals import BadCriteria, refuse, refuse_unknown
from .tree import All, Any, Criteria, Listed, Node, Not

VERSION = 1
DEEPEST, MOST_CONDITIONS, MOST_VALUES = 5, 50, 100
GROUPS = {"all": All, "any": Any}

NO_FIELD = _("There is no field '%(name)s'.")
NO_KEY = _("There is no '%(name)s' here.")
NO_OPERATOR = _("This field cannot be compared with '%(name)s'.")
NO_CHOICE = _("There is no '%(name)s' to choose here.")


@dataclass(slots=True)
class Reading:
    """One definition being read: whose, what was looked up, how much there is, and inside which segments it stands."""

    merchant: Merchant
    inside: tuple[str, ...] = ()
    count: int = 0
    choices: dict[object, list] = field(default_factory=dict)

    def choices_of(self, one: Field | Param) -> list:
        """The choices of a field or a parameter, looked up once."""
        place = id(one)
        if place not in self.choices:
            self.choices[place] = one.choices(self.merchant)
        return self.choices[place]


def parse(definition: object, *, merchant: Merchant, segment: str | None = None) -> Criteria:
    """Read a definition; `segment` is the id of the segment that it is for, which it must not contain.

    Raises BadCriteria. One query for each field or parameter that chooses among the shop's own things, and two for
    each level of other segments.
    """
    reading = Reading(merchant, (segment,) if segment else ())
    return Criteria(definition, read_root(definition, reading))


def read_root(definition: object, reading: Reading, place: str = "definition") -> All:
    """The outermost group of a definition."""
    check_object(definition, place)
    check_keys(definition, ("version", "all"), place)
    if definition.get("version") != VERSION or type(definition["version"]) is not int:
        refuse(f"{place}.version", _("This must be %(version)d, the version of the vocabulary."), version=VERSION)
    if "all" not in definition:
        refuse(place, _("A definition holds its conditions in 'all', a list."))
    return read_group("all", definition, reading, place, depth=1)


def read_group(name: str, holder: dict, reading: Reading, place: str, *, depth: int) -> All | Any:
    """A list of conditions and groups."""
    parts, place = holder[name], f"{place}.{name}"
    if depth > DEEPEST:
        refuse(place, _("Groups stand in groups at most %(most)d levels deep."), most=DEEPEST)
    if not isinstance(parts, list):
        refuse(place, _("This must be a list of conditions."))
    if not parts:
        refuse(place, _("This list is empty. It needs at least one condition."))
    read = (read_node(part, reading, f"{place}[{number}]", depth=depth) for number, part in enumerate(parts))
    return GROUPS[name](tuple(read))


def read_node(part: object, reading: Reading, place: str, *, depth: int) -> Node:
    """A condition, a group or the opposite of one."""
    check_object(part, place)
    if "field" in part:
        return read_condition(part, reading, place)
    names = [name for name in (*GROUPS, "not") if name in part]
    if len(names) != 1 or len(part) != 1:
        refuse(place, _("This must be a condition with 'field', 'op' and 'value', or one of 'all', 'any' and 'not'."))
    if names[0] == "not":
        if depth >= DEEPEST:
            refuse(f"{place}.not", _("Groups stand in groups at most %(most)d levels deep."), most=DEEPEST)
        return Not(read_node(part["not"], reading, f"{place}.not", depth=depth + 1))
    return read_group(names[0], part, reading, place, depth=depth + 1)


def read_condition(part: dict, reading: Reading, place: str) -> Condition | Listed:
    """A field compared with a value."""
    reading.count += 1
    if reading.count > MOST_CONDITIONS:
        refuse(place, _("A definition holds at most %(most)d conditions."), most=MOST_CONDITIONS)
    one, key = find_field(part["field"], reading.merchant, f"{place}.field")
    check_keys(part, ("field", "op", "value", *(param.name for param in one.params)), place)
    op = part.get("op")
    if op not in one.takes:
        refuse_unknown(f"{place}.op", op, one.takes, NO_OPERATOR)
    params = read_params(one, part, reading, place)
    value = read_value(one, op, part.get("value", True if op == "exists" else None), reading, f"{place}.value")
    condition = Condition(one, op, value, params, key)
    return read_lists(condition, reading, f"{place}.value") if one.name == lists.FIELD else condition


def find_field(name: object, merchant: Merchant, place: str) -> tuple[Field, str]:
    """The field of a name, and what stands behind its dot; fields of what the shop does not have are refused too."""
    if isinstance(name, str):
        stem, dot, key = name.partition(DOT)
        one = FIELDS.get(stem + dot)
        if one and one.has_key and is_key(key):
            return one, key
        if one and one.has_key:
            refuse(place, _("Behind the dot stands the name of a fact, such as '%(name)s'."), name=f"{stem}.size")
        if one and one.offered(merchant):
            return one, ""
        if one:
            refuse(place, _("This shop has nothing that '%(name)s' could ask for yet."), name=name)
    return refuse_unknown(place, name, [known for known, one in FIELDS.items() if one.offered(merchant)], NO_FIELD)


def is_key(key: str) -> bool:
    """Whether a name can stand behind a dot. One of digits alone would be a place in a list to the databases."""
    return 0 < len(key) <= LONGEST_TEXT and is_plain(key) and not key.isdigit() and not set(key) & set('"\\%')


def read_params(one: Field, part: dict, reading: Reading, place: str) -> dict[str, object]:
    """What a condition says beside its value."""
    found = {}
    for param in one.params:
        if param.name not in part:
            if param.required:
                refuse(f"{place}.{param.name}", _("'%(field)s' needs '%(name)s': %(meaning)s"),
                       field=one.name, name=param.name, meaning=param.definition)  # fmt: skip
            continue
        found[param.name] = read_one(param, part[param.name], reading, f"{place}.{param.name}")
    return found


def read_value(one: Field, op: str, value: object, reading: Reading, place: str) -> object:
    """The value of a condition, of the shape that its operator takes."""
    if op == "exists":
        if not isinstance(value, bool):
            refuse(place, _("This must be true or false, without quotes."))
        return value
    if op not in {"in", "between"}:
        return read_one(one, value, reading, place)
    if not isinstance(value, list):
        refuse(place, _("'%(op)s' takes a list of values."), op=op)
    if op == "in" and not 1 <= len(value) <= MOST_VALUES:
        refuse(place, _("'in' takes 1 to %(most)d values."), most=MOST_VALUES)
    if op == "between" and len(value) != 2:
        refuse(place, _("'between' takes two values, the lower one first."))
    found = tuple(read_one(one, item, reading, f"{place}[{number}]") for number, item in enumerate(value))
    if op == "between" and one.kind != Kind.MONTH_DAY and found[0] > found[1]:
        refuse(place, _("'between' takes the lower value first: both are included."))
    return found


def read_one(one: Field | Param, value: object, reading: Reading, place: str) -> object:
    """One value of a field or a parameter."""
    try:
        if one.choices is None:
            return plain(one, value)
    except NotSuch as error:
        raise BadCriteria(error.message, values=error.values or None, field=place) from error
    choices = [known for known, __ in reading.choices_of(one)]
    found = next((known for known in choices if known == value and type(known) is type(value)), None)
    if found is None:
        refuse_choice(value, choices, place)
    return found


def plain(one: Field | Param, value: object) -> object:
    """A value that is none of a list."""
    if isinstance(one, Param):
        return READERS[one.kind](value) if one.kind in READERS else whole(value, lowest=one.lowest, highest=one.highest)
    if is_number(one):
        lowest, highest = one.bounds
        return whole(value, lowest=lowest, highest=highest)
    return READERS[one.kind](value)


def refuse_choice(value: object, choices: list, place: str) -> None:
    """Say what can be chosen."""
    if not choices:
        refuse(place, _("This shop has nothing to choose here yet."))
    if value in [str(known) for known in choices]:
        refuse(place, _("This must be a whole number, without a decimal point or quotes."))
    refuse_unknown(place, value if isinstance(value, str | int) else "", choices, NO_CHOICE)


def read_lists(condition: Condition, reading: Reading, place: str) -> Listed:
    """Other segments: those with a definition are asked by it, so that the answer never waits for a refresh."""
    ids = condition.value if condition.op == "in" else (condition.value,)
    found = {one.public_id: one for one in lists.find(reading.merchant, ids)}
    inside, keys = [], []
    for number, name in enumerate(ids):
        here = f"{place}[{number}]" if condition.op == "in" else place
        if name in reading.inside:
            refuse(here, _("A segment cannot contain itself, also not through another one."))
        if found[name].definition is None:
            keys.append(found[name].audience)
            continue
        inner = Reading(reading.merchant, (*reading.inside, name), reading.count, reading.choices)
        try:
            inside.append(read_root(found[name].definition, inner))
        except BadCriteria as error:
            refuse_inner(here, found[name].name, error)
        reading.count = inner.count
    return Listed(condition, tuple(keys), tuple(inside))


def refuse_inner(place: str, name: str, error: BadCriteria) -> None:
    """A fault inside another segment is one of the place that names it."""
    refuse(place, _("“%(name)s” cannot be used here. %(reason)s"), name=name, reason=str(error))


def check_object(part: object, place: str) -> None:
    """A JSON object."""
    if not isinstance(part, dict):
        refuse(place, _("This must be an object, in curly brackets."))


def check_keys(part: dict, known: tuple[str, ...], place: str) -> None:
    """No name that says nothing: a typo would silently widen a segment."""
    for name in part:
        if name not in known:
            refuse_unknown(f"{place}.{str(name)[:60]}", name, known, NO_KEY)
