"""Who is this? Normalising what people say about themselves, and finding the one card that it opens."""

import re
from contextlib import suppress
from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Lower, Upper
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from customers import words
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Invalid, Missing
from customers.models import Customer

LOOKUP_LIMIT = 5
SIFTED = 2_000  # of more people than these, only the first of the alphabet are looked at: one types on anyway
# Whole identifiers, written as the unique indexes are: __iexact would read every card on SQLite.
SAME = {
    "external_id": lambda text: Q(external_id=text),
    "phone": lambda text: Q(phone=text),
    "email": lambda text: Q(Exact(Lower("email"), Lower(Value(text)))),
    "card_code": lambda text: Q(Exact(Upper("card_code"), Upper(Value(text)))),
}


class InvalidPhone(Invalid):
    code = "invalid_phone"


class InvalidEmail(Invalid):
    code = "invalid_email"


class IdentityConflict(Conflict):
    code = "identity_conflict"
    message = _("These identifiers belong to two different customers. Use only one of them, or correct the cards.")


class UnknownCustomer(Missing):
    code = "unknown_customer"
    message = _("No customer has this card or id. Check it, or enrol the customer with a phone or e-mail.")


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What a till may know of a customer; everything normalised, None where nothing is known."""

    external_id: str | None = None
    phone: str | None = None
    email: str | None = None
    card_code: str | None = None

    def __bool__(self):
        return any((self.external_id, self.phone, self.email, self.card_code))


def phone(text: str, *, country: str) -> str:
    """A phone number in any usual form as E.164; numbers without a country code are of the merchant's country."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number) or re.search(r"[^\W\d_]", text):
        raise InvalidPhone(
            _("'%(phone)s' is not a phone number. Write it with digits, for example %(example)s."),
            values={"phone": text[:40], "example": example_phone(country)},
            field="phone",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def example_phone(country: str) -> str:
    """A number as people of that country write it, for sentences that ask for one."""
    number = phonenumbers.example_number(country)
    if number is None:
        return "+34 600 000 000"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def email(text: str) -> str:
    """An e-mail address as typed, without spaces around it; compared without case, never rewritten."""
    try:
        validate_email(text.strip())
    except ValidationError as error:
        raise InvalidEmail(
            _("'%(email)s' is not an e-mail address. It needs a name, an @ and a domain."),
            values={"email": text[:60]},
            field="email",
        ) from error
    return text.strip()


def find(*, merchant: Merchant, identifiers: Identifiers) -> Customer | None:
    """The customer that these identifiers name, or None; IdentityConflict when they name two (one query)."""
    wanted = {name: text for name in SAME if (text := getattr(identifiers, name))}
    if not wanted:
        return None
    people = Customer.objects.picked_for_merchant(merchant)
    found = list(people.filter(pk__in=any_of(merchant=merchant, wanted=wanted))[:2])
    if len(found) > 1:
        raise IdentityConflict
    return found[0] if found else None


def has_all(customer: Customer, identifiers: Identifiers) -> bool:
    """Whether a card code or external id that was given is this customer's: one that nobody has is a slip."""
    card, external_id = identifiers.card_code, identifiers.external_id
    return (not card or card.upper() == customer.card_code.upper()) and external_id in (None, "", customer.external_id)


def recognise(*, merchant: Merchant, text: str) -> Customer | None:
    """The one customer whose whole phone, e-mail, card code or external id was typed or scanned (one query)."""
    text = text.strip()
    people = Customer.objects.picked_for_merchant(merchant).filter(pk__in=exactly(merchant=merchant, text=text))
    found = list(people.order_by("pk")[:2]) if text else []
    return found[0] if len(found) == 1 else None


def look_up(*, merchant: Merchant, text: str) -> list[Customer]:
    """At most five customers for what a cashier typed or scanned: an exact identifier first, then beginnings.

    A phone in any format, its last four or more digits, an e-mail, a card code, an external id or the beginnings of
    words of a name, accents or not; who bought last comes first. Two queries at the most.
    """
    text = text.strip()
    if not text:
        return []
    people = Customer.objects.picked_for_merchant(merchant).with_activity()
    exact = people.filter(pk__in=exactly(merchant=merchant, text=text)).order_by("pk")[:LOOKUP_LIMIT]
    if exact:
        return list(exact)
    begins = words.found(merchant=merchant, text=text)[:SIFTED]
    return list(
        people.filter(pk__in=begins).order_by(F("activity__last_at").desc(nulls_last=True), "id")[:LOOKUP_LIMIT]
    )


def exactly(*, merchant: Merchant, text: str) -> QuerySet:
    """The keys of the customers whose whole identifier a text is: each by its own index, where OR would read all."""
    wanted = {"external_id": text, "card_code": text}
    if "@" in text:
        wanted["email"] = text
    with suppress(InvalidPhone):  # not a phone number, then: it may still be a card or an id
        wanted["phone"] = phone(text, country=merchant.country)
    return any_of(merchant=merchant, wanted=wanted)


def named(*, merchant: Merchant, text: str) -> Customer | None:
    """The customer whose whole identifier a text is, or None; IdentityConflict when it is that of two (one query)."""
    people = Customer.objects.picked_for_merchant(merchant)
    found = list(people.filter(pk__in=exactly(merchant=merchant, text=text))[:2])
    if len(found) > 1:
        raise IdentityConflict
    return found[0] if found else None


def any_of(*, merchant: Merchant, wanted: dict[str, str]) -> QuerySet:
    """The keys of the customers with any of these identifiers."""
    people = Customer.objects.for_merchant(merchant).values("pk")
    first, *more = [people.filter(SAME[name](text)) for name, text in wanted.items()]
    return first.union(*more)


def mask_phone(number: str | None) -> str | None:
    """What a cashier needs to recognise a number: its beginning and the last three digits."""
    if not number:
        return None
    return number[:3] + "•" * max(len(number) - 6, 3) + number[-3:]


def mask_email(address: str | None) -> str | None:
    """The first letter and the domain of an address."""
    if not address:
        return None
    name, __, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"
