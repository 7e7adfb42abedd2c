"""What happened with the PINs of a shop's people."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .shops import StaffMember


class PinEventKind(models.TextChoices):
    SET = "set", pgettext_lazy("PIN", "set")
    CLEARED = "cleared", pgettext_lazy("PIN", "cleared")
    WRONG = "wrong", pgettext_lazy("PIN", "typed wrong")
    STOOD = "stood", _("took over the till")
    LOCKED = "locked", _("locked the till")


class PinEvent(models.Model):
    """What happened with somebody's PIN, append-only: whose, what, when, and by whom (`actor`, a public id)."""

    place = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="pin_events", db_index=False)
    kind = models.CharField(_("kind"), max_length=7, choices=PinEventKind.choices)
    at = models.DateTimeField(_("happened"))
    actor = models.CharField(_("by"), max_length=32)

    class Meta:
        verbose_name = _("event of a PIN")
        verbose_name_plural = _("events of PINs")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PinEventKind.values), name="an_event_of_a_pin_has_a_known_kind")
        ]
        indexes = [models.Index(fields=["place", "-at", "-id"], name="pin_events_newest_first")]

    def __str__(self):
        return f"{self.kind} {self.at}"
