"""What was done at the counter on a day: by one person, at one location, or by everybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.models import Location, Right, StaffMember
from customers.merchants.money import major
from customers.merchants.templatetags.ficha import money, points, whole
from customers.models import Purchase, Refund
from loyalty_site.selectors.columns import harmless
from rewards.models import Entry, Redemption, VoucherUse
from rewards.models.ledger import EntryKind
from rewards.models.programs import Kind
from rewards.models.rewards import RedemptionStatus

MINE, ALL = "me", "all"
EARLIEST = date(1900, 1, 1)
SHOWN = 200  # purchases on the page; the file has them all
DEFINITIONS = {
    "purchases": gettext_lazy("Purchases of this day, without those that were voided, whenever that happened."),
    "amount": gettext_lazy("What these purchases are worth after discounts, before anything of them came back."),
    "back": gettext_lazy("What came back on this day, whenever it had been bought, of purchases of the same view."),
    "net": gettext_lazy("The amount less what came back."),
    "prepaid": gettext_lazy("The part of the amount that gift cards and cashback paid: it is not in the till."),
    "discount": gettext_lazy("What rewards and vouchers took off these purchases. The amount is after it."),
    "voids": gettext_lazy("Purchases of this day that were voided since. They count for nothing."),
    "new": gettext_lazy("People whose card was made on this day and who bought on it."),
    "vouchers": gettext_lazy("Uses of vouchers on this day that were not taken back."),
    "rewards": gettext_lazy(
        "Rewards redeemed on this day, with a purchase or without one, that were not cancelled since."
    ),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as a tile shows it, and as a spreadsheet reads it."""

    label: str
    value: str
    definition: str
    beside: str = ""
    missing: str = ""
    change: str = ""
    tone: str = ""
    spark: None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """Points of a program on a day: given for purchases, and taken back."""

    name: str
    given: str
    taken: str


@dataclass(slots=True)
class Shift:
    """A day of a view (`whose`: me, all, or a location's id) with the views there are."""

    day: date
    whose: str
    views: list[tuple[str, str]]
    figures: list[Figure]
    moved: list[Moved]
    rows: list[Purchase]
    more: int


def day_of(text: str, *, today: date) -> date:
    """The day that an address names; today where it names none, or one that is still to come."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if EARLIEST <= found <= today else today


def views(place: StaffMember, *, here: str | None) -> list[tuple[str, str]]:
    """What somebody may look at, with names: their own, the location of this till, and with the right to reports all
    of them (one query).
    """
    every = list(Location.objects.for_merchant(place.merchant).order_by("name"))
    reports = place.may(Right.REPORTS)
    mine = [(MINE, _("by %(name)s") % {"name": place})]
    seen = [(one.public_id, one.name) for one in every if reports or one.public_id == here or len(every) == 1]
    return mine + seen + ([(ALL, _("everybody"))] if reports else [])


def allowed(place: StaffMember, whose: str, *, here: str | None) -> str:
    """The view that is asked for, or one's own where one may not look at it (one query)."""
    return whose if whose in dict(views(place, here=here)) else MINE


def bounds(day: date) -> tuple[datetime, datetime]:
    """The moments between which a day lies on the shop's clock."""
    zone = timezone.get_current_timezone()
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


def of_view(place: StaffMember, whose: str, *, path: str = "") -> Q:
    """What a view holds; `path` leads to the staff and location."""
    if whose == MINE:
        return Q(**{f"{path}staff": place})
    return Q() if whose == ALL else Q(**{f"{path}location__public_id": whose})


def bought(place: StaffMember, whose: str, day: date) -> QuerySet[Purchase]:
    """The purchases of a view on a day, voided ones too, by the index of the shop's purchases."""
    start, end = bounds(day)
    found = Purchase.objects.for_merchant(place.merchant).filter(of_view(place, whose))
    return found.filter(occurred_at__gte=start, occurred_at__lt=end)


def came_back(place: StaffMember, whose: str, day: date) -> QuerySet[Refund]:
    """What came back on a day, of purchases of a view; with everybody's what has no receipt, too."""
    found = Refund.objects.filter(merchant=place.merchant, occurred_on=day, undone_at=None)
    return found.filter(of_view(place, whose, path="purchase__"))


def shift(place: StaffMember, *, whose: str, here: str | None, day: date) -> Shift:
    """A day of a view; one that somebody may not look at is their own (eight queries, however long the day was)."""
    seen = views(place, here=here)
    whose = whose if whose in dict(seen) else MINE
    sold = bought(place, whose, day)
    rows = list(sold.select_related("customer", "staff__user", "location").order_by("-occurred_at", "-pk")[:SHOWN])
    figures, count = sums(place, whose, day, sold)
    return Shift(day, whose, seen, figures, moved(place, sold, day, whose), rows, max(count - SHOWN, 0))


def sums(place: StaffMember, whose: str, day: date, sold: QuerySet[Purchase]) -> tuple[list[Figure], int]:
    """The figures of a day, and how many purchases there were with those voided (four queries)."""
    start, end = bounds(day)
    standing, fresh = Q(voided_at=None), Q(customer__created_at__gte=start, customer__created_at__lt=end)
    found = sold.aggregate(
        count=Count("pk"),
        purchases=Count("pk", filter=standing),
        worth=Sum("amount", filter=standing, default=0),
        stored=Sum("prepaid", filter=standing, default=0),
        discount=Sum("discount", filter=standing, default=0),
        voids=Count("pk", filter=~standing),
        voided=Sum("amount", filter=~standing, default=0),
        new=Count("customer", filter=standing & fresh, distinct=True),
    )
    back = came_back(place, whose, day).aggregate(times=Count("pk"), amount=Sum("amount", default=0))
    used = VoucherUse.objects.filter(voucher__merchant=place.merchant, used_at__gte=start, used_at__lt=end)
    used = used.filter(of_view(place, whose), reversed_at=None)
    found["vouchers"] = used.exclude(voucher__redemption__purchase=F("purchase")).count()  # those are rewards
    taken = Redemption.objects.filter(merchant=place.merchant, status=RedemptionStatus.CAPTURED)
    taken = taken.filter(of_view(place, whose), redeemed_at__gte=start, redeemed_at__lt=end)
    found["rewards"] = taken.aggregate(count=Sum("quantity", default=0))["count"]
    return told(found, back, place.merchant.currency), found["count"]


def told(found: dict, back: dict, currency: str) -> list[Figure]:
    """Sums as tiles."""
    net = found["worth"] - back["amount"]
    figures = [
        ("purchases", _("Purchases"), whole(found["purchases"]), ""),
        ("amount", _("Amount"), money(found["worth"], currency), ""),
        ("back", _("Came back"), money(back["amount"], currency), times(back["times"])),
        ("net", _("Net"), money(net, currency), ""),
        ("voids", _("Voided"), whole(found["voids"]), money(found["voided"], currency) if found["voids"] else ""),
        ("vouchers", _("Vouchers used"), whole(found["vouchers"]), ""),
        ("rewards", _("Rewards redeemed"), whole(found["rewards"]), ""),
        ("new", _("New customers"), whole(found["new"]), ""),
    ]
    if found["stored"]:
        figures.insert(4, ("prepaid", _("Paid with stored value"), money(found["stored"], currency), ""))
    if found["discount"]:
        figures.insert(2, ("discount", _("Discounts"), money(found["discount"], currency), ""))
    return [Figure(label, value, str(DEFINITIONS[key]), beside) for key, label, value, beside in figures]


def times(count: int) -> str:
    """How often something came back."""
    return _("returns: %(count)s") % {"count": whole(count)} if count else ""


def moved(place: StaffMember, sold: QuerySet[Purchase], day: date, whose: str) -> list[Moved]:
    """Points given and taken back by the day's purchases and returns, by program (one query)."""
    start, end = bounds(day)
    touched = Q(purchase__in=sold.values("pk")) | Q(
        purchase__in=came_back(place, whose, day).exclude(purchase=None).values("purchase")
    )
    entries = Entry.objects.filter(touched, merchant=place.merchant, occurred_at__gte=start, occurred_at__lt=end)
    entries = entries.exclude(membership__program__kind=Kind.MEMBERSHIP)
    by_program = entries.values(name=F("membership__program__name"), unit=F("membership__program__unit")).annotate(
        given=Sum("points", filter=Q(kind=EntryKind.EARN), default=0),
        taken=Sum("points", filter=Q(kind=EntryKind.REVERSE), default=0),
    )
    return [
        Moved(one["name"], points(one["given"], one["unit"]), points(-one["taken"], one["unit"]))
        for one in by_program.order_by("name")
    ]


HEAD = ("kind", "time", "id", "customer", "amount", "staff", "location")


def cells(place: StaffMember, whose: str, day: date) -> Iterator[tuple]:
    """All purchases, voids and returns of a day for a spreadsheet: the amounts of what counts add up to the net."""
    currency = place.merchant.currency
    yield HEAD
    sold = bought(place, whose, day).select_related("customer", "staff__user", "location")
    for one in sold.order_by("occurred_at", "pk").iterator():
        kind, amount = ("void", 0) if one.voided_at else ("purchase", one.amount)
        yield line(kind, one.occurred_at, one.public_id, one.customer, amount, one, currency)
    back = came_back(place, whose, day).select_related("customer", "purchase__staff__user", "purchase__location")
    for one in back.order_by("occurred_at", "pk").iterator():
        yield line("return", one.occurred_at, one.public_id, one.customer, -one.amount, one.purchase, currency)


def line(kind: str, moment: datetime, public_id: str, customer, amount: int, purchase, currency: str) -> tuple:
    """One row: the time at the shop, money in major units, who and where as far as it is known."""
    staff, location = (purchase.staff, purchase.location) if purchase else (None, None)
    moment = timezone.localtime(moment).isoformat()
    who, by, where = (harmless(str(one or "")) for one in (customer, staff, location))
    return kind, moment, public_id, who, major(amount, currency), by, where
