"""Places at a shop that are offered by mail."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.ids import PublicId

from .shops import Merchant, Role, StaffMember


class InvitationQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The invitations of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def waiting(self):
        """Neither accepted nor withdrawn; whether it is still in time is asked of a moment."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """A place offered to whoever reads the mail of an address: works once, and until `expires_at`."""

    public_id = PublicId("ivt")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"), max_length=254)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(pgettext_lazy("invitation", "expires"))
    accepted_at = models.DateTimeField(pgettext_lazy("invitation", "accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            # A second invitation replaces the first, so that only the newest link opens a door.
            models.UniqueConstraint(
                "merchant",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_waiting_invitation_per_email",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="an_invitation_is_to_a_known_role"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="an_invitation_ends_in_one_way"
            ),
        ]

    def __str__(self):
        return self.email
