"""The ledger's three tables.

An Entry is a signed number of points that happened, append-only: a mistake is corrected by a further entry. A Lot is
what a positive entry left to spend, with the moments between which it may be spent; an entry may bring several. A
LotUse says from which lot a negative entry drew. On a positive entry a use below zero gives points back to the lot that
they came from, and one above zero is what went to repay a deficit. So always: remaining = points − sum of the uses.

Only `rewards.ledger` writes here.
"""

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant
from customers.models import Activity, Import, Purchase, Refund

from .memberships import Membership, PointsAccount

TRUSTED = {"db_constraint": False}


class EntryKind(models.TextChoices):
    EARN = "earn", _("earned")
    REDEEM = "redeem", _("redeemed")
    EXPIRE = "expire", _("expired")
    ADJUST = "adjust", _("adjusted")
    REVERSE = "reverse", _("taken back")
    RETURN = "return", _("given back")
    TRANSFER_IN = "transfer_in", _("received")
    TRANSFER_OUT = "transfer_out", _("passed on")


ARRIVING = ["earn", "return", "transfer_in"]
LEAVING = ["redeem", "expire", "transfer_out"]


class Entry(models.Model):
    """Signed points on an account. `key` makes a second posting of the same thing harmless.

    A reversal may settle more than its points: `forgiven` is what was spent and is let go, `lapsed` what had expired.
    `occurred_at` is when it happened, `recorded_at` when it was written; `balance_after` follows the second.
    `origin` is the entry that this one answers: the redemption of which points come back, the sending of a transfer.
    """

    public_id = PublicId("ent")
    account = models.ForeignKey(
        PointsAccount, on_delete=models.PROTECT, related_name="entries", db_index=False, **TRUSTED
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="entries", db_index=False, **TRUSTED
    )
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, **TRUSTED)
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind.choices)
    points = models.BigIntegerField(_("points"))
    forgiven = models.BigIntegerField(_("forgiven"), default=0)
    lapsed = models.BigIntegerField(_("already expired"), default=0)
    balance_after = models.BigIntegerField(_("balance after"))
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    key = models.CharField(max_length=80)
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False, **TRUSTED
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False, **TRUSTED
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False, **TRUSTED
    )
    imported = models.ForeignKey(
        Import, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False, **TRUSTED
    )
    origin = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="answers", db_index=False, **TRUSTED
    )
    actor = models.CharField(
        _("by"), max_length=32, blank=True, help_text=_("Public id of the key, staff member or import that did it.")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            # Over all accounts: a key names its purchase, refund or lot, so one index answers a thousand keys.
            models.UniqueConstraint(fields=["key"], name="the_same_thing_is_posted_once"),
            models.CheckConstraint(
                condition=~Q(points=0) | Q(kind="reverse", forgiven__gt=0) | Q(kind="reverse", lapsed__gt=0),
                name="an_entry_moves_or_settles_something",
            ),
            models.CheckConstraint(
                condition=Q(kind="adjust")
                | Q(kind__in=ARRIVING, points__gt=0)
                | Q(kind__in=LEAVING, points__lt=0)
                | Q(kind="reverse", points__lte=0),
                name="the_sign_of_an_entry_follows_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["return", "transfer_in"], origin__isnull=False)
                | (~Q(kind__in=["return", "transfer_in"]) & Q(origin=None)),
                name="what_comes_back_or_arrives_names_where_it_left",
            ),
            models.CheckConstraint(
                condition=Q(forgiven=0, lapsed=0) | Q(kind="reverse", forgiven__gte=0, lapsed__gte=0),
                name="only_a_reversal_settles_without_points",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-occurred_at", "-id"], name="entries_of_an_account"),
            models.Index(fields=["purchase"], name="entries_of_a_purchase", condition=Q(purchase__isnull=False)),
            models.Index(fields=["activity"], name="entries_of_an_activity", condition=Q(activity__isnull=False)),
            models.Index(fields=["origin"], name="answers_to_an_entry", condition=Q(origin__isnull=False)),
        ]

    def __str__(self):
        return f"{self.kind} {self.points}"


class LotQuerySet(models.QuerySet):
    def with_end(self):
        """`ends_at`: from when on a lot cannot be spent (None: never), which every reader asks instead of `expires_at`.

        Its own expiry, or the end of a program that closes (`closes_at`), whichever comes first; of an idle lot only
        `rewards.ledger.date_idle` knows the first. The lot keeps what it promised, so
        a closing that is taken back leaves no trace, and nothing has to run when the last spending day is over.
        """
        program_ends = "account__program__spendable_until"
        return self.annotate(
            closes_at=F(program_ends),
            ends_at=Case(
                When(expires_at=None, then=F(program_ends)),
                When(**{f"{program_ends}__lt": F("expires_at")}, then=F(program_ends)),
                default=F("expires_at"),
            ),
        )


class Lot(models.Model):
    """Points that arrived together and leave together: spendable while `available_at <= now < expires_at`.

    An idle lot stores no date: it is over `idle_months` after the later of `idle_from` and the account's last counted
    purchase (`rewards.ledger.idle`). `origin` is the lot that these points were before a transfer, or before they came
    back too late for it.

    All lots of an account, spent ones too, are found through their entries; the index here is for the open ones.
    """

    account = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="lots", db_index=False, **TRUSTED)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lots", **TRUSTED)
    origin = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followers", db_index=False, **TRUSTED
    )
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, related_name="lots", db_index=False, **TRUSTED
    )
    points = models.BigIntegerField(_("points"))
    remaining = models.BigIntegerField(_("remaining"))
    available_at = models.DateTimeField(_("available"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    idle_months = models.PositiveSmallIntegerField(_("months without a purchase"), null=True)
    idle_from = models.DateTimeField(_("counted from"), null=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="a_lot_holds_something"),
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("points")), name="a_lot_gives_no_more_than_it_held"
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("available_at")), name="a_lot_can_be_spent_some_time"
            ),
            models.CheckConstraint(
                condition=Q(idle_months=None, idle_from=None)
                | Q(idle_months__gt=0, idle_from__isnull=False, expires_at=None),
                name="an_idle_lot_has_no_date_of_its_own",
            ),
        ]
        indexes = [
            # In spending order; partial, so that its cost follows the open lots and not the history.
            models.Index(
                fields=["account", "expires_at", "id"], name="open_lots_in_spending_order", condition=Q(remaining__gt=0)
            ),
            # What a balance counts and cannot be spent: found by these, it is taken off for questions about everybody.
            models.Index(fields=["available_at"], name="open_lots_by_arrival", condition=Q(remaining__gt=0)),
            models.Index(
                fields=["expires_at"],
                name="open_lots_by_end",
                condition=Q(remaining__gt=0, expires_at__isnull=False),
            ),
            # The newest open lot of everybody, with what tells whether it lasts: read off the index alone.
            models.Index(
                fields=["account", "-id", "points", "available_at", "expires_at", "idle_months"],
                name="newest_open_lots",
                condition=Q(remaining__gt=0, purchase__isnull=False),
            ),
            models.Index(
                fields=["purchase"],
                name="lots_that_follow_others",
                condition=Q(origin__isnull=False, purchase__isnull=False),
            ),
            models.Index(
                fields=["idle_months", "account"],
                name="open_idle_lots",
                condition=Q(remaining__gt=0, idle_months__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.remaining} / {self.points}"


class LotUse(models.Model):
    """How many points an entry drew from a lot; below zero, how many it gave back."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses", **TRUSTED)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="uses", **TRUSTED)
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("use of a lot")
        verbose_name_plural = _("uses of lots")
        constraints = [models.CheckConstraint(condition=~Q(points=0), name="a_use_draws_or_gives_back_something")]

    def __str__(self):
        return f"{self.lot_id} → {self.entry_id}: {self.points}"
