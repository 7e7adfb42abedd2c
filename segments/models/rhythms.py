"""What is kept of everybody's rhythm, so that nobody's history is read again while nothing in it changed.

Both tables follow from the purchases alone. Nothing waits for them: whose rows no longer hold is reckoned from the
purchases when a figure is read, and the rows are made anew by the hour. See docs/decisions/0027.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.models import Customer

FOREVER = "9999-12-01"


class CustomerRhythm(models.Model):
    """The rhythm of one customer after the last visit of a month (see lifecycle.rhythm.Rhythm); `month` is its first
    day, `until` that of the next month with a visit, or FOREVER.

    `gaps` are the days between visits that ended in the month; `mark` is the customer's when the row was made: the
    row holds while it is the same. Rows of a card that is gone stay until the next making, which takes their gaps back.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField(_("month"))
    until = models.DateField()
    last_on = models.DateField(_("last purchase"))
    purchases = models.PositiveIntegerField(_("purchases"))
    visits = models.PositiveIntegerField(_("visits"))
    twice_gap = models.PositiveIntegerField(null=True)
    pause = models.PositiveIntegerField(null=True)
    twice_gap_before = models.PositiveIntegerField(null=True)
    gaps = models.JSONField()
    mark = models.BigIntegerField()

    class Meta:
        verbose_name = _("rhythm")
        verbose_name_plural = _("rhythms")
        constraints = [
            models.UniqueConstraint(fields=["customer", "month"], name="one_rhythm_per_customer_and_month"),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("month")), name="a_rhythm_holds_until_a_later_month"
            ),
        ]
        # By `until`: those that hold now, or held since a month, without those before them.
        indexes = [models.Index(fields=["merchant", "until", "customer"], name="rhythms_of_a_merchant")]

    def __str__(self):
        return f"{self.customer_id} {self.month:%Y-%m}"


class ShopGap(models.Model):
    """How many gaps of so many days ended in a month at one shop: the sum of `gaps` of its CustomerRhythm rows."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField(_("month"))
    days = models.PositiveIntegerField(_("days"))
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("gap between visits")
        verbose_name_plural = _("gaps between visits")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "month", "days"], name="one_count_per_shop_month_and_gap"),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.days} {self.count}"
