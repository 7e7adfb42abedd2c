"""A customer in a program, and the account that holds the points."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.models import Customer

from .programs import Program


class PointsAccount(models.Model):
    """What a membership, or several in a pool, may spend.

    `balance` = sum of the entries = sum of the lots' remaining − `deficit`, pending and expired-but-not-yet-booked
    points included; `manage.py reconcile` proves it. What is available is always computed from the lots.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="accounts")
    balance = models.BigIntegerField(_("balance"), default=0)
    deficit = models.BigIntegerField(_("deficit"), default=0)
    held_until = models.DateTimeField(
        _("held until"), null=True, help_text=_("When the last hold is over; no hold is looked for after it.")
    )

    class Meta:
        verbose_name = _("points account")
        verbose_name_plural = _("points accounts")
        constraints = [
            models.CheckConstraint(condition=Q(deficit__gte=0), name="a_deficit_is_not_negative"),
            models.CheckConstraint(
                condition=Q(balance__gte=-F("deficit")), name="a_balance_is_below_zero_only_by_its_deficit"
            ),
        ]

    def __str__(self):
        return f"{self.pk}: {self.balance}"


class MembershipQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """Memberships in the programs of one merchant: the only door to them."""
        return self.filter(program__merchant=merchant)


class Membership(models.Model):
    """A customer's place in a program. `pooled_at` is when it last shared an account; the account may be left since."""

    public_id = PublicId("mem")
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="memberships")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="memberships")
    account = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="memberships")
    joined_at = models.DateTimeField(_("joined"))
    pooled_at = models.DateTimeField(_("pooled"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["program", "customer"], name="one_membership_per_customer_and_program")
        ]

    def __str__(self):
        return self.public_id
