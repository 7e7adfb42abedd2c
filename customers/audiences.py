"""Filling named lists of customers, thousands at once, with the moments at which people came and left."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Missing
from customers.models import Audience, AudienceMember, Customer

FIELDS = ["audience", "customer", "added_at"]


class AudienceNameTaken(Conflict):
    code = "name_taken"
    message = _("There is an audience of this name already. Choose another name.")


class UnknownCustomers(Missing):
    code = "unknown_customer"
    message = _("This shop does not have all of these customers.")


@transaction.atomic
def create(*, merchant: Merchant, name: str, at: datetime) -> Audience:
    """An empty list. Raises AudienceNameTaken."""
    try:
        with transaction.atomic():
            return Audience.objects.create(merchant=merchant, name=name, created_at=at)
    except IntegrityError as error:
        raise AudienceNameTaken(field="name") from error


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
    leaving = audience.members.now().filter(customer_id__among=set(customers))
    return leaving.update(removed_at=at)


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
