"""Looking into a JSON list, the same way on both databases."""

from django.db.models import BooleanField, Func, TextField, Value


class Holds(Func):
    """Whether a JSON list of texts holds this one: Holds("preferences", "oat milk")."""

    conditional = True
    arity = 2
    output_field = BooleanField()

    def __init__(self, column, text):
        super().__init__(column, Value(text, output_field=TextField()))

    def as_sqlite(self, compiler, connection, **context):
        column, params = compiler.compile(self.source_expressions[0])
        text, values = compiler.compile(self.source_expressions[1])
        return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = {text})", (*params, *values)

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" ? ", **context)
