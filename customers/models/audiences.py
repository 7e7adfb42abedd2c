"""A named list of customers. Who fills it is not its business: a segment, a file, a person."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant

from .people import Customer


class AudienceQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The audiences of one merchant: the only door to them."""
        return self.filter(merchant=merchant)


class Audience(models.Model):
    """The list, by the name that people know it by."""

    public_id = PublicId("seg")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="audiences")
    name = models.CharField(_("name"), max_length=100)
    created_at = models.DateTimeField()

    objects = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        constraints = [models.UniqueConstraint(fields=["merchant", "name"], name="audiences_differ_by_name")]

    def __str__(self):
        return self.name


class AudienceMemberQuerySet(models.QuerySet):
    def now(self):
        """Those who are on their list."""
        return self.filter(removed_at=None)

    def leave(self, at):
        """End their time on the list; nobody leaves before coming, where another clock was a little ahead."""
        return self.now().update(removed_at=Greatest(F("added_at"), Value(at, models.DateTimeField())))

    def entered(self, since):
        """Those who are on their list and came at a moment or later."""
        return self.now().filter(added_at__gte=since)

    def left(self, since):
        """Those who left at a moment or later and are not back: for each customer the last time on the list."""
        later = AudienceMember.objects.filter(
            audience=OuterRef("audience"), customer=OuterRef("customer"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later), removed_at__gte=since)


class AudienceMember(models.Model):
    """A customer's time on a list; `removed_at` is empty while it lasts."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="members", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="audiences")
    added_at = models.DateTimeField(_("added"))
    removed_at = models.DateTimeField(_("removed"), null=True)

    objects = AudienceMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of an audience")
        verbose_name_plural = _("members of audiences")
        constraints = [
            models.UniqueConstraint(
                fields=["audience", "customer"], condition=Q(removed_at=None), name="nobody_is_on_a_list_twice"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gte=F("added_at")), name="nobody_leaves_before_coming"
            ),
        ]
        indexes = [models.Index(fields=["audience", "customer"], name="members_of_an_audience")]

    def __str__(self):
        return f"{self.audience_id}: {self.customer_id}"
