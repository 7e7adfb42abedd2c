"""Who is meant: definitions of segments in a closed vocabulary, read, compiled to one statement, and said in words.

    criteria = parse({"version": 1, "all": [{"field": "recency_days", "op": "gte", "value": 60}]}, merchant=shop)
    customers(criteria, merchant=shop, at=now)

See docs/segments.md for the vocabulary, and docs/decisions/0028 for what is decided in it.
"""

from customers.merchants.models import Merchant

from . import vocabulary  # noqa: F401 - fills the list of fields
from .compiling import customers
from .field import FIELDS, Condition, Fact, Field, Group, Moment, Param, add
from .kinds import Kind, Operator
from .measure import Measure, measure
from .parsing import VERSION, BadCriteria, parse
from .ready import Ready
from .ready import ready as ready_for
from .tree import Criteria
from .words import sentence


def fields(*, merchant: Merchant) -> list[Field]:
    """The fields that a shop can use, in the order of their groups (some queries: no program, no points)."""
    order = {group: place for place, group in enumerate(Group)}
    has = {check: check(merchant) for check in {one.is_offered for one in FIELDS.values()} if check}
    return sorted((one for one in FIELDS.values() if has.get(one.is_offered, True)), key=lambda one: order[one.group])


__all__ = [
    "VERSION",
    "BadCriteria",
    "Condition",
    "FIELDS",
    "Criteria",
    "Fact",
    "Field",
    "Group",
    "Kind",
    "Measure",
    "Moment",
    "Operator",
    "Param",
    "Ready",
    "add",
    "customers",
    "fields",
    "measure",
    "parse",
    "ready_for",
    "sentence",
]
