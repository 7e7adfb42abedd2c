"""What a program made of a purchase, or of anything else that a customer did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Activity, Purchase

from .memberships import Membership
from .programs import Program, ProgramVersion

TRUSTED = {"db_constraint": False}


class JudgementQuerySet(models.QuerySet):
    def standing(self):
        """Of the purchases' customers; those of whom a purchase was moved away from are only history."""
        return self.filter(withdrawn=0)


class Judgement(models.Model):
    """One per purchase or activity and program, append-only: the version, further facts, the award of each rule.

    A refund judges the remaining basket again with these facts; "why these points?" is answered from the awards.
    A purchase that is moved to another customer is judged anew, and the judgement that stood is kept for its entries:
    `withdrawn` is 0 while it stands, and counts those that no longer do.
    """

    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, related_name="judgements", db_index=False, **TRUSTED
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, related_name="judgements", db_index=False, **TRUSTED
    )
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_index=False, **TRUSTED)
    version = models.ForeignKey(ProgramVersion, on_delete=models.PROTECT, related_name="+", db_index=False, **TRUSTED)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False, **TRUSTED)
    facts = models.JSONField(_("facts"))
    awards = models.JSONField(_("awards"))
    points = models.BigIntegerField(_("points"))
    judged_at = models.DateTimeField(_("judged"))
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0, db_default=0)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "program", "withdrawn"], name="a_program_judges_a_purchase_once"
            ),
            models.UniqueConstraint(
                fields=["activity", "program"],
                condition=models.Q(activity__isnull=False),
                name="a_program_judges_an_activity_once",
            ),
            models.CheckConstraint(
                condition=models.Q(purchase__isnull=False, activity=None)
                | models.Q(purchase=None, activity__isnull=False),
                name="a_judgement_is_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["membership"], name="withdrawn_from_a_member", condition=models.Q(withdrawn__gt=0))
        ]

    def __str__(self):
        return f"{self.purchase_id or self.activity_id}: {self.points}"
