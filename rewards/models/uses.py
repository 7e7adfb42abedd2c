"""How often, and how much, rules with limits gave: what is left of a limit is reckoned from here.

A rule keeps its identity through the versions of a program by its name. Uses are kept by local day, so that a later
version may count by another period. Programs without limits have no rows here.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Activity, Purchase

from .memberships import Membership
from .programs import Program

TRUSTED = {"db_constraint": False}


class RuleUse(models.Model):
    """What a rule with limits gave for one purchase or activity, as it stands after what came back.

    0 points use nothing.
    """

    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, **TRUSTED
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, **TRUSTED
    )
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_index=False, **TRUSTED)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False, **TRUSTED)
    rule = models.CharField(_("rule"), max_length=100)
    day = models.DateField(_("day"))
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("use of a rule")
        verbose_name_plural = _("uses of rules")
        constraints = [
            models.UniqueConstraint(fields=["purchase", "program", "rule"], name="a_purchase_uses_a_rule_once"),
            models.UniqueConstraint(
                fields=["activity", "program", "rule"],
                condition=Q(activity__isnull=False),
                name="an_activity_uses_a_rule_once",
            ),
            models.CheckConstraint(
                condition=Q(purchase__isnull=False, activity=None) | Q(purchase=None, activity__isnull=False),
                name="a_rule_is_used_by_one_thing",
            ),
            models.CheckConstraint(condition=Q(points__gte=0), name="a_use_of_a_rule_gives_something_or_nothing"),
        ]
        indexes = [models.Index(fields=["membership", "day"], name="uses_of_a_member_by_day")]

    def __str__(self):
        return f"{self.rule}: {self.points}"


class RuleDay(models.Model):
    """What a rule whose limits count uses gave to all members together on one local day: the sum of its uses."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_index=False, **TRUSTED)
    rule = models.CharField(_("rule"), max_length=100)
    day = models.DateField(_("day"))
    times = models.BigIntegerField(_("times"))
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("day of a rule")
        verbose_name_plural = _("days of rules")
        constraints = [
            models.UniqueConstraint(fields=["program", "rule", "day"], name="one_row_per_rule_and_day"),
            models.CheckConstraint(condition=Q(times__gte=0, points__gte=0), name="a_day_of_a_rule_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.rule} {self.day}: {self.points}"
