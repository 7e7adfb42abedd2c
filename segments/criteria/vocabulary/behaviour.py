"""How somebody buys, by the rollups that follow every purchase."""

from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerActivity, Purchase
from rewards.expiry import midnight
from segments.criteria.facts import Fact, Table, within
from segments.criteria.field import Condition, Field, Group, Moment, Param
from segments.criteria.kinds import Kind
from segments.criteria.shapes import compare, counted, days_ago, of_table, summed
from segments.rfv.everybody import parts_since

ACTIVITY = Table("activity", lambda moment: CustomerActivity.objects.filter(merchant=moment.merchant))
DAYS = Param(
    "days", _("How many days"), Kind.DAYS, _("how many days back, today included; all of the history without it.")
)
NEEDED_DAYS = Param("days", _("How many days"), Kind.DAYS, _("how many days back, today included."), True)


def average(condition: Condition, moment: Moment) -> Fact:
    """The average purchase, compared without a division, so that no cent is rounded away."""
    times = F("purchases")
    op, value = condition.op, condition.value
    if op == "exists":
        return Fact(ACTIVITY, Q(purchases__gt=0))
    if op == "between":
        found = Q(net_value__gte=times * value[0], net_value__lte=times * value[1])
    elif op == "in":
        found = Q()
        for one in value:
            found |= Q(net_value=times * one)
    else:
        found = compare("net_value", Condition(condition.field, op, times * value))
    return Fact(ACTIVITY, Q(purchases__gt=0) & found)


def lately(column: str):
    """A sum over the last days: whole months from the rollup, the rest of the first one from its purchases."""

    def where(condition: Condition, moment: Moment) -> Q:
        day = moment.today - timedelta(days=condition.params["days"])
        return summed(tuple(parts_since(moment.merchant, day)), column, condition)

    return where


def bought(moment: Moment, days: int | None = None) -> QuerySet[Purchase]:
    """The purchases that count, of the last days if any are named."""
    found = Purchase.objects.for_merchant(moment.merchant).counted()
    if days is None:
        return found
    return found.filter(occurred_at__gte=midnight(moment.today - timedelta(days=days - 1), moment.merchant.timezone))


def largest(condition: Condition, moment: Moment) -> Q:
    """The most that one purchase came to, after discounts: asked of single purchases, so that nothing is grouped."""
    rows = bought(moment, condition.params.get("days")).order_by()
    reached = lambda op, amount: within(rows.filter(**{f"amount__{op}": amount}).values("customer"))  # noqa: E731
    op, value = condition.op, condition.value
    if op == "in":
        found = Q()
        for one in value:
            found |= reached("gte", one) & ~reached("gt", one)
        return found
    if op in {"gte", "gt"}:
        return reached(op, value)
    if op in {"eq", "between"}:
        least, most = value if op == "between" else (value, value)
        return reached("gte", least) & ~reached("gt", most)
    anything = within(rows.values("customer"))
    if op == "exists":
        return anything
    return anything & ~reached("gt" if op == "lte" else "gte", value)


def speak_recency(condition: Condition):
    """Long ago is said as an absence."""
    if condition.op == "exists":
        return BOUGHT if condition.value else NEVER
    away = condition.op in {"gt", "gte"}
    return _("have not bought for %(this)s") if away else NOT_LAST if condition.op == "ne" else LAST


def speak_frequency(condition: Condition):
    """No time at all is never, and one time is once."""
    if condition.op == "eq" and condition.value in {0, 1}:
        return _("bought once") if condition.value else NEVER
    return _("did not buy %(this)s") if condition.op == "ne" else _("bought %(this)s")


BOUGHT, NEVER = _("bought at least once"), _("never bought")
LAST, NOT_LAST = _("last bought %(this)s ago"), _("did not last buy %(this)s ago")


FIELDS = [
    Field(
        "recency_days", _("Days since the last purchase"), Group.BEHAVIOUR, Kind.DAYS,
        _("Days from the day of the last purchase to today; 0 for who bought today."),
        days_ago(of_table(ACTIVITY, "last_on")), LAST, NOT_LAST, BOUGHT, NEVER, unit="days",
        speak=speak_recency,
    ),
    Field(
        "first_purchase_days", _("Days since the first purchase"), Group.BEHAVIOUR, Kind.DAYS,
        _("Days from the day of the first purchase ever to today."), days_ago(of_table(ACTIVITY, "first_on")),
        _("first bought %(this)s ago"), _("did not first buy %(this)s ago"), BOUGHT, NEVER, unit="days",
    ),
    Field(
        "frequency", _("Purchases"), Group.BEHAVIOUR, Kind.COUNT,
        _("How many purchases count: not voided, not refunded whole. 0 for who never bought."),
        counted(ACTIVITY, "purchases"), _("bought %(this)s"), _("did not buy %(this)s"), unit="times",
        speak=speak_frequency,
    ),
    Field(
        "value", _("Net value"), Group.BEHAVIOUR, Kind.MONEY,
        _("What all purchases are worth after refunds and returns. 0 for who never bought."),
        counted(ACTIVITY, "net_value"), _("are worth %(this)s"), _("are not worth %(this)s"), unit="money",
        lowest=-(10**15),
    ),
    Field(
        "average_purchase", _("Average purchase"), Group.BEHAVIOUR, Kind.MONEY,
        _("Net value divided by purchases."), average, _("spend %(this)s a purchase"),
        _("do not spend %(this)s a purchase"), BOUGHT, NEVER, unit="money",
        lowest=-(10**15),
    ),
    Field(
        "purchases_in", _("Purchases in the last days"), Group.BEHAVIOUR, Kind.COUNT,
        _("How many purchases of the last days count, today included."), lately("purchases"),
        _("bought %(this)s in the last %(days)s"), _("did not buy %(this)s in the last %(days)s"), unit="times",
        params=(NEEDED_DAYS,),
    ),
    Field(
        "value_in", _("Net value in the last days"), Group.BEHAVIOUR, Kind.MONEY,
        _("What the purchases of the last days are worth, less what came back of them and returns without a receipt."),
        lately("value"), _("spent %(this)s in the last %(days)s"), _("did not spend %(this)s in the last %(days)s"),
        unit="money", lowest=-(10**15), params=(NEEDED_DAYS,),
    ),
    Field(
        "largest_purchase", _("Largest purchase"), Group.BEHAVIOUR, Kind.MONEY,
        _("The most that one purchase came to, after discounts."), largest, _("once spent %(this)s"),
        _("never spent %(this)s at most"), BOUGHT, NEVER, unit="money", params=(DAYS,),
    ),
    Field(
        "last_purchase_on", _("Day of the last purchase"), Group.BEHAVIOUR, Kind.DATE,
        _("The local day of the last purchase."), of_table(ACTIVITY, "last_on"), _("last bought %(this)s"),
        _("did not last buy %(this)s"), BOUGHT, NEVER,
    ),
    Field(
        "first_purchase_on", _("Day of the first purchase"), Group.BEHAVIOUR, Kind.DATE,
        _("The local day of the first purchase ever."), of_table(ACTIVITY, "first_on"), _("first bought %(this)s"),
        _("did not first buy %(this)s"), BOUGHT, NEVER,
    ),
]  # fmt: skip
