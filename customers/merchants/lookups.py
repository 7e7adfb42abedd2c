"""`field__among=values`: IN with one parameter instead of one for each value.

A thousand placeholders cost more to write, parse and plan than the rows cost to find. Named anew, because it is for
long lists of plain values only; `__in` stays what everybody knows.
"""

import json

from django.db import models

from customers.merchants import rows


class Among(models.Lookup):
    """The column is one of a list of integers or texts."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        # Cast to the column's own type: a bigint column meets a smallint[] one by one, not through a hash table.
        kind = "bigint" if isinstance(self.lhs.output_field, models.IntegerField | models.ForeignKey) else "text"
        return f"{column} = ANY(%s::{kind}[])", [*params, rows.array(self.rhs)]

    def as_sqlite(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(list(self.rhs))]
