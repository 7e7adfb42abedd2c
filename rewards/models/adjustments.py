"""Points given or taken by hand: who asked, who agreed, and how much one person may do alone."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant, Role

from .ledger import Entry
from .memberships import Membership

CAPPED = [Role.STAFF, Role.MANAGER]


class AdjustmentStatus(models.TextChoices):
    POSTED = "posted", pgettext_lazy("adjustment", "posted")
    PENDING = "pending_approval", pgettext_lazy("adjustment", "waiting for approval")
    APPROVED = "approved", pgettext_lazy("adjustment", "approved")
    REJECTED = "rejected", pgettext_lazy("adjustment", "rejected")


class AdjustmentQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The adjustments of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def pending(self):
        """Those that wait for a second person."""
        return self.filter(status=AdjustmentStatus.PENDING)

    def decided(self):
        """Those that waited, and on which a second person said yes or no."""
        return self.filter(status__in=[AdjustmentStatus.APPROVED, AdjustmentStatus.REJECTED])


class Adjustment(models.Model):
    """A correction by hand: posted at once, or waiting for a second person when it is over a daily cap.

    `key` makes a second request of the same thing harmless. `requested_by` and `decided_by` are public ids of staff
    members or keys. `entry` is what came of it in the ledger.
    """

    public_id = PublicId("adj")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="adjustments")
    key = models.CharField(max_length=80, null=True, blank=True)
    points = models.BigIntegerField(_("points"))
    reason = models.CharField(_("reason"), max_length=200)
    expires_at = models.DateTimeField(pgettext_lazy("points", "expires"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=AdjustmentStatus.choices)
    requested_by = models.CharField(_("requested by"), max_length=32)
    requested_at = models.DateTimeField(_("requested"))
    requested_on = models.DateField(_("day of the request"), help_text=_("At the shop; daily caps count by it."))
    decided_by = models.CharField(_("decided by"), max_length=32, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="adjustment")

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="the_same_adjustment_is_asked_for_once"),
            models.CheckConstraint(condition=~Q(points=0), name="an_adjustment_changes_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="an_adjustment_has_a_reason"),
            models.CheckConstraint(
                condition=Q(status="posted", entry__isnull=False, decided_at=None, decided_by="")
                | Q(status="pending_approval", entry=None, decided_at=None, decided_by="")
                | Q(status="approved", entry__isnull=False, decided_at__isnull=False)
                | Q(status="rejected", entry=None, decided_at__isnull=False),
                name="an_adjustment_is_in_the_books_when_it_was_posted_or_approved",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("requested_by")), name="a_second_person_decides_an_adjustment"
            ),
        ]
        indexes = [
            models.Index(fields=["requested_by", "requested_on"], name="adjustments_of_somebodys_day"),
            models.Index(fields=["merchant", "status", "-requested_at"], name="adjustments_by_status"),
        ]

    def __str__(self):
        return f"{self.points}: {self.reason}"


class AdjustmentCap(models.Model):
    """Points that one person of a role may adjust alone in a local day and program; without a row, the default."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="adjustment_caps")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    points = models.PositiveIntegerField(_("points a day"))

    class Meta:
        verbose_name = _("cap of adjustments")
        verbose_name_plural = _("caps of adjustments")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "role"], name="one_cap_of_adjustments_per_role"),
            models.CheckConstraint(condition=Q(role__in=CAPPED), name="only_staff_and_managers_have_caps"),
        ]

    def __str__(self):
        return f"{self.role}: {self.points}"
