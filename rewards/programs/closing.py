"""Ending a program: notice, last earning day, last spending day. What is left expires with the last spending day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Invalid
from rewards import expiry
from rewards.models import Program, ProgramClosing, ProgramVersion
from rewards.models.programs import Status

from .running import WrongStatus

FAIR_NOTICE = 30  # days to go on earning, and as many again to spend: less is asked about twice, never refused
FAIR_SPENDING = 60
LONGEST_NOTICE = 3_650
LONGEST_TEXT = 500


class WrongDays(Invalid):
    code = "wrong_days"


@transaction.atomic
def close(
    *, program: Program, last_earning_on: date, last_spending_on: date, at: datetime, notice: str = "", actor: str = ""
) -> Program:
    """Announce that a program ends: it takes no new members from now, and both local days are the last of their kind.

    Nothing has to run when they are over: judging looks at `earns_until`, every lot ends at `spendable_until`. Raises
    WrongStatus for a draft and for what closes already, WrongDays for days that cannot be.
    """
    program = Program.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=program.pk)
    if program.status == Status.DRAFT:
        raise WrongStatus(_("A draft promises nothing yet, so there is nothing to close."))
    if program.spendable_until:
        raise WrongStatus(_("This program is closing already. Take its closing back to choose other days."))
    check_days(program, last_earning_on, last_spending_on, at=at)
    zone = program.merchant.timezone
    program.earns_until = expiry.midnight(last_earning_on + timedelta(days=1), zone)
    program.spendable_until = expiry.midnight(last_spending_on + timedelta(days=1), zone)
    program.save(update_fields=["earns_until", "spendable_until"])
    ProgramClosing.objects.create(
        program=program,
        announced_at=at,
        last_earning_on=last_earning_on,
        last_spending_on=last_spending_on,
        notice=notice.strip()[:LONGEST_TEXT],
        actor=actor,
    )
    return program


@transaction.atomic
def reopen(*, program: Program, at: datetime, actor: str = "") -> Program:
    """Take a closing back while the program still earns; customers who came meanwhile are the caller's to enrol.

    Raises WrongStatus where nothing closes, and when earning has ended: what was said then holds.
    """
    program = Program.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=program.pk)
    if program.spendable_until is None:
        raise WrongStatus(_("This program is not closing."))
    if at >= program.earns_until:
        raise WrongStatus(_("The last earning day is over, so the closing stands. Make a new program instead."))
    ProgramClosing.objects.filter(program=program, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=actor)
    program.earns_until = program.spendable_until = None
    program.save(update_fields=["earns_until", "spendable_until"])
    return program


def check_days(program: Program, last_earning_on: date, last_spending_on: date, *, at: datetime) -> None:
    """Refuse days that are over, in the wrong order, absurdly far, or before held points can be spent."""
    today = local_day(at, program.merchant)
    if last_earning_on < today:
        raise WrongDays(_("The last earning day is over. Choose today or a later day."), field="last_earning_on")
    if last_spending_on < last_earning_on:
        raise WrongDays(
            _("Points must be spendable at least as long as they are earned. Choose a later last spending day."),
            field="last_spending_on",
        )
    if last_spending_on > today + timedelta(days=LONGEST_NOTICE):
        raise WrongDays(_("Choose a last spending day within ten years."), field="last_spending_on")
    free = last_held_on(list(program.versions.all()), last_earning_on, program.merchant)
    if free > last_spending_on:
        raise WrongDays(
            _("Points earned until then are held until %(day)s, so they could not be spent. Choose a later day."),
            values={"day": free.isoformat()},
            field="last_spending_on",
        )


def last_held_on(versions: list[ProgramVersion], last_earning_on: date, merchant: Merchant) -> date:
    """The day on which the last points that any version may still give can be spent."""
    ends = [local_day(version.valid_from, merchant) for version in versions[1:]]
    last_days = [*(min(day, last_earning_on) for day in ends), last_earning_on]
    return max(
        day + timedelta(days=version.policies["hold_days"]) for version, day in zip(versions, last_days, strict=True)
    )


def is_short_notice(*, last_earning_on: date, last_spending_on: date, today: date) -> bool:
    """Whether customers have less time than is fair: a month to go on earning, and two until the last spending day."""
    return last_earning_on < today + timedelta(days=FAIR_NOTICE) or last_spending_on < today + timedelta(
        days=FAIR_SPENDING
    )


def local_day(at: datetime, merchant: Merchant) -> date:
    """The day at the shop."""
    return at.astimezone(ZoneInfo(merchant.timezone)).date()
