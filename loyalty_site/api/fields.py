"""What bodies are made of: nothing unknown, no floats near money, times in the merchant's zone."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from customers.merchants import money
from customers.merchants.models import Location, Merchant, StaffMember
from customers.merchants.refusals import Forbidden, Invalid, Missing
from customers.models import Customer
from customers.purchases.drafts import LARGEST_AMOUNT, InvalidAmount

from .parsing import is_storable

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class CurrencyMismatch(Invalid):
    code = "currency_mismatch"
    message = _("This shop keeps its books in another currency. Leave 'currency' out, or send the shop's.")


class OtherLocation(Forbidden):
    code = "other_location"
    message = _("This key belongs to one location and cannot record for another.")


class UnknownLocation(Missing):
    code = "unknown_location"
    message = _("This shop has no location with that id.")


class Strict(serializers.Serializer):
    """A body in which an unknown field is an error, so that a typo never silently loses money."""

    def to_internal_value(self, data):
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                message = _("There is no field '%(name)s' here. Check its spelling, or leave it out.")
                raise serializers.ValidationError(
                    {name: [serializers.ErrorDetail(message % {"name": name}, "unknown_field")] for name in unknown}
                )
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    """A JSON integer: no text, no decimal point, no true."""

    refusal = "invalid"
    default_error_messages = {"invalid": _("This must be a whole number, without a decimal point or quotes.")}

    def to_internal_value(self, data):
        if type(data) is not int:
            self.fail(self.refusal)
        return super().to_internal_value(data)


class MinorUnits(WholeNumber):
    """Money in minor units of the merchant's currency: 1250 is 12.50 EUR and 1250 JPY. Never negative here."""

    refusal = "invalid_amount"
    default_error_messages = {
        "invalid_amount": _("Send money as a whole number of minor units: 1250 means 12.50 in a currency with cents."),
    }

    def __init__(self, **options):
        super().__init__(**{"min_value": 0, "max_value": LARGEST_AMOUNT, **options})

    def to_internal_value(self, data):
        amount = super().to_internal_value(data)
        if not 0 <= amount <= LARGEST_AMOUNT:
            raise serializers.ValidationError(InvalidAmount.message, code=InvalidAmount.code)
        return amount


class Degrees(serializers.DecimalField):
    """Degrees of latitude or longitude (WGS 84), kept to six decimals: a tenth of a metre."""

    default_error_messages = {"invalid": _("Send degrees as a decimal number, such as 40.416775.")}

    def __init__(self, most: int, **options):
        super().__init__(
            max_digits=9, decimal_places=6, min_value=-most, max_value=most, coerce_to_string=False,
            rounding=ROUND_HALF_UP, **options,
        )  # fmt: skip

    def to_internal_value(self, data):
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)

    def validate_precision(self, value):
        """More decimals than are kept are rounded, not refused: maps give fifteen of them."""
        return value


class FreeJSON(serializers.JSONField):
    """JSON whose shape the field does not know, but which every database can keep."""

    default_error_messages = {
        "unstorable": _("This holds a null character, half a character, an infinite number or too many levels.")
    }

    def to_internal_value(self, data):
        if not is_storable(data):
            self.fail("unstorable")
        return super().to_internal_value(data)


class FreeObject(serializers.DictField):
    """An object with names of the merchant's own choice."""

    default_error_messages = FreeJSON.default_error_messages

    def to_internal_value(self, data):
        if not is_storable(data):
            self.fail("unstorable")
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """RFC 3339. A time without a zone is in the merchant's; the answer is in UTC."""

    default_error_messages = {"far": _("This moment lies too far away. Send one between the years 1900 and 9999.")}

    def enforce_timezone(self, value):
        if value.tzinfo is None:
            value = value.replace(tzinfo=ZoneInfo(self.context["merchant"].timezone))
        if not EARLIEST <= value < LATEST:
            self.fail("far")
        return value.astimezone(UTC)


def check_currency(merchant: Merchant, currency: str | None) -> None:
    """Optional everywhere; must be the merchant's."""
    if currency is not None and currency != merchant.currency:
        raise CurrencyMismatch(field="currency")


def find_location(request, public_id: str | None) -> Location | None:
    """The location that a body names, or the one the key is bound to."""
    bound = request.auth.location
    if public_id is None:
        return bound
    if bound and bound.public_id != public_id:
        raise OtherLocation(field="location")
    location = Location.objects.for_merchant(request.auth.merchant).filter(public_id=public_id).first()
    if location is None:
        raise UnknownLocation(field="location")
    return location


def find_customer(merchant: Merchant, public_id: str) -> Customer:
    """The merchant's customer with that id; another merchant's is missing, never forbidden."""
    customer = Customer.objects.for_merchant(merchant).filter(public_id=public_id).first()
    if customer is None:
        raise Missing(_("This shop has no customer with that id."), field="customer")
    return customer


def find_staff(merchant: Merchant, public_id: str | None) -> StaffMember | None:
    """The merchant's staff member with that id."""
    if public_id is None:
        return None
    member = StaffMember.objects.filter(merchant=merchant, public_id=public_id, is_active=True).first()
    if member is None:
        raise Missing(_("Nobody with that id works at this shop."), field="staff")
    return member


def plain_money(currency: str):
    """Writes minor units as a plain decimal with the currency's sign, for reasons in answers."""
    sign = money.SIGNS.get(currency, currency)
    return lambda minor: f"{sign}{money.major(minor, currency):,}"
