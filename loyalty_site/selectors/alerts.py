"""Alerts in words: who did what, with whose card, and where to look."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant, StaffMember
from customers.merchants.templatetags.ficha import day as written_day
from customers.merchants.templatetags.ficha import points
from customers.models import Refund, StaffCard
from rewards import expiry, watching
from rewards.models import Alert
from rewards.models.alerts import AlertKind, AlertState

from . import actors
from .columns import harmless

STATES = [*AlertState.values, "all"]


@dataclass(slots=True)
class Told:
    """An alert in a sentence, from what number on such a thing is told, who decided, and whether it is about oneself.

    `entries`: whether it is about points, which the customer's account shows. `returns` are what it counted where it is
    about returns without a receipt, which have no page of their own.
    """

    alert: Alert
    sentence: str
    limit: str
    decided_by: str
    own: bool
    entries: bool
    returns: list[Refund]


def looked_up(merchant: Merchant, state: str, *, at: datetime) -> QuerySet[Alert]:
    """The alerts of a state, the newest first, after one more look for new ones (fourteen queries at most)."""
    watching.find(merchant=merchant, at=at, since=at - watching.WINDOW)
    return listed(merchant, state)


def listed(merchant: Merchant, state: str) -> QuerySet[Alert]:
    """The alerts of a state, or all, the newest first."""
    found = Alert.objects.for_merchant(merchant).select_related("customer", "purchase")
    return (found if state == "all" else found.filter(state=state)).order_by("-found_at", "-pk")


def told(place: StaffMember, alerts: Iterable[Alert]) -> list[Told]:
    """Alerts for the person who looks at them (three queries, one more where returns are told)."""
    alerts = list(alerts)
    returned = returns(place.merchant, alerts)
    people = names(place.merchant, alerts)
    mine = StaffCard.objects.filter(staff=place).values_list("customer", flat=True).first()
    return [
        Told(
            one,
            sentence(one, people),
            limit(one),
            people.get(one.decided_by, ""),
            own=one.person == place.public_id or mine is not None and one.customer_id == mine,
            entries=one.kind in {AlertKind.UNUSUAL, AlertKind.SELF_CREDIT},
            returns=returned.get((one.person, one.happened_on), []) if one.kind == AlertKind.RETURNS else [],
        )
        for one in alerts
    ]


def returns(merchant: Merchant, alerts: Iterable[Alert]) -> dict[tuple[str, date], list[Refund]]:
    """What alerts about returns counted, by who took it and the Monday of the week (one query, or none)."""
    told_of = {(one.person, one.happened_on) for one in alerts if one.kind == AlertKind.RETURNS}
    if not told_of:
        return {}
    found: dict[tuple[str, date], list[Refund]] = defaultdict(list)
    for refund in watching.unreceipted(merchant).filter(told_in(told_of, merchant.timezone)).order_by("-pk"):
        day = refund.recorded_at.astimezone(ZoneInfo(merchant.timezone)).date()
        found[refund.actor, day - timedelta(days=day.weekday())].append(refund)
    return found


def told_in(told_of: set[tuple[str, date]], zone: str) -> Q:
    """What somebody took in one of some weeks, named by their Mondays."""
    asked = Q()
    for person, monday in told_of:
        start, end = expiry.midnight(monday, zone), expiry.midnight(monday + timedelta(days=7), zone)
        asked |= Q(actor=person, recorded_at__gte=start, recorded_at__lt=end)
    return asked


def names(merchant: Merchant, alerts: Iterable[Alert]) -> dict[str, str]:
    """The names of everybody in some alerts (two queries)."""
    return actors.names(merchant, {name for one in alerts for name in (one.person, one.decided_by)})


def open_for(place: StaffMember) -> int:
    """How many alerts wait for this person's word: all but those about oneself (one query)."""
    waiting = Alert.objects.for_merchant(place.merchant).open().exclude(person=place.public_id)
    return waiting.exclude(customer__staff_card__staff=place).count()


def sentence(alert: Alert, people: dict[str, str]) -> str:
    """What was found."""
    said = SENTENCES[alert.kind](alert.count)
    return said % {
        "person": people.get(alert.person) or _("Somebody"),
        "customer": alert.customer or _("a customer"),
        "number": alert.count,
        "points": points(alert.count, alert.unit) if alert.unit else alert.count,
        "day": written_day(alert.happened_on),
    }


SENTENCES = {
    AlertKind.CUSTOMER_DAY: lambda count: ngettext(
        "%(person)s recorded %(number)d purchase of %(customer)s on %(day)s.",
        "%(person)s recorded %(number)d purchases of %(customer)s on %(day)s.",
        count,
    ),
    AlertKind.CUSTOMER_WEEK: lambda count: ngettext(
        "%(person)s recorded %(number)d purchase of %(customer)s in the week from %(day)s.",
        "%(person)s recorded %(number)d purchases of %(customer)s in the week from %(day)s.",
        count,
    ),
    AlertKind.ADJUSTMENTS: lambda count: ngettext(
        "%(person)s asked for %(number)d adjustment on %(day)s.",
        "%(person)s asked for %(number)d adjustments on %(day)s.",
        count,
    ),
    AlertKind.RETURNS: lambda count: ngettext(
        "%(person)s took back %(number)d thing without a receipt in the week from %(day)s.",
        "%(person)s took back %(number)d things without a receipt in the week from %(day)s.",
        count,
    ),
    AlertKind.UNUSUAL: lambda _count: _("%(person)s gave %(customer)s %(points)s at once on %(day)s."),
    AlertKind.SELF_CREDIT: lambda _count: _("%(person)s gave %(points)s to their own card on %(day)s."),
}


def limit(alert: Alert) -> str:
    """From what on such a thing is told, as it was set then."""
    if alert.kind == AlertKind.UNUSUAL:
        return _("More than %(points)s at once is unusual in this shop.") % {"points": points(alert.limit, alert.unit)}
    if alert.kind == AlertKind.SELF_CREDIT:
        return _("Told each time.")
    return _("Told from %(number)d on.") % {"number": alert.limit}


def rows(merchant: Merchant, alerts: Iterable[Alert]) -> Iterable[list]:
    """The alerts for a spreadsheet: headings, then a row for each (two queries beside theirs)."""
    alerts = list(alerts)
    people = names(merchant, alerts)
    yield [str(name) for name in (_("Found"), _("Kind"), _("Day"), _("What"), _("By"), _("Customer"), _("Counted"))] + [
        str(name) for name in (_("Limit"), _("State"), _("Decided"), _("Decided by"), _("Note"))
    ]
    for one in alerts:
        by, decided_by = people.get(one.person, ""), people.get(one.decided_by, "")
        written = [one.found_at.isoformat(), one.kind, one.happened_on.isoformat(), sentence(one, people), by]
        written += [str(one.customer or ""), one.count, one.limit, one.state]
        written += [one.decided_at.isoformat() if one.decided_at else "", decided_by, one.note]
        yield [harmless(cell) for cell in written]
