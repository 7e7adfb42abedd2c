"""Ten equal groups of customers, by value or by points earned: who is reached, who is forgotten."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connections, router
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerActivity
from rewards.models import Entry, Membership
from rewards.models.ledger import EntryKind

VALUE, POINTS = "value", "points"
ORDER = {VALUE: "-net_value", POINTS: "-earned"}
LAPSED = 60  # days


@dataclass(slots=True)
class Decile:
    """One of ten groups; the first is worth most, or earned most. Money in minor units."""

    number: int
    customers: int
    net_value: int
    members: int
    earned: int
    lapsed: int


def definitions() -> dict[str, str]:
    """What the columns mean, in the active language."""
    return {
        "decile": _(
            "All customers with a purchase, in ten groups of the same size: group 1 is the tenth at the top. "
            "The first two are the best fifth."
        ),
        "net_value": _("What the group bought since the first purchase, less what came back, and its share of all."),
        "earned": _("Points earned since the first purchase, less what refunds took back, all programs together."),
        "members": _("Customers of the group who are in a program."),
        "lapsed": _("Customers of the group whose last purchase day is more than 60 days before the date."),
    }


def deciles(merchant: Merchant, *, day: date, by: str = VALUE) -> list[Decile]:
    """The groups that exist (one query, by customers and their entries)."""
    people = ranked(merchant, by=by).values_list("customer", "net_value", "member", "earned", "last_on", "decile")
    sql, params = people.query.sql_with_params()
    with connections[router.db_for_read(CustomerActivity)].cursor() as cursor:
        cursor.execute(
            f"""WITH people (customer, net_value, member, earned, last_on, decile) AS ({sql})
            SELECT decile, COUNT(*), CAST(SUM(net_value) AS bigint), SUM(CASE WHEN member THEN 1 ELSE 0 END),
                CAST(SUM(earned) AS bigint), SUM(CASE WHEN last_on < %s THEN 1 ELSE 0 END)
            FROM people GROUP BY decile ORDER BY decile""",
            [*params, day - timedelta(days=LAPSED)],
        )
        return [Decile(*row) for row in cursor.fetchall()]


def ranked(merchant: Merchant, *, by: str) -> QuerySet[CustomerActivity]:
    """Customers with a purchase, each with `earned`, `member` and `decile`; equal ones in the order of their cards.

    Rank r of n is in group ⌊10 (r − 1) / n⌋ + 1, so that the first k groups are the best ⌈10 k %⌉ of customers.
    """
    entries = (
        Entry.objects.filter(account=F("membership__account"), membership__customer=OuterRef("customer"))
        .filter(kind__in=[EntryKind.EARN, EntryKind.REVERSE])
        .order_by()
        .values("membership__customer")
        .annotate(total=Sum("points"))
        .values("total")
    )
    return (
        CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0)
        .annotate(
            earned=Coalesce(Subquery(entries), 0, output_field=BigIntegerField()),
            member=Exists(Membership.objects.filter(customer=OuterRef("customer"))),
        )
        .annotate(decile=(Window(RowNumber(), order_by=[ORDER[by], "customer"]) - 1) * 10 / Window(Count("*")) + 1)
    )


def in_decile(merchant: Merchant, number: int, *, by: str = VALUE) -> QuerySet:
    """The primary keys of the customers of a group, for a filter."""
    return ranked(merchant, by=by).filter(Q(decile=number)).values("customer")
