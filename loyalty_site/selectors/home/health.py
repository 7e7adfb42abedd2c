"""Whether what is shown can be believed: what came in last, the night's figures, the work, the database, the mail."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Min, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from customers.merchants.models import Merchant
from customers.models import Import, Purchase
from loyalty_site import mails
from segments.predictions import save_list

LATE, RECENT = timedelta(minutes=10), timedelta(days=7)


@dataclass(slots=True)
class Work:
    """Tasks that wait, since when the oldest could have run, and those that failed for good lately."""

    waiting: int
    oldest: datetime | None
    failed: int
    late: bool

    @property
    def sentence(self) -> str:
        """The state of the work in words."""
        if self.failed:
            return ngettext(
                "%(number)d task failed for good in the last seven days.",
                "%(number)d tasks failed for good in the last seven days.",
                self.failed,
            ) % {"number": self.failed}
        if self.late:
            return ngettext(
                "%(number)d task is waiting for longer than ten minutes. Is the worker running?",
                "%(number)d tasks wait, the oldest for longer than ten minutes. Is the worker running?",
                self.waiting,
            ) % {"number": self.waiting}
        if self.waiting:
            return ngettext("%(number)d task is about to run.", "%(number)d tasks are about to run.", self.waiting) % {
                "number": self.waiting
            }
        return _("Nothing waits, nothing failed.")


@dataclass(slots=True)
class Health:
    """The newest purchase that stands, the newest import of this shop, and the work of this site.

    `night` is the day of the night's copy of scores, None before the first; `today` is the shop's. `database` is the
    kind of database that answers, `mail` where mails go.
    """

    purchase: Purchase | None
    imported: Import | None
    work: Work
    night: date | None
    today: date
    database: str
    mail: mails.Way

    @property
    def night_is_old(self) -> bool:
        """Whether a whole day went by without a new copy."""
        return self.night is not None and self.night < self.today - timedelta(days=1)

    @property
    def is_good(self) -> bool:
        """Whether the work behind the scenes goes on."""
        return not (self.work.failed or self.work.late or self.night_is_old)

    @property
    def file(self) -> str:
        """How many rows of the last import were taken, and how many were not."""
        taken = _("%(rows)s rows taken") % {"rows": number_format(self.imported.accepted, force_grouping=True)}
        if not self.imported.rejected:
            return taken
        rejected = number_format(self.imported.rejected, force_grouping=True)
        return _("%(taken)s, %(rejected)s rejected") % {"taken": taken, "rejected": rejected}


def health(merchant: Merchant, *, at: datetime, today: date) -> Health:
    """Newest purchase, newest import, work, the night's copy (four queries)."""
    standing = Purchase.objects.for_merchant(merchant).standing()
    return Health(
        purchase=standing.order_by("-occurred_at", "-id").first(),
        imported=Import.objects.for_merchant(merchant).filter(dry_run=False).order_by("-created_at", "-id").first(),
        work=work(at=at),
        night=save_list.as_of(merchant),
        today=today,
        database=connection.display_name,
        mail=mails.way(),
    )


def work(*, at: datetime) -> Work:
    """The state of the queue, which all shops of a site share: numbers only (one query)."""
    due = Q(status=TaskResultStatus.READY) & (Q(run_after=get_date_max()) | Q(run_after__lte=at))
    found = DBTaskResult.objects.aggregate(
        waiting=Count("id", filter=due),
        oldest=Min("enqueued_at", filter=due),
        failed=Count("id", filter=Q(status=TaskResultStatus.FAILED, finished_at__gte=at - RECENT)),
    )
    return Work(**found, late=found["oldest"] is not None and found["oldest"] < at - LATE)
