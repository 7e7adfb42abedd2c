"""Ten equal groups of customers, by value or by points earned: who is reached, who is forgotten."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connections, router
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, Purchase
from rewards.expiry import midnight
from rewards.models import Entry, Membership
from rewards.models.ledger import EntryKind

from .lapsed import last_seen
from .overview import returns

VALUE, POINTS = "value", "points"
ORDER = {VALUE: "-worth", POINTS: "-earned"}
LAPSED = 60  # days
EARLIER = timedelta(days=30)


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
        "earned": _(
            "Points earned since the first purchase, less what refunds took back, all programs together. "
            "Points are what is counted here as reward; what customers claimed with them is not."
        ),
        "members": _("Customers of the group who are in a program."),
        "lapsed": _("Customers of the group whose last purchase day is more than 60 days before the date."),
        "before": _(
            "The same figure at the end of the day 30 days before, with groups formed by what stood then: "
            "a group need not hold the same customers as today."
        ),
    }


def deciles(merchant: Merchant, *, day: date, by: str = VALUE) -> list[Decile]:
    """The groups that exist today, on `day` (one query, by customers and their entries)."""
    return tally(ranked(merchant, by=by), day=day)


def deciles_before(merchant: Merchant, *, day: date, by: str = VALUE) -> list[Decile]:
    """The groups at the end of an earlier day, by what is on record now (one query, by customers and entries).

    They are formed anew by what was worth or earned until then, so a group need not hold the same people.
    """
    return tally(ranked(merchant, by=by, until=day), day=day)


def tally(people: QuerySet[CustomerActivity], *, day: date) -> list[Decile]:
    """Ranked customers added up to their groups."""
    sql, params = people.values_list("customer", "worth", "member", "earned", "seen", "decile").query.sql_with_params()
    with connections[router.db_for_read(CustomerActivity)].cursor() as cursor:
        cursor.execute(
            f"""WITH people (customer, worth, member, earned, seen, decile) AS ({sql})
            SELECT decile, COUNT(*), CAST(SUM(worth) AS bigint), SUM(CASE WHEN member THEN 1 ELSE 0 END),
                CAST(SUM(earned) AS bigint), SUM(CASE WHEN seen < %s THEN 1 ELSE 0 END)
            FROM people GROUP BY decile ORDER BY decile""",
            [*params, day - timedelta(days=LAPSED)],
        )
        return [Decile(*row) for row in cursor.fetchall()]


def ranked(merchant: Merchant, *, by: str, until: date | None = None) -> QuerySet[CustomerActivity]:
    """Customers with a purchase, each with `worth`, `seen`, `earned`, `member` and `decile`; today, or on a day before.

    Rank r of n is in group ⌊10 (r − 1) / n⌋ + 1, so that the first k groups are the best ⌈10 k %⌉ of customers; equal
    ones stand in the order of their cards.
    """
    people = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0)
    entries = Entry.objects.filter(account=F("membership__account"), membership__customer=OuterRef("customer"))
    places = Membership.objects.filter(customer=OuterRef("customer"))
    worth, seen = F("net_value"), F("last_on")
    if until is not None:
        end = midnight(until + timedelta(days=1), merchant.timezone)
        people = people.filter(first_on__lte=until)
        entries, places = entries.filter(occurred_at__lt=end), joined(places, end)
        worth, seen = worth_at(merchant, until), last_seen(merchant, until)
    earned = added_up(entries.filter(kind__in=[EntryKind.EARN, EntryKind.REVERSE]), "membership__customer", "points")
    return people.annotate(worth=worth, seen=seen, earned=earned, member=Exists(places)).annotate(
        decile=(Window(RowNumber(), order_by=[ORDER[by], "customer"]) - 1) * 10 / Window(Count("*")) + 1
    )


def joined(places: QuerySet[Membership], end: datetime) -> QuerySet[Membership]:
    """Who was in a program before a moment: history that came in later has entries older than the membership."""
    earned = Entry.objects.filter(account=OuterRef("account"), membership=OuterRef("pk"), occurred_at__lt=end)
    return places.filter(Q(joined_at__lt=end) | Exists(earned))


def worth_at(merchant: Merchant, day: date) -> Combinable:
    """Net value at the end of a day: that of today without what was bought and brought back since."""
    bought = Purchase.objects.for_merchant(merchant).counted().filter(occurred_on__gt=day)
    returned = returns(merchant).filter(occurred_on__gt=day)
    mine = {"customer": OuterRef("customer")}
    return (
        F("net_value")
        - added_up(bought.filter(**mine), "customer", F("amount") - F("refunded"))
        + added_up(returned.filter(**mine), "customer", "amount")
    )


def added_up(rows: QuerySet, owner: str, what) -> Coalesce:
    """The sum over one customer's rows, which `owner` names; 0 without any."""
    sums = rows.order_by().values(owner).annotate(total=Sum(what)).values("total")
    return Coalesce(Subquery(sums), 0, output_field=BigIntegerField())


def in_decile(merchant: Merchant, number: int, *, by: str = VALUE) -> QuerySet:
    """The primary keys of the customers of a group, for a filter."""
    return ranked(merchant, by=by).filter(Q(decile=number)).values("customer")
