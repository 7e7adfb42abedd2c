"""What is kept of everybody's rhythm, so that nobody's history is read again while nothing in it changed; and scores.

Rhythms and gaps follow from the purchases alone. Nothing waits for them: whose rows no longer hold is reckoned from the
purchases when a figure is read, and the rows are made anew by the hour. See docs/decisions/0027. Scores are a copy of
the night, for lists and criteria (docs/decisions/0032).
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


class CustomerScore(models.Model):
    """Where one customer stood at the end of `as_of`, as it was known when `scores.refresh` made the night's copy.

    A copy for lists, criteria and what is due, never the truth: the reports reckon from what stands on record, and who
    joined since has no row. `state` is one of lifecycle.State; `due_on` is the day by which the next visit is expected
    (the last purchase day and one middle gap, half a day rounded up), None while nobody came twice. `p_alive` and
    `clv_12m` (minor units, revenue of 52 weeks) are None where `clv_status` is `unidentified`.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="score", db_constraint=False
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    as_of = models.DateField(_("as of"))
    state = models.CharField(_("life cycle"), max_length=10)
    recency_score = models.PositiveSmallIntegerField(_("recency score"))
    frequency_score = models.PositiveSmallIntegerField(_("frequency score"))
    value_score = models.PositiveSmallIntegerField(_("value score"))
    due_on = models.DateField(_("next visit expected"), null=True)
    p_alive = models.FloatField(null=True)
    clv_12m = models.BigIntegerField(_("worth over 12 months"), null=True)
    clv_status = models.CharField(max_length=12)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    recency_score__range=(1, 5), frequency_score__range=(1, 5), value_score__range=(1, 5)
                ),
                name="a_score_is_from_1_to_5",
            ),
            models.CheckConstraint(
                condition=models.Q(clv_status="unidentified", p_alive=None, clv_12m=None)
                | models.Q(clv_status__in=["ok", "weak"], p_alive__range=(0, 1), clv_12m__isnull=False),
                name="worth_is_known_exactly_when_it_is_identified",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "state"], name="scores_of_a_merchant"),
            models.Index(fields=["merchant", "due_on"], name="visits_due_at_a_merchant"),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.as_of}"
