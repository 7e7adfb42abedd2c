"""What recurs. Every task here is idempotent, and nothing that must be right waits for it."""

from datetime import datetime, timedelta

from loyalty_site import tasks
from loyalty_site.jobs.models import Appointment

EVERY = {
    "book_expiry": (tasks.book_expiry, timedelta(hours=1)),
    "book_tiers": (tasks.book_tiers, timedelta(hours=1)),
    "celebrate_birthdays": (tasks.celebrate_birthdays, timedelta(hours=1)),
    "watch_tills": (tasks.watch_tills, timedelta(hours=1)),
    "ask_buyers": (tasks.ask_buyers, timedelta(hours=1)),
    "forget_old_replies": (tasks.forget_old_replies, timedelta(days=1)),
    "keep_rhythms": (tasks.keep_rhythms, timedelta(hours=1)),
    "refresh_scores": (tasks.refresh_scores, timedelta(hours=1)),
    "send_monthly_reports": (tasks.send_monthly_reports, timedelta(hours=1)),
    "settle_cohorts": (tasks.settle_cohorts, timedelta(minutes=10)),
    "refresh_segments": (tasks.refresh_segments, timedelta(hours=1)),
}


def enqueue_due(*, at: datetime) -> list[str]:
    """Enqueue the recurring tasks that are due and return their names. Of two workers, one does."""
    due = dict(Appointment.objects.values_list("name", "due_at"))
    enqueued = []
    for name, (task, period) in EVERY.items():
        if name not in due:
            Appointment.objects.get_or_create(name=name, defaults={"due_at": at})
        if due.get(name, at) > at:
            continue
        if Appointment.objects.filter(name=name, due_at__lte=at).update(due_at=at + period):
            task.enqueue()
            enqueued.append(name)
    return enqueued
