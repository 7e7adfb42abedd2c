"""What customers do beyond buying: they visit, write a review, tell others, join, have a birthday."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import Location, Merchant

from .people import Customer


class ActivityQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The activities of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def told(self):
        """Those that somebody told us of; the others came about by themselves, such as a birthday."""
        return self.filter(occasion=None)


class Activity(models.Model):
    """Something a customer did, or that came about, append-only. Its `type` is what rules call their trigger.

    `external_id` makes a second telling harmless; `occasion` does it for what the product notices itself: it names
    the birthday, the card or the membership, and is empty for what was told.
    """

    public_id = PublicId("evt")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="activities")
    type = models.CharField(_("type"), max_length=40)
    external_id = models.CharField(_("id in your system"), max_length=100, null=True)
    occasion = models.CharField(_("occasion"), max_length=60, null=True)
    occurred_at = models.DateTimeField(_("happened"))
    occurred_on = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded"))
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    attributes = models.JSONField(_("attributes"), default=dict)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "external_id"], name="an_activity_is_told_once"),
            models.UniqueConstraint(fields=["merchant", "occasion"], name="an_occasion_comes_about_once"),
            models.CheckConstraint(condition=~Q(external_id=""), name="an_activity_id_is_null_or_something"),
            models.CheckConstraint(condition=~Q(type=""), name="an_activity_is_of_some_type"),
            models.CheckConstraint(
                condition=Q(external_id=None) | Q(occasion=None), name="what_comes_about_is_told_by_nobody"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-occurred_at", "-id"], name="activities_newest_first")]

    def __str__(self):
        return f"{self.type} {self.occurred_on}"
