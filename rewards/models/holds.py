"""Points that are set aside for a redemption that is not certain yet."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .ledger import Entry, Lot
from .memberships import Membership, PointsAccount


class HoldQuerySet(models.QuerySet):
    def active(self, at):
        """Those that held points at a moment: begun, not over, and neither captured nor released by then."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), held_at__lte=at, ends_at__gt=at)


class Hold(models.Model):
    """Points of some lots that nobody else can use until `ends_at`, or until they are captured or released before.

    The lots keep them: only `entry`, the redemption that captured them, takes them. `key` makes a second request of the
    same thing harmless.
    """

    account = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="holds")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="holds")
    points = models.BigIntegerField(_("points"))
    key = models.CharField(max_length=80, unique=True)
    actor = models.CharField(_("by"), max_length=32, blank=True)
    held_at = models.DateTimeField(_("held"))
    ends_at = models.DateTimeField(pgettext_lazy("hold", "until"))
    ended_at = models.DateTimeField(_("captured or released"), null=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="hold")

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="a_hold_holds_something"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("held_at")), name="a_hold_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(entry=None) | Q(ended_at__isnull=False), name="a_hold_that_was_captured_has_ended"
            ),
        ]

    def __str__(self):
        return f"{self.account_id}: {self.points}"


class HeldLot(models.Model):
    """How many points of a lot a hold sets aside."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="lots")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="held")
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("held lot")
        verbose_name_plural = _("held lots")
        constraints = [
            models.UniqueConstraint(fields=["hold", "lot"], name="a_hold_names_a_lot_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="a_held_lot_gives_something"),
        ]

    def __str__(self):
        return f"{self.lot_id}: {self.points}"
