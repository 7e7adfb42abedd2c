"""Days between two dates, and the month and the number of one, said the same way on both databases."""

from django.db.models import DateField, Func, IntegerField


class Days(Func):
    """Whole days from the second date to the first: Days(later, earlier)."""

    arity = 2
    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(
            compiler,
            connection,
            template="CAST(julianday(%(expressions)s) AS integer)",
            arg_joiner=") - julianday(",
            **context,
        )

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ", **context)


class MonthOf(Func):
    """The first day of a date's month. Django's TruncMonth calls Python for every row on SQLite: ten times as slow."""

    arity = 1
    output_field = DateField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="date(%(expressions)s, 'start of month')", **context)

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="CAST(date_trunc('month', %(expressions)s) AS date)", **context
        )


class NumberOf(Func):
    """The number of a date in the calendar, as date.toordinal() has it."""

    arity = 1
    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) - 1721424.5 AS integer)", **context
        )

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s - DATE '0001-01-01' + 1)", **context)


class QuarterOf(Func):
    """The first day of a date's quarter."""

    arity = 1
    output_field = DateField()

    def as_sqlite(self, compiler, connection, **context):
        back = "-' || ((CAST(strftime('%%m', %(expressions)s) AS integer) - 1) %% 3) || ' months"
        template = f"date(%(expressions)s, 'start of month', '{back}')"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="CAST(date_trunc('quarter', %(expressions)s) AS date)", **context
        )


class MonthNumber(Func):
    """The months of a date since the beginning of the calendar: differences count months."""

    arity = 1
    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **context):
        part = "CAST(strftime('%%%%%s', %%(expressions)s) AS integer)"
        return self.as_sql(compiler, connection, template=f"({part % 'Y'} * 12 + {part % 'm'})", **context)

    def as_postgresql(self, compiler, connection, **context):
        part = "extract(%s from %%(expressions)s)"
        return self.as_sql(
            compiler, connection, template=f"CAST({part % 'year'} * 12 + {part % 'month'} AS integer)", **context
        )
