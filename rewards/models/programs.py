"""A program and the versions of its promise. What was promised once is never edited, only followed."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant


class ProgramQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The programs of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def started(self):
        """Activated at some time, running, paused or closed: those whose past can still be judged."""
        return self.exclude(status=Status.DRAFT)

    def not_closed(self, at: datetime):
        """Without those whose last spending day was over at a moment: nothing of them can be spent any more."""
        return self.exclude(spendable_until__lte=at)

    def taking_members(self):
        """Active, and not about to close: those that new customers may join."""
        return self.filter(status=Status.ACTIVE, spendable_until=None)


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")


class State(models.TextChoices):
    """What a program is at a moment: its status, and how far a closing has come. Nothing has to run for it."""

    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    CLOSING = "closing", _("closing")
    CLOSED = "closed", _("closed")


class Kind(models.TextChoices):
    POINTS = "points", _("points")
    STAMPS = "stamps", _("stamps")
    CASHBACK = "cashback", _("cashback")
    MEMBERSHIP = "membership", _("membership")


class Program(models.Model):
    """What a merchant promises for purchases. It earns from `starts_at`, which may lie before it was activated."""

    public_id = PublicId("prg")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="programs")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.POINTS)
    unit = models.CharField(_("unit"), max_length=30, default="points")
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    auto_enrol = models.BooleanField(_("enrol every customer"), default=True)
    point_value = models.DecimalField(
        _("value of a point"), max_digits=12, decimal_places=4, default=0, help_text=_("In minor units, to a customer.")
    )
    objective = models.JSONField(_("objective"), null=True, blank=True)
    budget = models.JSONField(_("budget"), null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    created_at = models.DateTimeField()
    earns_until = models.DateTimeField(_("earns until"), null=True, blank=True)
    spendable_until = models.DateTimeField(
        _("can be spent until"), null=True, blank=True, help_text=_("Whatever its points promise; set by a closing.")
    )

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"],
                name="program_names_differ_within_a_merchant",
                violation_error_message=_("There is a program of this name already."),
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="a_program_is_of_a_known_kind"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="a_program_has_a_known_status"),
            models.CheckConstraint(condition=Q(point_value__gte=0), name="a_point_is_worth_nothing_or_something"),
            models.CheckConstraint(
                condition=Q(status="draft", activated_at=None)
                | (~Q(status="draft") & Q(activated_at__isnull=False, starts_at__isnull=False)),
                name="what_was_activated_has_a_start",
            ),
            models.CheckConstraint(
                condition=Q(earns_until=None, spendable_until=None)
                | (Q(earns_until__isnull=False, spendable_until__gte=F("earns_until")) & ~Q(status="draft")),
                name="what_closes_stops_earning_before_spending",
            ),
        ]

    def __str__(self):
        return self.name

    def state(self, at: datetime) -> State:
        """What the program is at a moment."""
        if self.spendable_until is None:
            return State(self.status)
        return State.CLOSING if at < self.spendable_until else State.CLOSED


class ProgramVersion(models.Model):
    """One wording of the promise, immutable. It holds from `valid_from`; the first also for all time before."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    valid_from = models.DateTimeField(_("valid from"))
    rules = models.JSONField(_("rules"))
    policies = models.JSONField(_("policies"))
    tiers = models.JSONField(_("tiers"), default=list)
    tier_policy = models.JSONField(_("how tiers are reached and kept"), null=True)
    stamps = models.JSONField(_("stamp card"), null=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["program", "number"]
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="versions_of_a_program_are_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="versions_are_counted_from_one"),
        ]

    def __str__(self):
        return f"{self.program_id} v{self.number}"


class ProgramPause(models.Model):
    """A time in which nothing is earned; open while `ends_at` is empty."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="pauses")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["program", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["program"], condition=Q(ends_at=None), name="a_program_is_paused_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="a_pause_ends_after_it_starts"
            ),
        ]

    def __str__(self):
        return f"{self.starts_at} – {self.ends_at or ''}"


class ProgramClosing(models.Model):
    """A notice that a program ends, and who gave it; one that was taken back stays on record.

    Both days are local, and the last of their kind. `notice` is what customers read in the public terms.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="closings")
    announced_at = models.DateTimeField(_("announced"))
    last_earning_on = models.DateField(_("last earning day"))
    last_spending_on = models.DateField(_("last spending day"))
    notice = models.CharField(_("notice"), max_length=500, blank=True)
    actor = models.CharField(_("by"), max_length=32, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True)
    withdrawn_by = models.CharField(_("taken back by"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")
        ordering = ["program", "announced_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["program"], condition=Q(withdrawn_at=None), name="a_program_closes_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(last_spending_on__gte=F("last_earning_on")), name="spending_ends_no_sooner_than_earning"
            ),
        ]

    def __str__(self):
        return f"{self.last_earning_on} / {self.last_spending_on}"
