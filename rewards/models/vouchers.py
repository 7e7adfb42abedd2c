"""A benefit in somebody's hand, with a code."""

from django.db import models
from django.db.models import BigIntegerField, F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.ids import PublicId
from customers.merchants.models import Location, Merchant, StaffMember
from customers.models import Customer, Purchase

from .ledger import Entry
from .rewards import Redemption

EXPIRED = "expired"  # not stored: an open voucher is so when its time is over
LONGEST_CODE = 32


class VoucherStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("voucher", "open")
    USED = "used", pgettext_lazy("voucher", "used")
    CANCELLED = "cancelled", pgettext_lazy("voucher", "cancelled")
    REVOKED = "revoked", pgettext_lazy("voucher", "revoked")


class VoucherBatchQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The batches of one merchant: the only door to them."""
        return self.filter(merchant=merchant)


class VoucherBatch(models.Model):
    """Vouchers that were made together: one, or a hundred thousand for a letter. `note` says what for."""

    public_id = PublicId("bat")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="voucher_batches")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("codes begin with"), max_length=12, blank=True)
    note = models.CharField(_("why"), max_length=200, blank=True)
    count = models.PositiveIntegerField(_("vouchers"))
    created_at = models.DateTimeField(_("made"))
    actor = models.CharField(_("by"), max_length=32, blank=True)

    objects = VoucherBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of vouchers")
        verbose_name_plural = _("batches of vouchers")
        constraints = [models.CheckConstraint(condition=Q(count__gt=0), name="a_batch_holds_a_voucher")]

    def __str__(self):
        return self.name


class VoucherQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The vouchers of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def in_time(self, at):
        """Those that have not expired at a moment."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at))

    def usable(self, at):
        """Those that can be used at a moment."""
        begun = Q(starts_at=None) | Q(starts_at__lte=at)
        return self.in_time(at).filter(begun, status=VoucherStatus.OPEN)

    def in_state(self, state, at):
        """Those in a state at a moment: one of VoucherStatus, or expired (open, and their time is over)."""
        if state == EXPIRED:
            return self.filter(status=VoucherStatus.OPEN, expires_at__lte=at)
        found = self.filter(status=state)
        return found.in_time(at) if state == VoucherStatus.OPEN else found

    def beginning(self, text):
        """Those whose code begins with a text in capital letters; as a range, which every index and collation knows."""
        return self.filter(code__gte=text, code__lte=text + "Z" * LONGEST_CODE)

    def untouched(self):
        """Open ones of which nothing has been used: all of their uses are left, or all of the gift card's balance."""
        worth = Cast(KeyTextTransform("amount", "benefit"), BigIntegerField())
        return self.filter(Q(balance=None) | Q(balance=worth), status=VoucherStatus.OPEN, uses_left=F("uses_allowed"))


class Voucher(models.Model):
    """What a code gives, and to whom; a bearer's where `customer` is empty.

    `entry` is where its points were redeemed (a full stamp card), `purchase` the one that filled the card. Codes are
    kept in capital letters. An open voucher past `expires_at` cannot be used, whatever job has or has not run.

    `redemption` is where points became it, `batch` what it was made with. It can be used `uses_allowed` times, by one
    customer `per_customer` times, in purchases of `min_amount` or more. A gift card is worth `balance` (minor units)
    until that is spent; all that counts as one use. `ended_at` and `ended_by` (a public id) say when and by whom it was
    revoked or cancelled.
    """

    public_id = PublicId("vch")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    code = models.CharField(_("code"), max_length=LONGEST_CODE)
    name = models.CharField(_("name"), max_length=100)
    benefit = models.JSONField(_("benefit"))
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="vouchers")
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, related_name="voucher", db_constraint=False
    )
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, related_name="vouchers", db_constraint=False
    )
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, null=True, related_name="vouchers")
    batch = models.ForeignKey(
        VoucherBatch, on_delete=models.PROTECT, null=True, related_name="vouchers", db_index=False
    )
    status = models.CharField(_("status"), max_length=9, choices=VoucherStatus.choices, default=VoucherStatus.OPEN)
    uses_allowed = models.PositiveIntegerField(_("uses"), default=1)
    uses_left = models.PositiveIntegerField(_("uses left"), default=1)
    per_customer = models.PositiveIntegerField(_("uses per customer"), null=True)
    min_amount = models.PositiveBigIntegerField(_("smallest purchase"), null=True)
    balance = models.PositiveBigIntegerField(_("balance"), null=True)
    issued_at = models.DateTimeField(_("issued"))
    starts_at = models.DateTimeField(pgettext_lazy("voucher", "from"), null=True)
    expires_at = models.DateTimeField(pgettext_lazy("voucher", "expires"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.CharField(_("ended by"), max_length=32, blank=True, default="", db_default="")

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="a_code_names_one_voucher"),
            models.CheckConstraint(condition=~Q(code=""), name="a_voucher_has_a_code"),
            models.CheckConstraint(
                condition=Q(status="open", uses_left__gt=0)
                | Q(status="used", uses_left=0)
                | Q(status__in=["cancelled", "revoked"]),
                name="a_voucher_is_open_while_it_can_be_used",
            ),
            models.CheckConstraint(condition=Q(uses_allowed__gt=0), name="a_voucher_has_a_use"),
            models.CheckConstraint(
                condition=Q(uses_left__lte=F("uses_allowed")), name="no_more_uses_are_left_than_were_allowed"
            ),
            models.CheckConstraint(
                condition=Q(balance=None) | Q(balance=0, uses_left=0) | Q(balance__gt=0, uses_left__gt=0),
                name="a_gift_card_can_be_used_while_it_holds_something",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(expires_at=None) | Q(expires_at__gt=F("starts_at")),
                name="a_voucher_expires_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-issued_at", "-id"], name="vouchers_newest_first"),
            models.Index(
                fields=["batch", "-issued_at", "-id"], name="vouchers_of_a_batch", condition=Q(batch__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.code}"


class VoucherUseQuerySet(models.QuerySet):
    def standing(self):
        """Uses that were not given back."""
        return self.filter(reversed_at=None)


class VoucherUse(models.Model):
    """A voucher used once: when, where, by whom and with which purchase. A use that was a mistake is reversed.

    `amount` is what it took off the purchase, or paid of it where it is stored value (a gift card), in minor units;
    empty where nobody reckoned it. `returned` is what refunds put back on a gift card of it. `number` is its place
    among what was claimed in the purchase, 0 where it was noted on one later.
    """

    voucher = models.ForeignKey(Voucher, on_delete=models.CASCADE, related_name="uses")
    used_at = models.DateTimeField(_("used"))
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    number = models.PositiveSmallIntegerField(_("place in the purchase"), default=1)
    amount = models.PositiveBigIntegerField(_("amount"), null=True)
    returned = models.PositiveBigIntegerField(_("returned"), default=0, db_default=0)
    actor = models.CharField(_("by"), max_length=32, blank=True)
    reversed_at = models.DateTimeField(_("reversed"), null=True)
    reversed_by = models.CharField(_("reversed by"), max_length=32, blank=True, default="", db_default="")

    objects = VoucherUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a voucher")
        verbose_name_plural = _("uses of vouchers")
        constraints = [
            models.CheckConstraint(
                condition=Q(returned=0) | Q(returned__lte=F("amount")),
                name="no_more_returns_to_a_gift_card_than_it_paid",
            )
        ]

    def __str__(self):
        return f"{self.voucher_id}: {self.used_at}"

    @property
    def kept(self) -> int:
        """What it took off or paid and has not come back, in minor units; 0 where nobody reckoned it."""
        return (self.amount or 0) - self.returned
