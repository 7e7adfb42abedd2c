"""Who of the shop's people is also its customer, and what was decided about people and alarms."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant, StaffMember

from .people import Customer


class StaffCardQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The staff cards of one merchant: the only door to them."""
        return self.filter(staff__merchant=merchant)


class StaffCard(models.Model):
    """The customer card of somebody who works at the shop. One person has one, and a card is one person's."""

    staff = models.OneToOneField(StaffMember, on_delete=models.CASCADE, related_name="staff_card")
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="staff_card")
    linked_at = models.DateTimeField(_("linked"))

    objects = StaffCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff card")
        verbose_name_plural = _("staff cards")

    def __str__(self):
        return f"{self.staff_id}: {self.customer_id}"


class Deed(models.TextChoices):
    """What the log of a shop tells of."""

    CARD_LINKED = "card_linked", _("linked a person to their customer card")
    CARD_UNLINKED = "card_unlinked", _("took a customer card from a person")
    WATCH_CHANGED = "watch_changed", _("changed what is watched")
    CARD_EXPORTED = "card_exported", _("exported everything about a customer")
    CARD_ERASED = "card_erased", _("erased the data of a customer")
    ALERT_ACCEPTED = "alert_accepted", pgettext_lazy("deed", "accepted an alert")
    ALERT_DISMISSED = "alert_dismissed", pgettext_lazy("deed", "dismissed an alert")


class LogEntryQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The log of one merchant: the only door to it."""
        return self.filter(merchant=merchant)


class LogEntry(models.Model):
    """Something that was decided: when, by whom (a public id), and about what (public ids and texts by name).

    Append-only: nothing changes or removes a row. Only `customers.audit` writes here.
    """

    public_id = PublicId("log")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(_("when"))
    actor = models.CharField(_("by"), max_length=32)
    deed = models.CharField(_("what"), max_length=20, choices=Deed.choices)
    about = models.JSONField(_("about"), default=dict)

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("log")
        constraints = [models.CheckConstraint(condition=~Q(actor=""), name="somebody_did_what_the_log_tells")]
        indexes = [models.Index(fields=["merchant", "-at", "-id"], name="log_newest_first")]

    def __str__(self):
        return f"{self.deed} {self.actor}"
