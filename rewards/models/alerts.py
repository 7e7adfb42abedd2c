"""What somebody with an eye on the shop should look at, and from when on it is worth a look."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant
from customers.models import Customer, Purchase


class SelfCredit(models.TextChoices):
    """What happens when somebody who works here gives points to their own card."""

    BLOCKED = "blocked", _("Refused: a colleague does it")
    QUEUED = "queued", _("A manager looks at it: adjustments wait for a yes, the rest is done and told in the alerts")
    ALLOWED = "allowed", _("Allowed, and nobody is told")


class Watch(models.Model):
    """What a shop watches for; without a row, the defaults of `rewards.watching`. A number of 0 watches for nothing.

    `customer_day` and `customer_week`: purchases of one customer by one person; `adjustments_day` and `returns_week`:
    of one person; `unusual_times`: how many times as much as 95 of 100 purchases give.
    """

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="watch")
    self_credit = models.CharField(_("points for one's own card"), max_length=8, choices=SelfCredit.choices)
    customer_day = models.PositiveIntegerField(_("same customer, same person, a day"))
    customer_week = models.PositiveIntegerField(_("same customer, same person, a week"))
    adjustments_day = models.PositiveIntegerField(_("adjustments by one person a day"))
    returns_week = models.PositiveIntegerField(_("returns without a receipt by one person a week"))
    unusual_times = models.PositiveIntegerField(_("times the usual points"))

    class Meta:
        verbose_name = _("what is watched")
        verbose_name_plural = _("what is watched")
        constraints = [
            models.CheckConstraint(condition=Q(self_credit__in=SelfCredit.values), name="crediting_oneself_is_ruled")
        ]

    def __str__(self):
        return f"{self.merchant_id}: {self.self_credit}"


class AlertKind(models.TextChoices):
    CUSTOMER_DAY = "customer_day", _("same customer, same person, one day")
    CUSTOMER_WEEK = "customer_week", _("same customer, same person, one week")
    ADJUSTMENTS = "adjustments", _("many adjustments")
    RETURNS = "returns", _("returns without a receipt")
    UNUSUAL = "unusual", _("unusually many points")
    SELF_CREDIT = "self_credit", _("points for one's own card")


class AlertState(models.TextChoices):
    OPEN = "open", pgettext_lazy("alert", "open")
    ACCEPTED = "accepted", pgettext_lazy("alert", "accepted")
    DISMISSED = "dismissed", pgettext_lazy("alert", "dismissed")


class AlertQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The alerts of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def open(self):
        """Those that nobody has decided on."""
        return self.filter(state=AlertState.OPEN)


class Alert(models.Model):
    """Something that was found once, and what somebody made of it.

    `key` names the finding, so that nothing is told twice. `person` is the public id of the staff member or key whose
    doing it is. `count` is what was counted or credited, `limit` what was set then, both as the kind counts. `unit` is
    of points. Accepted means that something was wrong, dismissed that nothing was.
    """

    public_id = PublicId("alr")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=14, choices=AlertKind.choices)
    key = models.CharField(max_length=120)
    person = models.CharField(_("whose doing"), max_length=32, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+")
    purchase = models.ForeignKey(Purchase, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False)
    count = models.BigIntegerField(_("counted"))
    limit = models.BigIntegerField(_("limit"), default=0)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    happened_on = models.DateField(_("day"), help_text=_("At the shop; of a week its Monday."))
    found_at = models.DateTimeField(_("found"))
    state = models.CharField(_("state"), max_length=9, choices=AlertState.choices, default=AlertState.OPEN)
    decided_by = models.CharField(_("decided by"), max_length=32, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="nothing_is_told_twice"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by="", decided_at=None)
                | (Q(state__in=["accepted", "dismissed"], decided_at__isnull=False) & ~Q(decided_by="")),
                name="an_alert_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(person="") | ~Q(decided_by=F("person")), name="nobody_decides_about_oneself"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "state", "-found_at", "-id"], name="alerts_by_state")]

    def __str__(self):
        return f"{self.kind} {self.person}"
