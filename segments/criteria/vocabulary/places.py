"""Where somebody lives."""

import math
from functools import partial

from django.db.models import F, FloatField, Q, Value
from django.db.models.functions import ASin, Cast, Cos, Power, Radians, Sin, Sqrt
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from customers import words
from customers.merchants.models import Location, Merchant
from customers.models import CustomerWord
from segments.criteria.facts import within
from segments.criteria.field import Condition, Field, Group, Moment, Param
from segments.criteria.kinds import Kind
from segments.criteria.shapes import compare, written_on_card

EARTH = 6_371.0088  # km, the mean radius
DEGREE = EARTH * math.pi / 180  # km
FARTHEST = 20_100
COMPARED = {"eq": Exact, "lt": LessThan, "lte": LessThanOrEqual, "gt": GreaterThan, "gte": GreaterThanOrEqual}


def city(condition: Condition, moment: Moment) -> Q:
    """A city, whatever its case and accents, by the index that people are searched with."""
    if condition.op == "exists":
        return ~Q(city="")
    values = condition.value if condition.op == "in" else (condition.value,)
    mine = CustomerWord.objects.filter(merchant=moment.merchant, word__in=[words.city_word(one) for one in values])
    return within(mine.values("customer"))


def postal_code(condition: Condition, moment: Moment) -> Q:
    """A postal code, or how it begins."""
    if condition.op == "contains":
        return Q(postal_code__istartswith=condition.value)
    return written_on_card("postal_code")(condition, moment)


def distance(condition: Condition, moment: Moment) -> Q:
    """Kilometres as the crow flies, reckoned only of those inside a box around the place where that helps."""
    spot = Location.objects.for_merchant(moment.merchant).filter(
        public_id=condition.params["location"], latitude__isnull=False
    )
    latitude, longitude = spot.values_list("latitude", "longitude").first() or (None, None)
    if latitude is None:
        return Q(pk__in=[])
    here = Q(latitude__isnull=False, longitude__isnull=False)
    kilometres = haversine(float(latitude), float(longitude))
    if condition.op == "between":
        low, high = condition.value
        near = Q(GreaterThanOrEqual(kilometres, low)) & Q(LessThanOrEqual(kilometres, high))
    else:
        high = condition.value if condition.op in {"lt", "lte"} else None
        near = Q(COMPARED[condition.op](kilometres, condition.value))
    return here & box(float(latitude), float(longitude), high) & near


def haversine(latitude: float, longitude: float):
    """Kilometres from a spot to the card's, on a sphere."""
    radians = partial(Cast, output_field=FloatField())
    there, along = Radians(radians(F("latitude"))), Radians(radians(F("longitude")))
    half_up = Sin((there - math.radians(latitude)) / 2.0)
    half_along = Sin((along - math.radians(longitude)) / 2.0)
    chord = Power(half_up, 2.0) + Value(math.cos(math.radians(latitude))) * Cos(there) * Power(half_along, 2.0)
    return Value(2 * EARTH) * ASin(Sqrt(chord))


def box(latitude: float, longitude: float, kilometres: int | None) -> Q:
    """The degrees within which everybody lies who is so near; none near a pole, nor across the date line."""
    if kilometres is None:
        return Q()
    up = kilometres / DEGREE + 0.001
    found = Q(latitude__range=(latitude - up, latitude + up))
    widest = max(abs(latitude - up), abs(latitude + up))
    along = up / math.cos(math.radians(widest)) if widest < 89 else 360
    if abs(longitude) + along >= 180:
        return found
    return found & Q(longitude__range=(longitude - along, longitude + along))


def mapped(merchant: Merchant) -> list[tuple[str, str]]:
    """The locations whose place on the map is known."""
    found = Location.objects.for_merchant(merchant).filter(latitude__isnull=False).order_by("name", "pk")
    return list(found.values_list("public_id", "name"))


def joined_at(condition: Condition, moment: Moment) -> Q:
    """The location that the card names."""
    if condition.op == "exists":
        return Q(location__isnull=False)
    keys = Location.objects.for_merchant(moment.merchant)
    ids = condition.value if condition.op == "in" else (condition.value,)
    return Q(location__isnull=False) & Q(location__in=keys.filter(public_id__in=ids).values("pk"))


def locations(merchant: Merchant) -> list[tuple[str, str]]:
    """The locations of the shop by their ids."""
    return list(Location.objects.for_merchant(merchant).order_by("name", "pk").values_list("public_id", "name"))


def has_locations(merchant: Merchant) -> bool:
    """Whether the shop has a location at all."""
    return Location.objects.for_merchant(merchant).exists()


def is_mapped(merchant: Merchant) -> bool:
    """Whether the place of any location is known."""
    return bool(mapped(merchant))


def country(condition: Condition, moment: Moment) -> Q:
    return ~Q(country="") if condition.op == "exists" else compare("country", condition)


FIELDS = [
    Field(
        "city", _("City"), Group.PLACE, Kind.TEXT, _("The city on the card, whatever its case and accents."), city,
        _("live in %(this)s"), _("do not live in %(this)s"), _("have a city on their card"),
        _("have no city on their card"),
    ),
    Field(
        "postal_code", _("Postal code"), Group.PLACE, Kind.TEXT,
        _("The postal code on the card; “contains” means that it begins so."), postal_code,
        _("have the postal code %(this)s"), _("do not have the postal code %(this)s"),
        _("have a postal code on their card"), _("have no postal code on their card"),
        operators=("eq", "ne", "in", "contains"),
    ),
    Field(
        "country", _("Country"), Group.PLACE, Kind.TEXT, _("Two capital letters, such as ES."), country,
        _("live in the country %(this)s"), _("do not live in the country %(this)s"), _("have a country on their card"),
        _("have no country on their card"),
    ),
    Field(
        "distance_km", _("Distance from a location"), Group.PLACE, Kind.COUNT,
        _("Kilometres as the crow flies from one of your locations; for cards whose place on the map is known."),
        distance, _("live %(this)s from %(location)s"), unit="km", operators=("lt", "lte", "gt", "gte", "between"),
        highest=FARTHEST, is_offered=is_mapped,
        params=(Param("location", _("From"), Kind.REFERENCE, _("the id of the location to measure from."), True,
                      mapped),),
    ),
    Field(
        "location", _("Location of the card"), Group.PLACE, Kind.REFERENCE,
        _("The location where the card was made, or that it names."), joined_at, _("joined at %(this)s"),
        _("did not join at %(this)s"), _("have a location on their card"), _("have no location on their card"),
        choices=locations, is_offered=has_locations,
    ),
]  # fmt: skip
