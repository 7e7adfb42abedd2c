"""Files that were read: what they were, how far the reading is, and what was wrong in them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import ApiKey, Merchant, User


class Kind(models.TextChoices):
    PURCHASES = "purchases", _("Purchases")
    CUSTOMERS = "customers", _("Customers")
    BALANCES = "balances", _("Opening balances")


class State(models.TextChoices):
    """`queued → reading → posting → done`, or `failed` with a sentence; a done one may be `undone`.

    A long one is `undoing` meanwhile.
    What is sent on the page begins as `checking`: nothing happens to it until somebody has looked at it.
    """

    CHECKING = "checking", _("to be checked")
    QUEUED = "queued", _("waiting")
    READING = "reading", _("reading")
    POSTING = "posting", _("recording")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class ImportQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The imports of one merchant: the only door to them."""
        return self.filter(merchant=merchant)


class Import(models.Model):
    """One file of one kind. `position` counts the receipts or records settled, so that a killed run continues.

    Counters change in the transaction that writes the rows they count; so they are right after any crash. `choices`
    is what somebody knew better than the reader (reader.staging.Choices), `reading` how the file was read in the end;
    `read` counts the rows that reading has passed, for the progress.
    """

    public_id = PublicId("imp")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    filename = models.CharField(_("file"), max_length=255)
    file = models.FileField(upload_to="imports/%Y/%m/", max_length=255)
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of the content."))
    mapping = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    columns = models.JSONField(default=dict, help_text=_("The column that each field was read from."))
    ignored = models.JSONField(default=list, help_text=_("Columns that nothing was read from."))
    anonymous = models.CharField(max_length=6, choices=[("reject", "reject"), ("accept", "accept")], default="reject")
    dry_run = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    read = models.PositiveIntegerField(_("rows read"), default=0)
    accepted = models.PositiveIntegerField(_("accepted"), default=0)
    duplicates = models.PositiveIntegerField(_("duplicates"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    customers_seen = models.PositiveIntegerField(_("customers"), default=0)
    new_customers = models.PositiveIntegerField(_("new customers"), default=0)
    value = models.BigIntegerField(_("value"), default=0)
    message = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True, help_text=_("In which its faults are said."))
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="an_import_is_in_a_known_state"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="an_import_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(rows=F("accepted") + F("duplicates") + F("rejected")),
                name="every_row_is_accepted_or_duplicate_or_rejected",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-created_at", "-id"], name="imports_newest_first")]

    def __str__(self):
        return self.filename


class ImportFault(models.Model):
    """One bad cell of a file: where it is, what it says and what is wrong with it. `line` counts the header as 1."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="faults")
    line = models.PositiveIntegerField(_("line"))
    column = models.CharField(_("column"), max_length=200, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    message = models.CharField(_("what is wrong"), max_length=500)

    class Meta:
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        ordering = ["line", "id"]

    def __str__(self):
        return f"{self.line} {self.column}"
