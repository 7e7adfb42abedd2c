"""A customer in a program, and the account that holds the points."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.models import Customer

from .programs import Program, ProgramVersion


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
    def with_rewards(self):
        """Each with `has_rewards`: whether its program offers any."""
        offering = Program.objects.filter(pk=OuterRef("program"), rewards__status="active")
        return self.annotate(has_rewards=Exists(offering))

    def for_merchant(self, merchant):
        """Memberships in the programs of one merchant: the only door to them."""
        return self.filter(program__merchant=merchant)

    def with_tiers(self):
        """Each with the `tiers` and the `tier_policy` of its program's last version, in the same query."""
        last = ProgramVersion.objects.filter(program=OuterRef("program")).order_by("-number")
        return self.annotate(**{part: Subquery(last.values(part)[:1]) for part in ("tiers", "tier_policy")})

    def in_tier(self, name, at):
        """Those who hold a tier of this name at a moment from now on, whatever has been booked."""
        lapsed = self.filter(tier_until__lte=at).values_list("pk", "tier", "tier_until", "tier_after")
        also = [key for key, *held in lapsed if held_at(*held, at)[0] == name]
        standing = Q(tier=name) & (Q(tier_until=None) | Q(tier_until__gt=at))
        return self.filter(standing | Q(pk__in=also))


def held_at(tier, until, after, at) -> tuple:
    """Of a tier, when it ends and what follows then: the tier held at a moment, and when that ends."""
    steps = [(tier, until), *((name, ends and datetime.fromisoformat(ends)) for name, ends in after or ())]
    return next((name, ends) for name, ends in steps if ends is None or ends > at)


class Membership(models.Model):
    """A customer's place in a program. `pooled_at` is when it last shared an account; the account may be left since.

    `tier` is held since `tier_since` until `tier_until`, if nothing else happens (empty: without an end); then come
    those of `tier_after`, pairs of a name (or null) and when it ends. So the tier of a moment needs no job.
    """

    public_id = PublicId("mem")
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="memberships")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="memberships")
    account = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="memberships")
    joined_at = models.DateTimeField(_("joined"))
    pooled_at = models.DateTimeField(_("pooled"), null=True, blank=True)
    tier = models.CharField(_("tier"), max_length=50, null=True)
    tier_since = models.DateTimeField(_("tier since"), null=True)
    tier_until = models.DateTimeField(_("tier until"), null=True)
    tier_after = models.JSONField(_("tiers after it"), null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["program", "customer"], name="one_membership_per_customer_and_program"),
            models.CheckConstraint(
                condition=Q(tier_until=None, tier_after=None)
                | Q(tier__isnull=False, tier_until__isnull=False, tier_after__isnull=False),
                name="a_tier_that_ends_says_what_follows",
            ),
        ]
        indexes = [
            models.Index(fields=["tier_until"], name="tiers_by_their_end", condition=Q(tier_until__isnull=False)),
        ]

    def __str__(self):
        return self.public_id

    def tier_at(self, at) -> tuple:
        """The tier held at a moment since the last change, and when it ends if nothing else happens."""
        return held_at(self.tier, self.tier_until, self.tier_after, at)
