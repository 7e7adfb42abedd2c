"""Who was asked. A link names its invitation and a number that changes when it is taken back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant
from customers.models import Customer, Purchase

from .surveys import Survey, Touchpoint


class InvitationQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The invitations of one merchant: the only door to them."""
        return self.filter(merchant=merchant)


class Invitation(models.Model):
    """One customer asked once on each `occasion`: a purchase (its id), or "" in general.

    `link_version` is part of the link: raised, the link given out before leads nowhere.
    """

    public_id = PublicId("siv")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="survey_invitations")
    occasion = models.CharField(max_length=32, blank=True)
    purchase = models.ForeignKey(Purchase, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False)
    touchpoint = models.CharField(_("where"), max_length=7, choices=Touchpoint.choices)
    link_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("made"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    opened_at = models.DateTimeField(_("looked at"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to a survey")
        verbose_name_plural = _("invitations to surveys")
        constraints = [
            models.UniqueConstraint(fields=["survey", "customer", "occasion"], name="nobody_is_asked_the_same_twice"),
            models.CheckConstraint(condition=Q(touchpoint__in=Touchpoint.values), name="an_invitation_meets_somewhere"),
        ]
        indexes = [models.Index(fields=["survey", "-created_at", "-id"], name="invitations_newest_first")]

    def __str__(self):
        return self.public_id
