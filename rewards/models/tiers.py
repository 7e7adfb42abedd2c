"""How members went from tier to tier, and why: append-only."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Purchase, Refund

from .memberships import Membership

TRUSTED = {"db_constraint": False}


class Cause(models.TextChoices):
    PURCHASE = "purchase", _("a purchase")
    REFUND = "refund", _("a return")
    VOID = "void", _("a void")
    MOVE = "move", _("a purchase moved to another customer")
    UNDO = "undo", _("an import taken back")
    WINDOW = "window", _("older purchases no longer count")
    RULES = "rules", _("the program changed")


class TierChange(models.Model):
    """A member went from one tier to another (empty: none) at a moment; `recorded_at` is when it was booked.

    Each begins where the one before it ended, so that the tier of any past moment can be read from them.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="tier_changes", db_index=False, **TRUSTED
    )
    from_tier = models.CharField(_("from"), max_length=50, null=True)
    to_tier = models.CharField(_("to"), max_length=50, null=True)
    at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    cause = models.CharField(_("cause"), max_length=8, choices=Cause.choices)
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, **TRUSTED
    )
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, **TRUSTED)

    class Meta:
        verbose_name = _("change of tier")
        verbose_name_plural = _("changes of tiers")
        constraints = [
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="a_tier_changes_for_a_known_cause"),
            models.CheckConstraint(condition=~Q(from_tier=F("to_tier")), name="a_change_of_tier_changes_it"),
        ]
        indexes = [
            models.Index(fields=["membership", "-at", "-id"], name="tier_changes_of_a_member"),
            models.Index(fields=["purchase"], name="tier_changes_by_purchase", condition=Q(purchase__isnull=False)),
        ]

    def __str__(self):
        return f"{self.from_tier or ''} → {self.to_tier or ''}"
