"""Registering and changing people's cards."""

import re
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers import activity, attributes, identity, words
from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Invalid
from customers.models import Activity, AttributeField, Consent, Customer, CustomerActivity, Purchase, Refund

TEXTS = ("name", "language", "gender", "city", "postal_code", "country", "notes")
KNOWN = ("phone", "email", "external_id", "card_code")
MOST_AT_ONCE, BATCH = 5_000, 500  # cards that one request changes: a second or two
CARD_LENGTH = 10
CARD_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0, 1, I, L, O, U: said aloud and typed without a mistake


class DuplicateCustomer(Conflict):
    """Somebody of this merchant has that phone, e-mail, card or id; `existing` is the public id."""

    code = "duplicate_customer"
    message = _("Another customer has this phone, e-mail, card code or id already.")


class WrongTag(Invalid):
    code = "invalid_tag"
    message = _("A tag is a word or a few, at most 40 characters.")


class TooMany(Conflict):
    code = "too_many"
    message = _("These are %(count)d customers. Narrow the list to %(most)d at most and go on in parts.")


class UseErase(Conflict):
    code = "use_erase"
    message = _("This customer has a history, which the books need. Erase the person's data instead of deleting it.")


def clean(*, merchant: Merchant, fields: dict, defined: dict[str, AttributeField] | None = None) -> dict:
    """Check and normalise the fields of a card; raises Invalid with the field named.

    `defined` are the shop's attributes where the caller has them; they are read where there is a value (one query).
    """
    cleaned = dict(fields)
    if cleaned.get("attributes"):
        known = attributes.defined(merchant) if defined is None else defined
        cleaned["attributes"] = attributes.clean(cleaned["attributes"], known)
    if cleaned.get("phone"):
        cleaned["phone"] = identity.phone(cleaned["phone"], country=merchant.country)
    if cleaned.get("email"):
        cleaned["email"] = identity.email(cleaned["email"])
    for name in KNOWN:
        if name in cleaned:
            cleaned[name] = cleaned[name] or None
    if cleaned.get("birthday") and not is_birthday(cleaned["birthday"]):
        raise Invalid(
            _("'%(birthday)s' is not a day of the year. Write month and day, such as 03-27."),
            values={"birthday": cleaned["birthday"]},
            field="birthday",
        )
    for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if name in cleaned and (cleaned[name] is None) != (cleaned.get(other) is None):
            raise Invalid(_("A place on the map needs latitude and longitude. Send both, or neither."), field=other)
    return cleaned


def is_birthday(text: str) -> bool:
    """Whether a text is MM-DD of a day that some year has."""
    if not re.fullmatch(r"\d\d-\d\d", text):
        return False
    try:
        datetime.strptime(f"2000-{text} +0000", "%Y-%m-%d %z")
    except ValueError:
        return False
    return True


def is_complete(customer: Customer) -> bool:
    """Whether a card says who it is, when to congratulate, and how: name, birthday, and phone or e-mail."""
    return bool(customer.name and customer.birthday and (customer.phone or customer.email))


@transaction.atomic
def register(*, merchant: Merchant, fields: dict, consents: list[dict], at: datetime) -> Customer:
    """Make one card; see `register_many`. Raises Invalid and DuplicateCustomer."""
    fields = clean(merchant=merchant, fields=fields)
    refuse_duplicates(merchant=merchant, fields=fields)
    try:
        with transaction.atomic():
            customer = register_many(merchant=merchant, cards=[fields], at=at)[0]
    except IntegrityError as error:  # somebody registered the same person in this very moment
        raise DuplicateCustomer from error
    give_consents(customer=customer, consents=consents, at=at)
    return customer


def register_many(*, merchant: Merchant, cards: list[dict], at: datetime) -> list[Customer]:
    """Make cards from cleaned fields, each with a card code; two INSERTs. The caller has looked for duplicates."""
    people = [
        Customer(
            merchant=merchant,
            created_at=at,
            updated_at=at,
            **{**card, "card_code": card.get("card_code") or new_card_code()},
        )
        for card in cards
    ]
    rows.store(people)
    words.add(people)
    return people


def new_card_code() -> str:
    """A code of 49 random bits that can be said aloud."""
    number, code = secrets.randbelow(len(CARD_ALPHABET) ** CARD_LENGTH), ""
    for __ in range(CARD_LENGTH):
        number, place = divmod(number, len(CARD_ALPHABET))
        code += CARD_ALPHABET[place]
    return code


@transaction.atomic
def update(*, customer: Customer, fields: dict, at: datetime, consents: list[dict] = ()) -> Customer:
    """Change what is named in `fields` and nothing else. Raises Invalid, DuplicateCustomer, CustomerErased."""
    activity.hold_known(merchant=customer.merchant, customers=[customer.pk])
    fields = clean(merchant=customer.merchant, fields=fields)
    if "card_code" in fields and not fields["card_code"]:
        del fields["card_code"]
    refuse_duplicates(merchant=customer.merchant, fields=fields, except_for=customer)
    for name, value in fields.items():
        setattr(customer, name, value)
    customer.updated_at = at
    try:
        with transaction.atomic():
            customer.save(update_fields=[*fields, "updated_at"])
    except IntegrityError as error:
        raise DuplicateCustomer from error
    if set(words.FIELDS) & set(fields):
        words.replace([customer])
    give_consents(customer=customer, consents=consents, at=at)
    return customer


def refuse_duplicates(*, merchant: Merchant, fields: dict, except_for: Customer | None = None) -> None:
    """Raise DuplicateCustomer, naming the field and the other card, when an identifier is taken (one query each)."""
    others = Customer.objects.for_merchant(merchant)
    if except_for:
        others = others.exclude(pk=except_for.pk)
    for name in KNOWN:
        if not fields.get(name):
            continue
        same = identity.SAME[name](fields[name])
        existing = others.filter(same).values_list("public_id", flat=True).first()
        if existing:
            raise DuplicateCustomer(field=name, existing=existing)


@transaction.atomic
def tag(*, people: QuerySet[Customer], tag: str, at: datetime, remove: bool = False) -> int:
    """Give each of these cards a tag, or take it away; returns how many changed. Raises WrongTag and TooMany.

    A tag says something of somebody: cards whose data were erased are left out.
    """
    tag = " ".join(tag.split())
    if not tag or len(tag) > words.LONGEST or not words.fold(tag).isprintable():
        raise WrongTag(field="tag")
    people = people.filter(erased_at=None)
    keys = list(people.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(keys) > MOST_AT_ONCE:
        raise TooMany(values={"count": people.count(), "most": MOST_AT_ONCE})
    changed = 0
    for start in range(0, len(keys), BATCH):
        part = (
            Customer.objects.select_for_update()
            .filter(pk__in=keys[start : start + BATCH], erased_at=None)
            .order_by("pk")
        )
        changed += len(retag(list(part), tag=tag, at=at, remove=remove))
    return changed


def retag(people: list[Customer], *, tag: str, at: datetime, remove: bool) -> list[Customer]:
    """Change the tags of a few cards; returns those that changed. Case and accents make no other tag."""
    changed = []
    for person in people:
        others = [one for one in words.tags(person.attributes) if words.fold(one) != words.fold(tag)]
        tags = others if remove else words.tags(person.attributes)
        if not remove and len(others) == len(tags):
            tags = [*tags, tag]
        if tags != words.tags(person.attributes):
            person.attributes, person.updated_at = {**person.attributes, "tags": tags}, at
            changed.append(person)
    Customer.objects.bulk_update(changed, ["attributes", "updated_at"])
    words.replace(changed)
    return changed


@transaction.atomic
def give_consents(*, customer: Customer, consents: list[dict], at: datetime) -> list[Consent]:
    """Record yes or no for channels and purposes; the newest of a pair holds.

    A no is always taken; for a yes there must be somebody to give it. Raises CustomerErased.
    """
    if any(consent["granted"] for consent in consents):
        activity.hold_known(merchant=customer.merchant, customers=[customer.pk])
    return Consent.objects.bulk_create([Consent(customer=customer, recorded_at=at, **consent) for consent in consents])


@transaction.atomic
def delete(*, customer: Customer) -> None:
    """Remove a card that has no history; raises UseErase for one that has."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    mine = {"merchant": customer.merchant_id, "customer": customer}
    told = Activity.objects.told().filter(**mine)
    if Purchase.objects.filter(**mine).exists() or Refund.objects.filter(**mine).exists() or told.exists():
        raise UseErase
    CustomerActivity.objects.filter(customer=customer).delete()
    customer.delete()


def forget(*, customers: list[int]) -> None:
    """Remove cards (primary keys) whose purchases and points are gone already; their rollups go with them."""
    activity.forget(customers=customers)
    Customer.objects.filter(pk__in=customers).delete()
