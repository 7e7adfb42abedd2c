"""What owners write beside their figures, and who reads them by mail."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant, StaffMember


class Annotation(models.Model):
    """What happened on a day that the figures do not say: a new price, closed for works. `actor` wrote it."""

    public_id = PublicId("nte")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    on = models.DateField(_("day"))
    text = models.CharField(_("what happened"), max_length=140)
    actor = models.CharField(_("by"), max_length=32)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_note_says_something")]
        indexes = [models.Index(fields=["merchant", "on"], name="notes_of_a_merchant")]

    def __str__(self):
        return self.text


class ReportReader(models.Model):
    """Somebody who gets the monthly report; `told` is the first day of the last month that was sent, or of the one
    before the first to be sent. It moves on before the mail goes, so that no month goes twice.

    `site` is the address under which the shop was opened when this was switched on: links of a mail begin with it;
    `language` is what the page spoke then, for who has chosen none.
    """

    place = models.OneToOneField(StaffMember, on_delete=models.CASCADE, primary_key=True, related_name="+")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    told = models.DateField()
    site = models.CharField(max_length=200)
    language = models.CharField(max_length=10)

    class Meta:
        verbose_name = _("reader of the monthly report")
        verbose_name_plural = _("readers of the monthly report")
        constraints = [models.CheckConstraint(condition=Q(told__day=1), name="a_month_told_is_named_by_its_first_day")]

    def __str__(self):
        return str(self.place_id)
