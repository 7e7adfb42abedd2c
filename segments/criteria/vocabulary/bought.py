"""What somebody bought, through which channel, where and when, and how full the basket was."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import CHANNELS
from customers.models import Purchase, PurchaseLine
from segments.criteria.facts import within
from segments.criteria.field import Condition, Field, Group, Moment, Param
from segments.criteria.kinds import Kind
from segments.criteria.shapes import compare, holds

from .behaviour import DAYS, bought
from .places import has_locations, locations

TIMES = Param(
    "times", _("In at least so many purchases"), Kind.COUNT, _("in how many purchases at least; 1 without it."),
    highest=10_000,
)  # fmt: skip


def purchases_with(narrow: Callable[[QuerySet, Condition, Moment], QuerySet]):
    """Customers with so many purchases of a kind."""

    def where(condition: Condition, moment: Moment) -> Q:
        rows = narrow(bought(moment, condition.params.get("days")), condition, moment)
        return within(often(rows, "customer", "pk", condition))

    return where


def lines_with(column: str):
    """Customers with so many purchases that have a line of a kind."""

    def where(condition: Condition, moment: Moment) -> Q:
        lines = PurchaseLine.objects.filter(purchase__in=bought(moment, condition.params.get("days")).values("pk"))
        if condition.op == "contains":
            lines = lines.filter(**{f"{column}__icontains": condition.value})
        else:
            lines = lines.filter(compare(column, condition))
        return within(often(lines, "purchase__customer", "purchase", condition))

    return where


def often(rows: QuerySet, customer: str, purchase: str, condition: Condition) -> QuerySet:
    """The customers of rows who have them in enough purchases."""
    times = condition.params.get("times", 1)
    rows = rows.order_by()
    if times == 1:
        return rows.values(customer)
    enough = rows.values(customer).annotate(often=Count(purchase, distinct=True)).filter(often__gte=times)
    return enough.values(customer)


def in_channel(rows: QuerySet, condition: Condition, moment: Moment) -> QuerySet:
    return rows.filter(compare("channel", condition))


def at_location(rows: QuerySet, condition: Condition, moment: Moment) -> QuerySet:
    ids = condition.value if condition.op == "in" else (condition.value,)
    return rows.filter(location__merchant=moment.merchant, location__public_id__in=ids)


def on_weekday(rows: QuerySet, condition: Condition, moment: Moment) -> QuerySet:
    return rows.annotate(weekday=ExtractIsoWeekDay("occurred_on")).filter(compare("weekday", condition))


def at_hour(rows: QuerySet, condition: Condition, moment: Moment) -> QuerySet:
    hour = ExtractHour("occurred_at", tzinfo=ZoneInfo(moment.merchant.timezone))
    return rows.annotate(hour=hour).filter(compare("hour", condition))


def basket(condition: Condition, moment: Moment) -> Q:
    """The most lines that one receipt had; none without lines."""
    lines = PurchaseLine.objects.filter(purchase__in=bought(moment, condition.params.get("days")).values("pk"))
    rows = lines.order_by().values("purchase__customer").annotate(most=Max("number"))
    if holds(condition.op, condition.value, 0):
        return ~within(rows.exclude(compare("most", condition)).values("purchase__customer"))
    return within(rows.filter(compare("most", condition)).values("purchase__customer"))


def weekdays(merchant: Merchant) -> list[tuple[int, str]]:
    """Monday is 1."""
    return [(number + 1, name) for number, name in WEEKDAYS.items()]


def has_lines(merchant: Merchant) -> bool:
    """Whether receipts say what was bought: asked of the latest purchases, or a shop without would read them all."""
    latest = Purchase.objects.for_merchant(merchant).order_by("-occurred_at", "-pk").values("pk")[:200]
    return PurchaseLine.objects.filter(purchase__in=list(latest.values_list("pk", flat=True))).exists()


PARAMS = (DAYS, TIMES)
FIELDS = [
    Field(
        "category", _("Category"), Group.BOUGHT, Kind.TEXT, _("The category of a line of the receipt, as written."),
        lines_with("category"), _("bought %(this)s"), _("never bought %(this)s"), params=PARAMS, is_offered=has_lines,
    ),
    Field(
        "sku", _("Product (SKU)"), Group.BOUGHT, Kind.TEXT, _("The SKU of a line of the receipt, as written."),
        lines_with("sku"), _("bought the product %(this)s"), _("never bought the product %(this)s"), params=PARAMS,
        is_offered=has_lines,
    ),
    Field(
        "product", _("Name of a product"), Group.BOUGHT, Kind.TEXT, _("The name on a line of the receipt."),
        lines_with("name"), _("bought %(this)s"), _("never bought %(this)s"),
        operators=("eq", "ne", "in", "contains"), params=PARAMS, is_offered=has_lines,
    ),
    Field(
        "channel", _("Channel"), Group.BOUGHT, Kind.TEXT, _("The channel of a purchase, as written."),
        purchases_with(in_channel), _("bought through the channel %(this)s"),
        _("never bought through the channel %(this)s"), hints=tuple(CHANNELS), params=PARAMS,
    ),
    Field(
        "purchase_location", _("Location of a purchase"), Group.BOUGHT, Kind.REFERENCE,
        _("The location where a purchase was made."), purchases_with(at_location), _("bought at %(this)s"),
        _("never bought at %(this)s"), choices=locations, params=PARAMS, is_offered=has_locations,
    ),
    Field(
        "weekday", _("Day of the week"), Group.BOUGHT, Kind.CHOICE,
        _("The local day of the week of a purchase; Monday is 1."), purchases_with(on_weekday), _("bought on %(this)s"),
        _("never bought on %(this)s"), choices=weekdays, params=PARAMS,
    ),
    Field(
        "hour", _("Hour of the day"), Group.BOUGHT, Kind.COUNT,
        _("The local hour in which a purchase was made, from 0 to 23."), purchases_with(at_hour),
        _("bought at the hour %(this)s"), _("never bought at the hour %(this)s"),
        operators=("eq", "ne", "in", "between"), highest=23, params=PARAMS,
    ),
    Field(
        "basket_lines", _("Lines of the fullest basket"), Group.BOUGHT, Kind.COUNT,
        _("The most lines that one receipt had. 0 where no receipt says what was bought."), basket,
        _("once had a basket of %(this)s"), _("never had a basket of %(this)s at most"), unit="lines",
        params=(DAYS,), is_offered=has_lines,
    ),
]  # fmt: skip
