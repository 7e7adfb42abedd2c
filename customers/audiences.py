"""Filling named lists of customers, thousands at once, with the moments at which people came and left."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, connections, router, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Invalid, Missing
from customers.models import Audience, AudienceMember, Customer

FIELDS = ["audience", "customer", "added_at"]
LONGEST_NAME = 100
MEMBERS, CARDS = f'"{AudienceMember._meta.db_table}"', f'"{Customer._meta.db_table}"'
LEAVE = f"""UPDATE {MEMBERS} AS old SET removed_at = CASE WHEN added_at > %s THEN added_at ELSE %s END
    WHERE audience_id = %s AND removed_at IS NULL"""
COME = f"""INSERT INTO {MEMBERS} (audience_id, customer_id, added_at) SELECT %s, card.id, %s FROM {CARDS} AS card
    WHERE card.merchant_id = %s AND card.erased_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM {MEMBERS} AS old
        WHERE old.audience_id = %s AND old.customer_id = card.id AND old.removed_at IS NULL
    )"""


class AudienceNameTaken(Conflict):
    code = "name_taken"
    message = _("There is an audience of this name already. Choose another name.")


class WrongAudienceName(Invalid):
    code = "invalid_name"
    message = _("A list of customers needs a name of 1 to 100 characters.")


class UnknownCustomers(Missing):
    code = "unknown_customer"
    message = _("This shop does not have all of these customers.")


@transaction.atomic
def create(*, merchant: Merchant, name: str, at: datetime) -> Audience:
    """An empty list. Raises WrongAudienceName, AudienceNameTaken."""
    return write(Audience(merchant=merchant, created_at=at), name)


@transaction.atomic
def rename(*, audience: Audience, name: str) -> Audience:
    """Call a list something else; who is on it stays. Raises WrongAudienceName, AudienceNameTaken."""
    hold(audience)
    return write(audience, name)


def write(audience: Audience, name: str) -> Audience:
    """Save a list under a name, unless another of the shop has it."""
    audience.name = " ".join(name.split())
    if not 1 <= len(audience.name) <= LONGEST_NAME or "\0" in name:
        raise WrongAudienceName(field="name")
    try:
        with transaction.atomic():
            audience.save()
    except IntegrityError as error:
        raise AudienceNameTaken(field="name") from error
    return audience


@transaction.atomic
def add(*, audience: Audience, customers: Iterable[int], at: datetime) -> int:
    """Put customers (primary keys) on the list; returns how many were not there. Raises UnknownCustomers.

    Four statements whatever their number.
    """
    wanted = check(audience, customers)
    missing = sorted(wanted - standing(audience))
    rows.insert(AudienceMember, FIELDS, [(audience.pk, customer, at) for customer in missing])
    return len(missing)


@transaction.atomic
def remove(*, audience: Audience, customers: Iterable[int], at: datetime) -> int:
    """Take customers (primary keys) off the list; returns how many were there."""
    hold(audience)
    return audience.members.filter(customer_id__among=set(customers)).leave(at)


@transaction.atomic
def replace(*, audience: Audience, customers: Iterable[int], at: datetime) -> tuple[int, int]:
    """Let the list be exactly these customers (primary keys); returns how many came and how many left.

    Those who stay keep the moment at which they came. Raises UnknownCustomers.
    """
    wanted = check(audience, customers)
    here = standing(audience)
    left = remove(audience=audience, customers=here - wanted, at=at)
    rows.insert(AudienceMember, FIELDS, [(audience.pk, customer, at) for customer in sorted(wanted - here)])
    return len(wanted - here), left


@transaction.atomic
def follow(*, audience: Audience, customers: QuerySet, at: datetime) -> tuple[int, int]:
    """`replace` by a query that gives primary keys: none of them travels, so that many lists of many people are quick.

    Customers of other merchants are left out, and so are cards that go, or are erased, while this runs. Returns how
    many came and how many left.
    """
    hold(audience)
    connection = connections[router.db_for_write(AudienceMember)]
    try:
        wanted, params = customers.order_by().query.sql_with_params()
    except EmptyResultSet:
        return 0, audience.members.leave(at)
    leaving, coming = [at, at, audience.pk], [audience.pk, at, audience.merchant_id, audience.pk]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return at_once(cursor, wanted, [*params, *leaving, *coming])
        leaving, coming = moments_as_text(connection, leaving), moments_as_text(connection, coming)
        cursor.execute(f"{LEAVE} AND customer_id NOT IN ({wanted})", [*leaving, *params])
        left = cursor.rowcount
        cursor.execute(f"{COME} AND card.id IN ({wanted})", [*coming, *params])
        return cursor.rowcount, left


def at_once(cursor, wanted: str, params: list) -> tuple[int, int]:
    """PostgreSQL's form: the question is asked once, and who comes is kept from being deleted or erased meanwhile."""
    cursor.execute(
        f"""WITH wanted (customer) AS MATERIALIZED ({wanted}),
        gone AS (
            {LEAVE} AND NOT EXISTS (SELECT 1 FROM wanted WHERE wanted.customer = old.customer_id) RETURNING 1
        ),
        come AS ({COME} AND card.id IN (SELECT customer FROM wanted) FOR KEY SHARE OF card RETURNING 1)
        SELECT (SELECT COUNT(*) FROM come), (SELECT COUNT(*) FROM gone)""",
        params,
    )
    return cursor.fetchone()


def moments_as_text(connection, params: list) -> list:
    """Parameters as SQLite's driver takes them."""
    return [connection.ops.adapt_datetimefield_value(one) if isinstance(one, datetime) else one for one in params]


def check(audience: Audience, customers: Iterable[int]) -> set[int]:
    """These customers, all of the audience's merchant; the list is held."""
    hold(audience)
    wanted = set(customers)
    if Customer.objects.for_merchant(audience.merchant_id).filter(pk__among=wanted).count() != len(wanted):
        raise UnknownCustomers(field="customers")
    return wanted


def hold(audience: Audience) -> None:
    """Change the list one after the other."""
    Audience.objects.select_for_update().get(pk=audience.pk)


def standing(audience: Audience) -> set[int]:
    """Who is on the list (one query)."""
    return set(audience.members.now().values_list("customer", flat=True))


def memberships(*, merchant: Merchant, audiences: Iterable[str], customers: Iterable[int]) -> dict[int, frozenset[str]]:
    """Of some audiences (ids), those that each of these customers is in (one query)."""
    found: dict[int, set[str]] = {}
    members = AudienceMember.objects.now().filter(
        audience__merchant=merchant, audience__public_id__in=list(audiences), customer_id__among=set(customers)
    )
    for customer, audience in members.values_list("customer", "audience__public_id"):
        found.setdefault(customer, set()).add(audience)
    return {customer: frozenset(ids) for customer, ids in found.items()}
