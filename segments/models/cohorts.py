"""Cohorts as they are kept, so that a report reads some hundred rows whatever the history. See docs/decisions/0030.

Nothing waits for them: whoever bought since their rows were made is taken off and added anew when a figure is read.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant


class Resolution(models.TextChoices):
    """How long a period of a cohort is."""

    MONTH = "month", _("Months")
    QUARTER = "quarter", _("Quarters")


class CohortCell(models.Model):
    """What the customers whose first purchase fell in the period `cohort` did in a `period`; both are first days.

    Sums over the shop's CohortMember rows: customers with a counted purchase in the period, and their net value in it.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    resolution = models.CharField(max_length=7, choices=Resolution.choices)
    cohort = models.DateField()
    period = models.DateField()
    buyers = models.PositiveIntegerField(_("customers"))
    net_value = models.BigIntegerField(_("net value"))

    class Meta:
        verbose_name = _("cohort in a period")
        verbose_name_plural = _("cohorts in periods")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "resolution", "cohort", "period"], name="one_cell_per_cohort_and_period"
            ),
            models.CheckConstraint(
                condition=models.Q(period__gte=models.F("cohort")), name="a_cohort_does_nothing_before_it_began"
            ),
        ]

    def __str__(self):
        return f"{self.cohort:%Y-%m} {self.period:%Y-%m}"


class CohortMember(models.Model):
    """What one customer has in the cells: the day of the first purchase, and each month with what was bought in it.

    `months` is a list of [first day, 1 with a purchase or 0 with returns alone, net value]. A plain key, because the
    card may be gone before its share is taken out of the cells.
    """

    customer = models.BigIntegerField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    first_on = models.DateField()
    months = models.JSONField()

    class Meta:
        verbose_name = _("member of a cohort")
        verbose_name_plural = _("members of cohorts")

    def __str__(self):
        return str(self.customer)
