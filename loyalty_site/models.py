"""What the site itself remembers: replies of the API's door, and lists that people saved."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant, StaffMember


class IdempotencyKey(models.Model):
    """A key that a client sent, with the reply its work got. Written in the transaction of that work.

    `path` and `body` (a SHA-256) tell a retry from another request under the same key. Kept for 7 days.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=255)
    body = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    reply = models.TextField(default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "idempotency key"
        verbose_name_plural = "idempotency keys"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="a_key_is_used_once_per_merchant"),
        ]

    def __str__(self):
        return self.key


class SavedViewQuerySet(models.QuerySet):
    def for_place(self, place):
        """The views that a person may open: the shop's and the person's own."""
        return self.filter(Q(owner=None) | Q(owner=place), merchant=place.merchant_id)


class SavedView(models.Model):
    """A customer list under a name: its address without the page. Without an owner it is the whole shop's."""

    public_id = PublicId("viw")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey(StaffMember, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("address"), max_length=2000, blank=True)
    created_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"], condition=Q(owner=None), name="names_of_a_shops_views_differ"
            ),
            models.UniqueConstraint(
                fields=["merchant", "owner", "name"],
                condition=Q(owner__isnull=False),
                name="names_of_a_persons_views_differ",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_saved_view_has_a_name"),
        ]

    def __str__(self):
        return self.name
