"""What runs in the worker. The worker is an edge: here the clock is read."""

from datetime import timedelta

import django
from django.utils import timezone

from customers.merchants.models import Merchant
from customers.models import Audience
from loyalty_site import flows, imports, mails, reporting, survey_mails, undoing
from loyalty_site.models import IdempotencyKey
from rewards import ledger, tiers, watching
from rewards.expiry import midnight
from rewards.models import Program
from segments import cohorts, lifecycle, lists, scores
from segments.surveys.models import Survey

if django.VERSION >= (6, 0):
    from django.tasks import task
else:
    from django_tasks import task

REPLIES_KEPT = timedelta(days=7)


@task()
def run_import(import_id: int) -> None:
    """Read and post a file, or go on where a killed run stopped."""
    imports.run(import_id, at=timezone.now())


@task()
def undo_import(import_id: int) -> None:
    """Take a long import back."""
    undoing.undo_now(import_id=import_id, at=timezone.now())


@task()
def follow_activation(program_id: int) -> None:
    """Enrol and judge once more what an activation met half way, or a history too long for a request."""
    program = Program.objects.select_related("merchant").get(pk=program_id)
    flows.follow_activation(program=program, at=program.activated_at)


@task()
def send_password_link(email: str, site: str, language: str) -> None:
    """Mail the link to a new password, if anybody signs in so. Nobody waits for it, so nobody learns who does."""
    mails.send_password_link(email=email, site=site, language=language)


@task()
def mail_survey(survey_id: int, audience_id: int | None, site: str) -> int:
    """Ask the customers of a list, or all, by e-mail: those who agreed. A repeat asks nobody twice."""
    survey = Survey.objects.select_related("merchant").get(pk=survey_id)
    audience = Audience.objects.get(pk=audience_id) if audience_id else None
    return survey_mails.ask_all(survey=survey, audience=audience, site=site, at=timezone.now())


@task()
def ask_buyers() -> int:
    """Ask by e-mail who bought, where a survey says so."""
    return survey_mails.ask_buyers(at=timezone.now())


@task()
def book_expiry() -> int:
    """Write the expiry of points into the books."""
    return ledger.expire(at=timezone.now())


@task()
def book_tiers() -> int:
    """Write into the books which tiers have ended."""
    return tiers.book(at=timezone.now())


@task()
def follow_tiers(program_id: int) -> None:
    """Let the tiers of a program with many members follow its last version."""
    program = Program.objects.select_related("merchant").get(pk=program_id)
    tiers.follow_program(program=program, at=timezone.now())


@task()
def keep_rhythms() -> int:
    """Keep the rhythms of whoever bought since the last time, so that the life cycle is read quickly."""
    return sum(lifecycle.keep(merchant=merchant) for merchant in Merchant.objects.order_by("pk"))


@task()
def refresh_scores() -> int:
    """Make the copy of scores anew where a new day has begun at the shop; returns for how many customers.

    Asked by the hour, so that each shop's night counts, and a night without a worker is made up for.
    """
    at = timezone.now()
    due = [shop for shop in Merchant.objects.order_by("pk") if not scores.is_fresh(merchant=shop, at=at)]
    return sum(scores.refresh(merchant=shop, at=at) for shop in due)


@task()
def settle_cohorts() -> int:
    """Put into the cohorts whoever bought since the last time, so that retention is read quickly."""
    return sum(cohorts.settle(merchant=merchant) for merchant in cohorts.unsettled())


@task()
def send_monthly_reports() -> int:
    """Mail the report of the month that is over to who asked for it; fails visibly where the mail server refuses."""
    return reporting.send_due(at=timezone.now())


@task()
def refresh_segments() -> int:
    """Let segments follow their criteria where a new day has begun at the shop; returns how many did.

    The scores come first, because criteria ask for them.
    """
    at, refreshed = timezone.now(), 0
    for shop in Merchant.objects.order_by("pk"):
        day = midnight(scores.today(shop, at), shop.timezone)
        if lists.is_due(merchant=shop, since=day):
            if not scores.is_fresh(merchant=shop, at=at):
                scores.refresh(merchant=shop, at=at)
            refreshed += lists.refresh_all(merchant=shop, at=at, since=day)
    return refreshed


@task()
def celebrate_birthdays() -> int:
    """Let rules for birthdays award, also for the last days on which nobody looked."""
    return flows.celebrate_birthdays(at=timezone.now())


@task()
def watch_tills() -> int:
    """Look for what is worth a look in every shop, and count what is new."""
    at = timezone.now()
    return sum(watching.find(merchant=shop, at=at, since=at - watching.WINDOW) for shop in Merchant.objects.all())


@task()
def forget_old_replies() -> int:
    """Remove idempotency keys that are older than a week."""
    forgotten, __ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - REPLIES_KEPT).delete()
    return forgotten
