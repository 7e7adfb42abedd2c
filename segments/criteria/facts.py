"""How a condition becomes SQL: never a join that could repeat a customer, never a NULL that could hide one.

A condition is a column of the card, or a Fact: the customers who have a row somewhere. Facts about the same table with
one row a customer are asked in one go, so that five conditions on scores read the scores once.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, Expression, F, Q, QuerySet

SIGNS = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
LOOKUPS = {"eq": "exact", "in": "in", "between": "range", **{op: op for op in ("lt", "lte", "gt", "gte")}}


@dataclass(frozen=True, slots=True)
class Sums:
    """Customers of whom a sum over several querysets of (customer, purchases, value) compares so, or does not.

    `column` is one of the last two.
    """

    parts: tuple[QuerySet, ...]
    column: str
    op: str
    value: object
    negated: bool = False

    def statement(self, connection) -> tuple[str, tuple]:
        """SQL that gives the keys, and its parameters."""
        rows, params = gathered(self.parts, connection)
        condition, values = compared(f"SUM({self.column})", self.op, self.value)
        if self.negated:
            condition = f"NOT ({condition})"
        sql = f"WITH gathered (customer, purchases, value) AS ({rows}) SELECT customer FROM gathered GROUP BY customer"
        return f"{sql} HAVING {condition}", (*params, *values)


def gathered(parts: tuple[QuerySet, ...], connection) -> tuple[str, tuple]:
    """The rows of several querysets one after the other; those that can find nothing are left out."""
    compiled = []
    for part in parts:
        with suppress(EmptyResultSet):
            compiled.append(sql_of(part.order_by(), connection))
    if not compiled:
        raise EmptyResultSet
    return " UNION ALL ".join(sql for sql, __ in compiled), tuple(one for __, params in compiled for one in params)


def sql_of(queryset: QuerySet, connection) -> tuple[str, tuple]:
    """The SQL of a queryset and its parameters."""
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, tuple(params)


def compared(expression: str, op: str, value) -> tuple[str, tuple]:
    """A comparison in SQL, and its parameters."""
    if op == "in":
        return f"{expression} IN ({', '.join(['%s'] * len(value))})", tuple(value)
    if op == "between":
        return f"{expression} BETWEEN %s AND %s", tuple(value)
    return f"{expression} {SIGNS[op]} %s", (value,)


class Within(Expression):
    """Whether a customer is among the keys that a statement of its own finds.

    Each database gets the form that it answers in one go: PostgreSQL plans EXISTS as a semi-join whatever the size,
    where IN behind NOT would be looked through row by row once it outgrows the memory; SQLite keeps the list of IN.
    """

    conditional = True

    def __init__(self, key, keys):
        super().__init__(output_field=BooleanField())
        self.key, self.keys = F(key) if isinstance(key, str) else key, keys

    def get_source_expressions(self):
        return [self.key]

    def set_source_expressions(self, expressions):
        (self.key,) = expressions

    def statement(self, connection) -> tuple[str, tuple]:
        """The SQL that finds the keys."""
        if isinstance(self.keys, QuerySet):
            return sql_of(self.keys, connection)
        return self.keys.statement(connection)

    def as_sql(self, compiler, connection):
        key, params = compiler.compile(self.key)
        sql, values = self.statement(connection)
        return f"EXISTS (SELECT 1 FROM ({sql}) AS found (customer) WHERE found.customer = {key})", (*values, *params)

    def as_sqlite(self, compiler, connection):
        key, params = compiler.compile(self.key)
        sql, values = self.statement(connection)
        return f"{key} IN ({sql})", (*params, *values)


def within(keys: QuerySet | Sums) -> Q:
    """The condition that a customer is among these keys."""
    return Q(Within("pk", keys))


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one row a customer at most, asked for a moment."""

    name: str
    rows: Callable[[object], QuerySet]


@dataclass(frozen=True, slots=True)
class Fact:
    """Customers with a row of a table of which something holds; with `without`, all others."""

    table: Table
    holds: Q
    without: bool = False

    def negate(self) -> "Fact":
        """The others."""
        return Fact(self.table, self.holds, not self.without)

    def condition(self, moment) -> Q:
        """The condition on a card."""
        found = within(self.table.rows(moment).filter(self.holds).order_by().values("customer"))
        return ~found if self.without else found


def negated(found: Q | Fact) -> Q | Fact:
    """The opposite. Every condition here is true or false, never unknown, so that nobody falls between the two."""
    return found.negate() if isinstance(found, Fact) else ~found


def joined(found: Iterable[Q | Fact], connector: str, moment) -> Q | Fact:
    """Conditions joined by AND or OR; facts about one table become one.

    Having no row where A holds, and none where B holds, is having none where A or B does: so behind `without` the other
    connector joins.
    """
    conditions: list[Q] = []
    facts: dict[tuple[str, bool], Fact] = {}
    for one in found:
        if not isinstance(one, Fact):
            conditions.append(one)
            continue
        place = one.table.name, one.without
        inner = connector if not one.without else OTHER[connector]
        before = facts.get(place)
        facts[place] = one if before is None else Fact(one.table, glued(before.holds, one.holds, inner), one.without)
    if not conditions and len(facts) == 1:
        return next(iter(facts.values()))
    conditions.extend(fact.condition(moment) for fact in facts.values())
    whole = conditions[0]
    for one in conditions[1:]:
        whole = glued(whole, one, connector)
    return whole


OTHER = {Q.AND: Q.OR, Q.OR: Q.AND}


def glued(first: Q, second: Q, connector: str) -> Q:
    """Two conditions as one."""
    return first & second if connector == Q.AND else first | second
