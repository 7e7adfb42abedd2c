"""What accounts of a program hold, as SQL that a condition is asked of."""

from dataclasses import dataclass

from django.db.models import QuerySet

from rewards import ledger
from rewards.models import PointsAccount, Program
from segments.criteria.facts import compared, gathered, sql_of
from segments.criteria.field import Moment
from segments.criteria.shapes import holds


@dataclass(frozen=True, slots=True)
class Standing:
    """The accounts of a program with what they can spend: the balance, less the few points that are withheld."""

    program: Program
    withheld: tuple[QuerySet, ...]

    @classmethod
    def at(cls, program: Program, moment: Moment) -> "Standing":
        """As they stand at a moment (two queries)."""
        return cls(program, tuple(ledger.withheld(program, at=moment.at)))

    def tables(self, connection) -> tuple[str, tuple]:
        """SQL that begins a statement with `standing (account, available, unspent)`, and its parameters."""
        rows, params = gathered(self.withheld, connection)
        return (
            f"""WITH rows (account, points) AS ({rows}),
            withheld (account, points) AS (SELECT account, CAST(SUM(points) AS bigint) FROM rows GROUP BY account),
            standing (account, available, unspent) AS (
                SELECT account.id, account.balance - COALESCE(withheld.points, 0), account.balance + account.deficit
                FROM {PointsAccount._meta.db_table} AS account LEFT JOIN withheld ON withheld.account = account.id
                WHERE account.program_id = %s
            )""",
            (*params, self.program.pk),
        )


@dataclass(frozen=True, slots=True)
class Spendable:
    """Accounts of which what can be spent compares so."""

    standing: Standing
    op: str
    value: object

    def statement(self, connection) -> tuple[str, tuple]:
        """SQL that gives the accounts, and its parameters."""
        tables, params = self.standing.tables(connection)
        condition, values = compared("available", self.op, self.value)
        return f"{tables} SELECT account FROM standing WHERE {condition}", (*params, *values)


@dataclass(frozen=True, slots=True)
class Visits:
    """Accounts by how many purchases, each earning as much as the newest points did, are missing to a goal.

    Nothing is looked up of who has no open lot, nor of who has enough unless they are asked for.
    """

    standing: Standing
    newest: QuerySet
    goal: int
    op: str
    value: object

    def statement(self, connection) -> tuple[str, tuple]:
        """SQL that gives the accounts, and its parameters."""
        tables, params = self.standing.tables(connection)
        newest, more = sql_of(self.newest, connection)
        condition, values = compared("visits", self.op, self.value)
        concerned = "" if holds(self.op, self.value, 0) else f"AND available < {self.goal:d}"
        return (
            f"""{tables},
            earning (account, available, points) AS MATERIALIZED (
                SELECT account, available, (
                    WITH lot (account, id, points) AS ({newest})
                    SELECT points FROM lot WHERE lot.account = standing.account ORDER BY id DESC LIMIT 1
                ) FROM standing WHERE unspent > 0 {concerned}
            ),
            missing (account, visits) AS (
                SELECT account, CASE WHEN available >= %s THEN 0 ELSE (%s - available + points - 1) / points END
                FROM earning WHERE points IS NOT NULL
            )
            SELECT account FROM missing WHERE {condition}""",
            (*params, *more, self.goal, self.goal, *values),
        )
