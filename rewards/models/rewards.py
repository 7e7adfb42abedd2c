"""What points can become: the catalog of rewards, and each time that somebody took one."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.ids import PublicId
from customers.merchants.models import Location, Merchant, StaffMember
from customers.models import Audience, Purchase

from .holds import Hold
from .ledger import Entry
from .memberships import Membership
from .programs import Program


class RewardStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("reward", "draft")
    ACTIVE = "active", pgettext_lazy("reward", "offered")
    ARCHIVED = "archived", pgettext_lazy("reward", "withdrawn")


class LimitPeriod(models.TextChoices):
    DAY = "day", pgettext_lazy("limit", "a day")
    WEEK = "week", pgettext_lazy("limit", "a week")
    MONTH = "month", pgettext_lazy("limit", "a month")
    YEAR = "year", pgettext_lazy("limit", "a year")
    EVER = "ever", pgettext_lazy("limit", "ever")


class RewardQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The rewards of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def offered(self, at):
        """Those that somebody can take at a moment, early ones too, whatever is left of them."""
        begun = Q(starts_at=None) | Q(starts_at__lte=at) | Q(early_at__lte=at)
        return self.filter(begun, Q(ends_at=None) | Q(ends_at__gt=at), status=RewardStatus.ACTIVE)


class Reward(models.Model):
    """A benefit for points of a program.

    `cost` is in units of the program, `unit_cost` and `perceived_value` (what one costs the shop and is worth to the
    customer) in minor units. `stock` is what is left of it (empty: endless); what a hold that is over had set aside
    comes back to it when the reward is next looked at under its lock (`rewards.redemption`). Tiers in `early_tiers`
    may take it from `early_at` on, others from `starts_at`. A voucher from it lives `voucher_days` (empty: for ever).
    """

    public_id = PublicId("rwd")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="rewards", db_index=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="rewards")
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=RewardStatus.choices, default=RewardStatus.ACTIVE)
    position = models.PositiveIntegerField(_("place in the menu"), default=0)
    cost = models.PositiveBigIntegerField(_("cost"))
    benefit = models.JSONField(_("benefit"))
    stock = models.PositiveIntegerField(_("left"), null=True, blank=True)
    stocked = models.PositiveIntegerField(_("put into stock"), null=True, blank=True)
    per_customer = models.PositiveIntegerField(_("per customer"), null=True, blank=True)
    limit_period = models.CharField(_("in"), max_length=5, choices=LimitPeriod.choices, default=LimitPeriod.EVER)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    tiers = models.JSONField(_("tiers"), default=list, blank=True)
    early_at = models.DateTimeField(_("early access from"), null=True, blank=True)
    early_tiers = models.JSONField(_("early access for"), default=list, blank=True)
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit_cost = models.PositiveBigIntegerField(_("costs the shop"), null=True, blank=True)
    perceived_value = models.PositiveBigIntegerField(_("worth to the customer"), null=True, blank=True)
    voucher_days = models.PositiveIntegerField(_("days to use it"), null=True, blank=True)
    created_at = models.DateTimeField()

    objects = RewardQuerySet.as_manager()

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="a_reward_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(early_at=None) | Q(starts_at__isnull=False, early_at__lt=F("starts_at")),
                name="early_access_comes_before_the_start",
            ),
            models.CheckConstraint(
                condition=Q(per_customer=None) | Q(per_customer__gt=0),
                name="a_limit_of_a_reward_lets_something_through",
            ),
            models.CheckConstraint(
                condition=Q(voucher_days=None) | Q(voucher_days__gt=0), name="a_voucher_of_a_reward_lives_a_day"
            ),
            models.CheckConstraint(
                condition=Q(stock=None, stocked=None) | Q(stock__isnull=False, stocked__gte=F("stock")),
                name="what_is_left_was_put_into_stock",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "position", "id"], name="rewards_in_menu_order")]

    def __str__(self):
        return self.name


class RewardPicture(models.Model):
    """What a reward looks like: kept small, as WebP, in the database, so that a backup or a second server has it."""

    reward = models.OneToOneField(Reward, on_delete=models.CASCADE, related_name="picture")
    image = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=16, help_text=_("Names this very picture in its address."))
    description = models.CharField(_("what it shows"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("picture of a reward")
        verbose_name_plural = _("pictures of rewards")

    def __str__(self):
        return self.digest


class RedemptionStatus(models.TextChoices):
    HELD = "held", pgettext_lazy("redemption", "set aside")
    CAPTURED = "captured", pgettext_lazy("redemption", "redeemed")
    CANCELLED = "cancelled", pgettext_lazy("redemption", "cancelled")
    EXPIRED = "expired", pgettext_lazy("redemption", "not taken in time")


class RedemptionQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The redemptions of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def standing(self, at):
        """Those that count against limits at a moment: redeemed, or set aside and not over."""
        return self.filter(Q(status=RedemptionStatus.CAPTURED) | Q(status=RedemptionStatus.HELD, held_until__gt=at))

    def lapsed(self, at):
        """Set aside, over, and not yet given back to the stock."""
        return self.filter(status=RedemptionStatus.HELD, held_until__lte=at)


class Redemption(models.Model):
    """Points became a voucher, or are set aside for it until `held_until`.

    `points` is what all of `quantity` cost. `entry` took them from the ledger (none for a reward that costs nothing),
    `purchase` is the one in which the reward was claimed.
    """

    public_id = PublicId("rdm")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="redemptions", db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="redemptions")
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    from_stock = models.BooleanField(
        _("from stock"), default=False, help_text=_("Whether the reward had a stock, which gets this back.")
    )
    points = models.PositiveBigIntegerField(_("points"))
    status = models.CharField(_("status"), max_length=9, choices=RedemptionStatus.choices)
    redeemed_at = models.DateTimeField(_("redeemed"))
    held_until = models.DateTimeField(_("set aside until"), null=True)
    ended_at = models.DateTimeField(_("captured or cancelled"), null=True)
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, null=True, related_name="redemption")
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, related_name="redemption", db_constraint=False
    )
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, related_name="redemptions", db_constraint=False
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(_("by"), max_length=32, blank=True)

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_redemption_is_of_something"),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(held_until__isnull=False), name="what_is_set_aside_says_until_when"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-redeemed_at", "-id"], name="redemptions_newest_first"),
            models.Index(fields=["held_until"], name="redemptions_set_aside", condition=Q(status="held")),
        ]

    def __str__(self):
        return self.public_id
