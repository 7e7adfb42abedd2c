"""What was bought and what came back. Amounts are minor units of the merchant's currency.

These tables only grow, and they grow fastest: their foreign keys are kept by the verbs that write them and proven
by `manage.py reconcile`, not by the database (deferred key checks are half the cost of a bulk insert).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import Location, Merchant, StaffMember

from .people import Customer

TRUSTED = {"db_constraint": False}


class PurchaseQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The purchases of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def standing(self):
        """Neither voided nor undone with their import."""
        return self.filter(voided_at=None)

    def counted(self):
        """Purchases that make a visit: identified, standing, not refunded whole (an amount of 0 counts)."""
        return self.standing().filter(Q(refunded__lt=F("amount")) | Q(amount=0), customer__isnull=False)


class Purchase(models.Model):
    """One receipt. Without a customer it is an anonymous sale, counted in the shop's figures only.

    `amount` is what it is worth to the shop: after discounts, and however it was paid. What they took off is
    `discount`; what was paid out of stored value (gift cards, cashback) is `prepaid`, the rest is due in money.
    `claims` counts what was claimed in it (rewards, vouchers, stored value), whatever that took off.
    `shipping` is a part of the full amount, `refunded` what has come back of `amount` so far. `occurred_on` is the day
    in the merchant's time zone, which is fixed once a purchase exists; `code` is what the customer said at the till.
    """

    public_id = PublicId("pur")
    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="purchases", db_index=False, **TRUSTED
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="purchases", db_index=False, **TRUSTED
    )
    external_id = models.CharField(_("receipt"), max_length=100, null=True)
    occurred_at = models.DateTimeField(_("bought"))
    occurred_on = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded"))
    channel = models.CharField(_("channel"), max_length=50)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, **TRUSTED
    )
    staff = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, **TRUSTED
    )
    imported = models.ForeignKey(
        "customers.Import", on_delete=models.PROTECT, null=True, related_name="purchases", db_index=False, **TRUSTED
    )
    amount = models.BigIntegerField(_("amount"))
    discount = models.BigIntegerField(_("discount"), default=0, db_default=0)
    prepaid = models.BigIntegerField(_("paid with stored value"), default=0, db_default=0)
    shipping = models.BigIntegerField(_("shipping"), default=0, db_default=0)
    claims = models.PositiveSmallIntegerField(_("claims"), default=0, db_default=0)
    refunded = models.BigIntegerField(_("refunded"), default=0)
    voided_at = models.DateTimeField(_("voided"), null=True)
    code = models.CharField(_("code"), max_length=100, blank=True, default="", db_default="")

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            # The receipt number is what makes a retried till request harmless. Undoing an import frees it.
            models.UniqueConstraint(fields=["merchant", "external_id"], name="one_purchase_per_receipt"),
            models.CheckConstraint(condition=~Q(external_id=""), name="a_receipt_is_null_or_something"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_purchase_is_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")), name="no_more_comes_back_than_was_bought"
            ),
            models.CheckConstraint(condition=Q(discount__gte=0), name="a_discount_takes_off"),
            models.CheckConstraint(
                condition=Q(claims__gt=0) | Q(claims=0, discount=0, prepaid=0),
                name="nothing_is_taken_off_without_a_claim",
            ),
            models.CheckConstraint(
                condition=Q(shipping__gte=0, shipping__lte=F("amount") + F("discount")),
                name="shipping_is_a_part_of_the_full_amount",
            ),
            models.CheckConstraint(
                condition=Q(prepaid__gte=0, prepaid__lte=F("amount")), name="stored_value_pays_no_more_than_is_due"
            ),
        ]
        indexes = [
            # One customer's history; with the last three, which say what counts, the gaps between visits need no row.
            models.Index(
                fields=["merchant", "customer", "occurred_on", "voided_at", "refunded", "amount"],
                name="purchases_of_a_customer",
            ),
            models.Index(fields=["merchant", "-occurred_at", "-id"], name="purchases_newest_first"),
            models.Index(fields=["imported"], name="purchases_of_an_import", condition=Q(imported__isnull=False)),
        ]

    def __str__(self):
        return self.external_id or self.public_id

    @property
    def full_amount(self) -> int:
        """What it cost before discounts, in minor units."""
        return self.amount + self.discount

    @property
    def amount_due(self) -> int:
        """What was to be paid in money, in minor units: after discounts, less stored value."""
        return self.amount - self.prepaid

    @property
    def remaining(self) -> int:
        """What has not come back, in minor units."""
        return self.amount - self.refunded


class PurchaseLine(models.Model):
    """A line of the receipt; its total is authoritative, whatever quantity times unit says.

    `amount` is what is left of that total after `discount`, the line's share of the purchase's.
    """

    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="lines", db_index=False, **TRUSTED)
    number = models.PositiveIntegerField(_("line"))
    sku = models.CharField(_("SKU"), max_length=100, blank=True)
    name = models.CharField(_("product"), max_length=300, blank=True)
    category = models.CharField(_("category"), max_length=100, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=15, decimal_places=3)
    unit_amount = models.BigIntegerField(_("unit price"), null=True)
    amount = models.BigIntegerField(_("amount"))
    discount = models.BigIntegerField(_("discount"), default=0, db_default=0)
    excluded = models.BooleanField(_("earns nothing"), default=False)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            models.UniqueConstraint(fields=["purchase", "number"], name="lines_of_a_purchase_are_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="lines_are_counted_from_one"),
        ]

    def __str__(self):
        return self.name or self.sku or str(self.number)


class Refund(models.Model):
    """Something came back: of a purchase, or (`purchase` empty) of a customer whose receipt nobody has.

    Of its `amount`, `prepaid` went back to stored value, the rest in money. `actor` is the public id of who took it.
    A refund of a purchase lowers the net value of the purchase's month; a return without one that of its own.
    """

    public_id = PublicId("ref")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="refunds", db_index=False, **TRUSTED)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, null=True, related_name="refunds", **TRUSTED)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="refunds", db_index=False, **TRUSTED
    )
    external_id = models.CharField(_("receipt"), max_length=100, null=True)
    occurred_at = models.DateTimeField(_("returned"))
    occurred_on = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded"))
    imported = models.ForeignKey(
        "customers.Import", on_delete=models.PROTECT, null=True, related_name="refunds", **TRUSTED
    )
    amount = models.BigIntegerField(_("amount"))
    prepaid = models.BigIntegerField(_("back to stored value"), default=0, db_default=0)
    undone_at = models.DateTimeField(_("undone"), null=True)
    actor = models.CharField(_("by"), max_length=32, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "external_id"], name="one_refund_per_receipt"),
            models.CheckConstraint(condition=~Q(external_id=""), name="a_refund_receipt_is_null_or_something"),
            # 0 where what came back had cost nothing: its lines say what it was.
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_refund_is_not_negative"),
        ]
        indexes = [
            models.Index(fields=["merchant", "customer", "occurred_on"], name="refunds_of_a_customer"),
            # What nobody can check against a receipt, newest first: imports bring theirs by the thousand.
            models.Index(
                fields=["merchant", "-recorded_at"],
                name="returns_without_a_receipt",
                condition=Q(purchase=None, imported=None),
            ),
        ]

    def __str__(self):
        return self.external_id or self.public_id


class RefundLine(models.Model):
    """How much of a line came back with a refund: units, and what they were worth then, in minor units."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines", db_index=False, **TRUSTED)
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="returns", **TRUSTED)
    quantity = models.DecimalField(_("quantity"), max_digits=15, decimal_places=3)
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("line of a refund")
        verbose_name_plural = _("lines of refunds")
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="a_refund_names_a_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_line_of_a_refund_gives_something_back"),
        ]

    def __str__(self):
        return f"{self.refund_id}: {self.quantity}"
