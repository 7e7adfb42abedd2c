"""Writing many rows at once, the same way on SQLite and PostgreSQL.

Recording one purchase is recording a list of one, and an import records a thousand at a time: through
`bulk_create` that is 900 purchases a second, through these functions over 5,000 (docs/decisions). They take values
that are already right (checked by the verb that calls them) and write plain tuples; database constraints still
hold. `insert` is proven equal to `bulk_create` by a test on both databases.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from operator import attrgetter

from django.db import connections, models, router

COPY_FROM = 24  # rows; below this one INSERT is quicker than opening a COPY
ROWS_PER_STATEMENT = 500
NUL = "\0"


def reserve(model: type[models.Model], count: int) -> list[int]:
    """Take `count` fresh primary keys of a model, so that dependent rows can be built before any is written."""
    connection = writer(model)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                # Materialized, so that the sequence is looked up once and not for each key.
                "WITH its AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, %s)::regclass AS sequence) "
                "SELECT nextval(sequence) FROM its, generate_series(1, %s)",
                [f'"{table}"', model._meta.pk.column, count],
            )
            return [key for (key,) in cursor.fetchall()]
        # AUTOINCREMENT keeps its counter in this table; the writing transaction is IMMEDIATE, so nobody is between.
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
        row = cursor.fetchone()
        if row is None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
            row = (count,)
        return list(range(row[0] - count + 1, row[0] + 1))


def insert(model: type[models.Model], fields: list[str], values: list[tuple]) -> None:
    """Write rows given as tuples in the order of `fields` (model field names, all that have no database default)."""
    if not values:
        return
    connection = writer(model)
    columns = [model._meta.get_field(name) for name in fields]
    values = prepare(connection, columns, values)
    names = ", ".join(f'"{column.column}"' for column in columns)
    table = f'"{model._meta.db_table}" ({names})'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(values) >= COPY_FROM:
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            write(connection, cursor, f"INSERT INTO {table} VALUES", values)


def store(objects: list[models.Model]) -> None:
    """Write new objects of one model as `insert` does, and give them their keys; their fields hold as they stand."""
    if not objects:
        return
    model = type(objects[0])
    for one, key in zip(objects, reserve(model, len(objects)), strict=True):
        one.pk = key
    fields = model._meta.concrete_fields
    cells = attrgetter(*(field.attname for field in fields))
    insert(model, [field.name for field in fields], [cells(one) for one in objects])
    for one in objects:
        one._state.adding = False


def upsert(model: type[models.Model], fields: list[str], values: list[tuple], *, key: list[str], changes: str) -> None:
    """Insert rows; where the unique `key` stands already, apply `changes` (SQL naming `old` and `excluded`)."""
    if not values:
        return
    connection = writer(model)
    columns = [model._meta.get_field(name) for name in fields]
    names = ", ".join(f'"{column.column}"' for column in columns)
    conflict = ", ".join(f'"{model._meta.get_field(name).column}"' for name in key)
    head = f'INSERT INTO "{model._meta.db_table}" AS old ({names})'
    tail = f"ON CONFLICT ({conflict}) DO UPDATE SET {changes}"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One array for each column: thousands of placeholders would cost more than the rows.
            arrays = ", ".join(f"%s::{column.db_type(connection)}[]" for column in columns)
            cells = [array(column) for column in zip(*values, strict=True)]
            cursor.execute(f"{head} SELECT * FROM unnest({arrays}) {tail}", cells)
        else:
            write(connection, cursor, f"{head} VALUES", prepare(connection, columns, values), tail=tail)


def change(model: type[models.Model], fields: list[str], values: list[tuple]) -> None:
    """Set `fields` of existing rows: each tuple is the primary key, then the new integers in order.

    For cells of other types, and for empty ones, see `change_cells`.
    """
    if not values:
        return
    connection = writer(model)
    columns = [model._meta.get_field(name).column for name in fields]
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(f'"{column}" = new."{column}"' for column in columns)
            arrays = ", ".join(["%s::bigint[]"] * (len(columns) + 1))
            names = ", ".join(f'"{column}"' for column in [key, *columns])
            new = f"unnest({arrays}) AS new ({names})"
            cursor.execute(
                f'UPDATE "{table}" AS old SET {sets} FROM {new} WHERE old."{key}" = new."{key}"',
                [array(column) for column in zip(*values, strict=True)],
            )
        else:
            sets = ", ".join(f'"{column}" = %s' for column in columns)
            cursor.executemany(
                f'UPDATE "{table}" SET {sets} WHERE "{key}" = %s', [(*row[1:], row[0]) for row in values]
            )


def change_cells(model: type[models.Model], fields: list[str], values: list[tuple]) -> None:
    """`change` for cells of any type, empty ones too: slower, because the driver looks at each."""
    if not values:
        return
    connection = writer(model)
    columns = [model._meta.get_field(name) for name in fields]
    table, key = model._meta.db_table, model._meta.pk.column
    cells = prepare(connection, columns, [row[1:] for row in values])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(f'"{column.column}" = new."{column.column}"' for column in columns)
            arrays = ", ".join(["%s::bigint[]", *(f"%s::{column.db_type(connection)}[]" for column in columns)])
            names = ", ".join(f'"{column}"' for column in [key, *(column.column for column in columns)])
            new = f"unnest({arrays}) AS new ({names})"
            cursor.execute(
                f'UPDATE "{table}" AS old SET {sets} FROM {new} WHERE old."{key}" = new."{key}"',
                [[row[0] for row in values], *map(list, zip(*cells, strict=True))],
            )
        else:
            sets = ", ".join(f'"{column.column}" = %s' for column in columns)
            changed = [(*row, whole[0]) for row, whole in zip(cells, values, strict=True)]
            cursor.executemany(f'UPDATE "{table}" SET {sets} WHERE "{key}" = %s', changed)


def array(values: Iterable) -> str:
    """Integers, texts, days and moments as the text of a PostgreSQL array, to be cast to its type.

    Many times as quick as the driver's own, which looks at every value on its own. Raises ValueError for a text with
    a NUL, as the driver does.
    """
    values = list(values)
    if not values:
        return "{}"
    if None in values:
        cells = ["NULL" if value is None else array([value])[1:-1] for value in values]
        return f"{{{','.join(cells)}}}"
    text = NUL.join(map(str, values))
    if text.count(NUL) >= len(values):
        raise ValueError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace(NUL, '","')
    return f'{{"{quoted}"}}'


def writer(model):
    """The connection that writes this model."""
    return connections[router.db_for_write(model)]


def write(connection, cursor, head, values, *, tail=""):
    """One statement for many rows on PostgreSQL; SQLite prefers one prepared statement run many times."""
    one = "(" + ", ".join(["%s"] * len(values[0])) + ")"
    if connection.vendor != "postgresql":
        if len(values) == 1:
            cursor.execute(f"{head} {one} {tail}", values[0])
        else:
            cursor.executemany(f"{head} {one} {tail}", values)
        return
    remaining = iter(values)
    while part := list(islice(remaining, ROWS_PER_STATEMENT)):
        cursor.execute(f"{head} {', '.join([one] * len(part))} {tail}", [value for row in part for value in row])


def prepare(connection, columns, values):
    """Turn Python values into what the driver takes, touching only the columns that need it."""
    converters = [(place, converter(connection, column)) for place, column in enumerate(columns)]
    converters = [(place, convert) for place, convert in converters if convert]
    if not converters:
        return values
    prepared = []
    for row in values:
        cells = list(row)
        for place, convert in converters:
            if cells[place] is not None:
                cells[place] = convert(cells[place])
        prepared.append(tuple(cells))
    return prepared


def converter(connection, column):
    """How one column's values travel; None where they travel as they are."""
    if isinstance(column, models.JSONField):
        return json.dumps
    if connection.vendor == "postgresql":
        return None
    if isinstance(column, models.DateTimeField):
        return sqlite_moment
    if isinstance(column, models.DateField):
        return str
    if isinstance(column, models.DecimalField):
        return str
    return None


def sqlite_moment(value: datetime) -> str:
    """A moment as Django stores it on SQLite: naive text in UTC."""
    return str(value if value.tzinfo is UTC else value.astimezone(UTC))[:-6]


def analyze(*models_: type[models.Model]) -> None:
    """Tell PostgreSQL how its tables look after they grew at once: until then its plans are those for small ones."""
    for model in models_:
        connection = writer(model)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f'ANALYZE "{model._meta.db_table}"')
