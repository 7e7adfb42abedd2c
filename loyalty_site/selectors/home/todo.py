"""What to do today: computed, each with a place that leads on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant, Right, StaffMember
from customers.merchants.templatetags.ficha import day as written_day
from customers.merchants.templatetags.ficha import money
from customers.models import Import
from customers.models.imports import State
from loyalty_site.selectors import alerts, approvals
from rewards import budgets
from segments import attention

from .health import Health

SILENT = 3  # days without a purchase on record
SHORTEST_WAIT = 7  # days until somebody who bought once is missed
AHEAD = 30  # days
FRESH = timedelta(days=14)  # of an import


@dataclass(slots=True)
class Todo:
    """One thing to do: what is so, why it matters, the button that leads there, and how it is counted."""

    title: str
    why: str
    action: str
    href: str
    definition: str = ""


def todos(place: StaffMember, *, at: datetime, health: Health, gap: float | None) -> list[Todo]:
    """What to do today (three queries, six for who manages); `gap` is the usual number of days between two visits."""
    merchant = place.merchant
    today = at.astimezone(ZoneInfo(merchant.timezone)).date()
    managing = []
    if place.may(Right.MANAGE):
        mending = files(merchant, at=at, imported=health.imported)
        managing = [*deciding(place), *looking(place), *mending, *spent(merchant, at=at)]
    if health.purchase is None:
        return managing
    return [
        *managing,
        *silence(place, today=today, newest=health.purchase.occurred_on),
        *regulars(merchant, today=today),
        *newcomers(merchant, today=today, gap=gap),
        *expiring(merchant, today=today),
    ]


def people(merchant: Merchant, query: str) -> str:
    """The customer list with a filter."""
    return f"{reverse('customers', args=[merchant.slug])}?{query}"


def deciding(place: StaffMember) -> Iterator[Todo]:
    """Adjustments that wait for this person's word (one query)."""
    number = approvals.waiting_for(place)
    if number:
        yield Todo(
            ngettext("%(number)s adjustment waits for you", "%(number)s adjustments wait for you", number)
            % {"number": number_format(number, force_grouping=True)},
            _("Somebody asked for more points than they may adjust alone. Nothing is booked until you say yes."),
            _("Decide"),
            reverse("approvals", args=[place.merchant.slug]),
        )


def looking(place: StaffMember) -> Iterator[Todo]:
    """Alerts that wait for this person's word (one query)."""
    number = alerts.open_for(place)
    if number:
        yield Todo(
            ngettext("%(number)s alert waits for a look", "%(number)s alerts wait for a look", number)
            % {"number": number_format(number, force_grouping=True)},
            _("Something at the till is out of the ordinary. You say whether it is wrong."),
            _("Look at it"),
            reverse("alerts", args=[place.merchant.slug]),
        )


def silence(place: StaffMember, *, today: date, newest: date) -> Iterator[Todo]:
    """Nothing recorded for days, by those who could record."""
    days = (today - newest).days
    if days >= SILENT and place.may(Right.COUNTER):
        yield Todo(
            _("Nothing recorded since %(day)s") % {"day": written_day(newest)},
            ngettext(
                "For %(days)d day no purchase came in. Every figure here waits for the till.",
                "For %(days)d days no purchase came in. Every figure here waits for the till.",
                days,
            )
            % {"days": days},
            _("Record a purchase"),
            reverse("counter", args=[place.merchant.slug]),
        )


def regulars(merchant: Merchant, *, today: date) -> Iterator[Todo]:
    """Regulars who are away for longer than is usual for them."""
    number = attention.quiet_regulars(merchant, today=today).count()
    if number:
        yield Todo(
            ngettext("%(number)s regular is slipping away", "%(number)s regulars are slipping away", number)
            % {"number": number_format(number, force_grouping=True)},
            _("They came four times or more, and are away for twice their usual time. A word now is worth most."),
            _("See the regulars"),
            people(merchant, "quiet=regulars"),
            attention.definitions()["quiet"],
        )


def newcomers(merchant: Merchant, *, today: date, gap: float | None) -> Iterator[Todo]:
    """New customers whose second visit is overdue."""
    if gap is None:
        return
    days = max(ceil(2 * gap), SHORTEST_WAIT)
    number = attention.bought_once(merchant, days=days, today=today).count()
    if number:
        yield Todo(
            ngettext("%(number)s new customer has not come back", "%(number)s new customers have not come back", number)
            % {"number": number_format(number, force_grouping=True)},
            _("They bought once, more than %(days)d days ago; two visits here lie %(gap)s days apart in the middle.")
            % {"days": days, "gap": number_format(gap, decimal_pos=0 if gap == int(gap) else 1)},
            _("See these customers"),
            people(merchant, f"once={days}"),
            attention.definitions()["once"],
        )


def expiring(merchant: Merchant, *, today: date) -> Iterator[Todo]:
    """Points that are lost within 30 days unless somebody says so."""
    lots = attention.expiring_lots(merchant, days=AHEAD, today=today)
    found = lots.aggregate(points=Sum("remaining"), accounts=Count("account", distinct=True))
    if found["accounts"]:
        yield Todo(
            ngettext("%(points)s point expires soon", "%(points)s points expire soon", found["points"])
            % {"points": number_format(found["points"], force_grouping=True)},
            ngettext(
                "%(number)s customer loses points until %(day)s unless you say so.",
                "%(number)s customers lose points until %(day)s unless you say so.",
                found["accounts"],
            )
            % {
                "number": number_format(found["accounts"], force_grouping=True),
                "day": written_day(today + timedelta(days=AHEAD)),
            },
            _("See whose points"),
            people(merchant, f"expiring={AHEAD}"),
            attention.definitions()["expiring"],
        )


def spent(merchant: Merchant, *, at: datetime) -> Iterator[Todo]:
    """Programs that granted more this month than was planned."""
    for one in budgets.over(merchant, at=at):
        yield Todo(
            _("%(program)s is over its budget this month") % {"program": one.program.name},
            _("What it granted is worth %(worth)s; %(budget)s was planned. Nobody earns less for it.")
            % {"worth": money(one.worth, merchant.currency), "budget": money(one.budget, merchant.currency)},
            _("Look at the program"),
            reverse("program", args=[merchant.slug, one.program.public_id]),
            _("What was earned this month less what was taken back, times what one is worth to a customer."),
        )


def files(merchant: Merchant, *, at: datetime, imported: Import | None) -> Iterator[Todo]:
    """The newest import, where it failed or left rows out within the last two weeks."""
    if imported is None or imported.created_at < at - FRESH:
        return
    href = reverse("import", args=[merchant.slug, imported.public_id])
    if imported.state == State.FAILED:
        yield Todo(
            _("%(file)s could not be read") % {"file": imported.filename},
            imported.message or _("Nothing of it was recorded."),
            _("Look at the import"),
            href,
        )
    elif imported.state == State.DONE and imported.rejected:
        yield Todo(
            ngettext(
                "%(number)s row of %(file)s was left out",
                "%(number)s rows of %(file)s were left out",
                imported.rejected,
            )
            % {"number": number_format(imported.rejected, force_grouping=True), "file": imported.filename},
            _("Download them, mend them and send them again; what was taken is not counted twice."),
            _("Mend them"),
            href,
        )
