"""Cards: made with their memberships, found by what a till knows, removed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from customers import identity, profiles
from customers.identity import Identifiers
from customers.merchants.models import Merchant
from customers.models import Customer
from rewards import earning, memberships
from rewards.models import Membership, Program, Voucher
from segments.surveys.models import Response

from . import activities


@transaction.atomic
def enrol(
    *, merchant: Merchant, fields: dict, consents: list[dict], at: datetime, only_new: dict | None = None
) -> tuple[Customer, bool]:
    """Make a card and its memberships; the same external id again updates it, without the `only_new` fields.

    Also says whether the card is new.
    """
    if fields.get("external_id"):
        known = Customer.objects.for_merchant(merchant).filter(external_id=fields["external_id"]).first()
        if known:
            return change_customer(customer=known, fields=fields, consents=consents, at=at), False
    fields = {**(only_new or {}), **fields}
    customer = profiles.register(merchant=merchant, fields=fields, consents=consents, at=at)
    memberships.enrol(merchant=merchant, customers=[customer.pk], at=at)
    complete = profiles.is_complete(customer)
    activities.notice(merchant=merchant, customer=customer, joined=True, completed=complete, at=at)
    return customer, True


@transaction.atomic
def change_customer(*, customer: Customer, fields: dict, consents: list[dict], at: datetime) -> Customer:
    """Change what is named on a card (see `profiles.update`); completing it may earn."""
    before = profiles.is_complete(customer)
    customer = profiles.update(customer=customer, fields=fields, consents=consents, at=at)
    completed = not before and profiles.is_complete(customer)
    activities.notice(merchant=customer.merchant, customer=customer, joined=False, completed=completed, at=at)
    return customer


@transaction.atomic
def join_program(*, program: Program, customer: Customer, at: datetime) -> bool:
    """Make a customer a member of a program, which may earn; False when that stands already. Raises NotActive."""
    if not memberships.join_one(program=program, customer=customer, at=at):
        return False
    activities.notice_joining(program=program, customer=customer, at=at)
    return True


@transaction.atomic
def enrol_many(*, merchant: Merchant, cards: list[dict], at: datetime) -> list[Customer]:
    """Make cards from cleaned fields of people nobody knows yet, with their memberships (the import's way).

    A file brings people who were customers before: they have not just joined, and nothing is noticed of them.
    """
    people = profiles.register_many(merchant=merchant, cards=cards, at=at)
    memberships.enrol(merchant=merchant, customers=[person.pk for person in people], at=at)
    return people


@transaction.atomic
def identify(*, merchant: Merchant, identifiers: Identifiers, at: datetime) -> tuple[Customer, bool]:
    """The customer these identifiers name; a phone or e-mail that nobody has makes a card without consents.

    Raises UnknownCustomer for a card or external id that nobody has, IdentityConflict for those of two people.
    """
    customer = identity.find(merchant=merchant, identifiers=identifiers)
    if customer and identity.has_all(customer, identifiers):
        return customer, False
    if customer or identifiers.external_id or identifiers.card_code or not (identifiers.phone or identifiers.email):
        raise identity.UnknownCustomer(field="identify")
    fields = {"phone": identifiers.phone, "email": identifiers.email}
    return enrol(merchant=merchant, fields=fields, consents=[], at=at)


def identify_once(*, merchant: Merchant, identifiers: Identifiers, at: datetime) -> tuple[Customer, bool]:
    """`identify`, when another till may be making the same card in this very moment."""
    try:
        return identify(merchant=merchant, identifiers=identifiers, at=at)
    except profiles.DuplicateCustomer:
        return identify(merchant=merchant, identifiers=identifiers, at=at)


@transaction.atomic
def recognise(*, merchant: Merchant, text: str, at: datetime) -> Customer:
    """The customer whose whole identifier a cashier typed; a phone or e-mail that nobody has makes a card.

    Raises UnknownCustomer for a text that is neither and nobody's, IdentityConflict for one of two people.
    """
    customer = identity.named(merchant=merchant, text=text)
    if customer:
        return customer
    try:
        kind = "email" if "@" in text else "phone"
        clean = identity.email(text) if "@" in text else identity.phone(text, country=merchant.country)
    except (identity.InvalidEmail, identity.InvalidPhone) as error:
        raise identity.UnknownCustomer from error
    return identify(merchant=merchant, identifiers=Identifiers(**{kind: clean}), at=at)[0]


@transaction.atomic
def delete_customer(*, customer: Customer) -> None:
    """Remove a card without history, with its empty memberships; raises UseErase for one that the books need."""
    Customer.objects.select_for_update().get(pk=customer.pk)  # a till that sells to them waits, or is seen
    theirs = Membership.objects.filter(customer=customer)
    moved = Q(pooled_at__isnull=False) | Q(account__entries__isnull=False)
    if theirs.filter(moved | Q(adjustments__isnull=False) | Q(redemptions__isnull=False)).exists():
        raise profiles.UseErase
    if Voucher.objects.filter(Q(customer=customer) | Q(uses__customer=customer)).exists():
        raise profiles.UseErase
    if Response.objects.filter(customer=customer).exists():
        raise profiles.UseErase
    earning.forget(merchant=customer.merchant, customers=[customer.pk])
    profiles.delete(customer=customer)
