"""Rollups that follow every purchase, so that a dashboard costs by customers and months, not by history."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant

from .people import Customer
from .purchases import TRUSTED


class CustomerActivity(models.Model):
    """One row per customer with any purchase or return on record.

    `purchases` are counted purchases (see PurchaseQuerySet.counted); `net_value` is what they are worth after
    refunds and returns, in minor units, and may be negative. First and last are those of counted purchases. The
    `earlier` ones lie before the month of the last: how the customer stood when that month began. `mark`
    is a sum over them of a number mixed from each one's key: it stays while the same purchases count, so whoever keeps
    something that follows from them knows by it whether it still holds. `settled` says that sums over this table (see
    segments.cohorts) hold this row as it stands: every change makes it false, and only who keeps them makes it true.
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="activity")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False, **TRUSTED)
    first_at = models.DateTimeField(_("first purchase"), null=True)
    last_at = models.DateTimeField(_("last purchase"), null=True)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    purchases = models.PositiveIntegerField(_("purchases"))
    net_value = models.BigIntegerField(_("net value"))
    earlier_on = models.DateField(null=True)
    earlier_purchases = models.PositiveIntegerField(default=0, db_default=0)
    mark = models.BigIntegerField(default=0, db_default=0)
    settled = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activity")
        constraints = [
            models.CheckConstraint(
                condition=Q(purchases=0, first_at=None, last_at=None, first_on=None, last_on=None)
                | Q(purchases__gt=0, first_at__lte=F("last_at"), first_on__lte=F("last_on")),
                name="a_first_and_a_last_purchase_exactly_when_there_is_one",
            ),
            models.CheckConstraint(
                condition=Q(earlier_on=None, earlier_purchases=0)
                | Q(earlier_on__lt=F("last_on"), earlier_purchases__gt=0, earlier_purchases__lt=F("purchases")),
                name="earlier_purchases_lie_before_the_last",
            ),
        ]
        indexes = [
            # No index on what every purchase changes: it would have to be rewritten each time.
            models.Index(fields=["merchant"], name="activity_of_a_merchant"),
            # Written once per customer between two settlings: a second purchase changes nothing in it.
            models.Index(fields=["merchant", "customer"], name="activity_to_settle", condition=Q(settled=False)),
        ]

    def __str__(self):
        return str(self.customer_id)


class LostActivity(models.Model):
    """A customer whose row went, because nothing bought is left or the card itself is gone (hence a plain key).

    Whoever keeps sums over CustomerActivity takes the customer out of them, and then removes this row.
    """

    customer = models.BigIntegerField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", **TRUSTED)

    class Meta:
        verbose_name = _("activity that went")
        verbose_name_plural = _("activities that went")

    def __str__(self):
        return str(self.customer)


class CustomerMonth(models.Model):
    """What one customer did in one calendar month of the merchant's time zone; `month` is its first day."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="months", db_index=False, **TRUSTED)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False, **TRUSTED)
    month = models.DateField(_("month"))
    purchases = models.PositiveIntegerField(_("purchases"))
    net_value = models.BigIntegerField(_("net value"))

    class Meta:
        verbose_name = _("month of a customer")
        verbose_name_plural = _("months of customers")
        constraints = [
            models.UniqueConstraint(fields=["customer", "month"], name="one_row_per_customer_and_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="a_month_is_named_by_its_first_day"),
        ]
        indexes = [models.Index(fields=["merchant", "month", "customer"], name="months_of_a_merchant")]

    def __str__(self):
        return f"{self.customer_id} {self.month:%Y-%m}"
