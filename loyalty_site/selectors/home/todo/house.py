"""What the house itself needs: work that stopped, silence at the till, people who wait, files with faults, programs."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant, StaffMember
from customers.merchants.templatetags.ficha import day as written_day
from customers.merchants.templatetags.ficha import money, whole
from customers.models import Import
from customers.models.imports import State
from loyalty_site.selectors import alerts, approvals
from loyalty_site.selectors.home.health import Health
from loyalty_site.selectors.home.objective import Objective
from rewards.budgets import Spending
from segments.objectives import Course

from .ranking import Todo, Urgency

SILENT = 3  # days without a purchase on record
FRESH = timedelta(days=14)  # of an import


def stopped(health: Health) -> Iterator[Todo]:
    """Work behind the scenes that does not go on; a night without it."""
    work = health.work
    if work.failed or work.late:
        yield Todo(
            Urgency.BROKEN,
            _("Work behind the scenes failed") if work.failed else _("Work behind the scenes does not go on"),
            work.sentence,
            _("See what to do"),
            "#health",
        )
    elif health.night_is_old:
        yield Todo(
            Urgency.BROKEN,
            _("The night's figures are from %(day)s") % {"day": written_day(health.night)},
            _("Who is expected and who is slipping away is reckoned by night; it has not been since."),
            _("See what to do"),
            "#health",
        )


def silence(merchant: Merchant, *, today: date, newest: date) -> Iterator[Todo]:
    """Nothing recorded for days."""
    days = (today - newest).days
    if days >= SILENT:
        yield Todo(
            Urgency.BROKEN,
            _("Nothing recorded since %(day)s") % {"day": written_day(newest)},
            ngettext(
                "For %(days)d day no purchase came in. Every figure here waits for the till.",
                "For %(days)d days no purchase came in. Every figure here waits for the till.",
                days,
            )
            % {"days": days},
            _("Record a purchase"),
            reverse("counter", args=[merchant.slug]),
        )


def deciding(place: StaffMember) -> Iterator[Todo]:
    """Adjustments that wait for this person's word (one query)."""
    number = approvals.waiting_for(place)
    if number:
        yield Todo(
            Urgency.WAITING,
            ngettext("%(number)s adjustment waits for you", "%(number)s adjustments wait for you", number)
            % {"number": whole(number)},
            _("Somebody asked for more points than they may adjust alone. Nothing is booked until you say yes."),
            _("Decide"),
            reverse("approvals", args=[place.merchant.slug]),
        )


def looking(place: StaffMember) -> Iterator[Todo]:
    """Alerts that wait for this person's word (one query)."""
    number = alerts.open_for(place)
    if number:
        yield Todo(
            Urgency.WAITING,
            ngettext("%(number)s alert waits for a look", "%(number)s alerts wait for a look", number)
            % {"number": whole(number)},
            _("Something at the till is out of the ordinary. You say whether it is wrong."),
            _("Look at it"),
            reverse("alerts", args=[place.merchant.slug]),
        )


def off_course(merchant: Merchant, objective: Objective | None) -> Iterator[Todo]:
    """The program whose objective is not on its way."""
    if objective and objective.program and objective.course in {Course.BEHIND, Course.MISSED}:
        yield Todo(
            Urgency.LEAVING,
            _("%(program)s is behind its objective") % {"program": objective.program.name},
            objective.finding,
            _("Look at the program"),
            reverse("program", args=[merchant.slug, objective.program.public_id]),
            objective.definition,
        )


def spent(merchant: Merchant, spendings: Iterable[Spending]) -> Iterator[Todo]:
    """Programs that granted more this month than was planned."""
    for one in spendings:
        if not one.is_over:
            continue
        yield Todo(
            Urgency.LEAVING,
            _("%(program)s is over its budget this month") % {"program": one.program.name},
            _("What it granted is worth %(worth)s; %(budget)s was planned. Nobody earns less for it.")
            % {"worth": money(one.worth, merchant.currency), "budget": money(one.budget, merchant.currency)},
            _("Look at the program"),
            reverse("program", args=[merchant.slug, one.program.public_id]),
            _("What was earned this month less what was taken back, times what one is worth to a customer."),
            worth=one.worth - one.budget,
        )


def files(merchant: Merchant, *, at: datetime, imported: Import | None) -> Iterator[Todo]:
    """The newest import, where it failed or left rows out within the last two weeks."""
    if imported is None or imported.created_at < at - FRESH:
        return
    href = reverse("import", args=[merchant.slug, imported.public_id])
    if imported.state == State.FAILED:
        yield Todo(
            Urgency.BROKEN,
            _("%(file)s could not be read") % {"file": imported.filename},
            imported.message or _("Nothing of it was recorded."),
            _("Look at the import"),
            href,
        )
    elif imported.state == State.DONE and imported.rejected:
        yield Todo(
            Urgency.TIDY,
            ngettext(
                "%(number)s row of %(file)s was left out",
                "%(number)s rows of %(file)s were left out",
                imported.rejected,
            )
            % {"number": whole(imported.rejected), "file": imported.filename},
            _("Download them, mend them and send them again; what was taken is not counted twice."),
            _("Mend them"),
            href,
        )
