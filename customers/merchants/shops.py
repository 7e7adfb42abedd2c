"""Opening a shop and giving people their place in it."""

import re
from decimal import Decimal
from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from phonenumbers import SUPPORTED_REGIONS

from . import money
from .models import Location, Merchant, Role, StaffMember, User
from .refusals import Conflict, Invalid

LONGEST_NAME, LONGEST_SLUG, LONGEST_LOCATION = 150, 50, 100


class SlugTaken(Conflict):
    code = "slug_taken"
    message = _("Another shop has this short name. Choose another one.")


class LocationNameTaken(Conflict):
    code = "name_taken"
    message = _("There is a location of this name already. Choose another name.")


@transaction.atomic
def open_shop(
    *, name: str, slug: str, currency: str, country: str, timezone: str, owner_email: str, owner_name: str = ""
) -> tuple[Merchant, User]:
    """Create a merchant and its owner's place; an existing user keeps password and name.

    Raises Invalid for a name, slug, currency, country, time zone or e-mail that cannot be, SlugTaken for a slug in use.
    """
    check_name(name)
    check_shop(slug=slug, currency=currency, country=country, timezone=timezone)
    check_email(owner_email)
    try:
        with transaction.atomic():
            merchant = Merchant.objects.create(
                name=name, slug=slug, currency=currency, country=country, timezone=timezone
            )
    except IntegrityError as error:
        raise SlugTaken(field="slug") from error
    return merchant, give_place(merchant=merchant, email=owner_email, role=Role.OWNER, name=owner_name)


@cache
def timezones() -> frozenset[str]:
    """The names of all time zones. Asked for once: the answer reads hundreds of files."""
    return frozenset(available_timezones())


def check_shop(*, slug: str, currency: str, country: str, timezone: str) -> None:
    """Refuse what could not work later, with the place named."""
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug) or len(slug) > LONGEST_SLUG:
        raise Invalid(
            _("The short name '%(slug)s' must be small letters, digits and hyphens, at most 50."),
            values={"slug": slug},
            field="slug",
        )
    if currency not in money.DECIMALS:
        raise Invalid(
            _("'%(currency)s' is not a currency code. Use three capital letters, such as EUR."),
            values={"currency": currency},
            field="currency",
        )
    if country not in SUPPORTED_REGIONS:
        raise Invalid(
            _("'%(country)s' is not a country code. Use two capital letters, such as ES."),
            values={"country": country},
            field="country",
        )
    if timezone not in timezones():
        raise Invalid(
            _("'%(timezone)s' is not a time zone. Use a name such as Europe/Madrid."),
            values={"timezone": timezone},
            field="timezone",
        )


def check_name(name: str) -> None:
    """Refuse a shop that nobody could name."""
    if not 1 <= len(name.strip()) <= LONGEST_NAME or "\0" in name:
        raise Invalid(_("A shop needs a name of 1 to 150 characters."), field="name")


def check_email(email: str, *, field: str = "owner_email") -> None:
    """Refuse an address that nobody could be reached at."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(
            _("'%(email)s' is not an e-mail address. It needs a name, an @ and a domain."),
            values={"email": email[:60]},
            field=field,
        ) from error


@transaction.atomic
def give_place(*, merchant: Merchant, email: str, role: str, name: str = "") -> User:
    """Give the person with this e-mail a role at the merchant, making the user when needed."""
    user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, name=name)
    StaffMember.objects.update_or_create(merchant=merchant, user=user, defaults={"role": role, "is_active": True})
    return user


@transaction.atomic
def change(*, merchant: Merchant, name: str, country: str, currency: str, timezone: str) -> Merchant:
    """Change what a shop is called and how it counts. Whether currency and time zone still may, the caller knows.

    Raises Invalid with the field named.
    """
    check_name(name)
    check_shop(slug=merchant.slug, currency=currency, country=country, timezone=timezone)
    merchant.name, merchant.country, merchant.currency, merchant.timezone = name.strip(), country, currency, timezone
    merchant.save(update_fields=["name", "country", "currency", "timezone"])
    return merchant


def add_location(*, merchant: Merchant, name: str, note: str = "") -> Location:
    """A further counter of the merchant; raises Invalid, LocationNameTaken."""
    name = check_location_name(name)
    try:
        with transaction.atomic():
            return Location.objects.create(merchant=merchant, name=name, note=note)
    except IntegrityError as error:
        raise LocationNameTaken(field="name") from error


def change_location(
    *, location: Location, name: str, latitude: Decimal | None = None, longitude: Decimal | None = None
) -> Location:
    """Call a counter something else, and say where it is in degrees; what happened there stays there.

    Raises Invalid, LocationNameTaken.
    """
    location.name = check_location_name(name)
    if (latitude is None) != (longitude is None):
        raise Invalid(
            _("A place on the map needs latitude and longitude. Enter both, or neither."),
            field="latitude" if latitude is None else "longitude",
        )
    location.latitude, location.longitude = latitude, longitude
    try:
        with transaction.atomic():
            location.save(update_fields=["name", "latitude", "longitude"])
    except IntegrityError as error:
        raise LocationNameTaken(field="name") from error
    return location


def check_location_name(name: str) -> str:
    """The name without spaces around it; refuses one that nobody could read."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_LOCATION or "\0" in name:
        raise Invalid(_("A location needs a name of 1 to 100 characters."), field="name")
    return name
