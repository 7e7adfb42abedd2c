"""A segment: the definition, or the file, that fills a list of customers. The list itself is a customers.Audience.

So a rule, a reward or a campaign points down to the list by its id, and knows nothing of definitions; and the id and
the name that people see are the list's own: a segment has no second ones. See docs/decisions/0029.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.models import Audience


class Kind(models.TextChoices):
    """Who fills the list: criteria, again and again; a file, once; another segment as it was at a moment, once."""

    CRITERIA = "criteria", _("follows its criteria")
    UPLOAD = "upload", _("from a file")
    SNAPSHOT = "snapshot", _("snapshot")


class SegmentQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The segments of one merchant with their lists, in the same query: the only door to them."""
        return self.filter(merchant=merchant).select_related("audience")

    def active(self):
        """Those that nobody has put away."""
        return self.filter(archived_at=None)

    def living(self):
        """Active ones that follow criteria: what a refresh fills."""
        return self.active().filter(kind=Kind.CRITERIA)


class Segment(models.Model):
    """Who is on a list, and why.

    `definition` is the versioned criteria of segments.criteria, None for a list that stands still. `refreshed_at` says
    as of when the list follows it. `reason` is what people should know of it. `source` is what a snapshot was taken
    of; `report` what became of the rows of a file: counts, and the first rows that were left out, without their values.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="segments", db_index=False)
    audience = models.OneToOneField(Audience, on_delete=models.CASCADE, related_name="segment")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.CRITERIA)
    definition = models.JSONField(_("definition"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    source = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="snapshots")
    report = models.JSONField(_("report"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    refreshed_at = models.DateTimeField(_("refreshed"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="a_segment_is_of_one_of_three_kinds"),
            # A list without criteria would be emptied by the next refresh, one with both would be filled twice.
            models.CheckConstraint(
                condition=Q(kind=Kind.CRITERIA, definition__isnull=False)
                | (~Q(kind=Kind.CRITERIA) & Q(definition__isnull=True)),
                name="only_and_all_segments_of_criteria_have_some",
            ),
            models.CheckConstraint(
                condition=Q(source=None) | Q(kind=Kind.SNAPSHOT), name="only_a_snapshot_is_taken_of_a_segment"
            ),
            models.CheckConstraint(
                condition=Q(report__isnull=True) | Q(kind=Kind.UPLOAD), name="only_a_file_has_a_report_of_its_rows"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "archived_at"], name="segments_of_a_merchant")]

    def __str__(self):
        return self.name

    @property
    def public_id(self) -> str:
        """The list's id (no query for segments that came through `for_merchant`)."""
        return self.audience.public_id

    @property
    def name(self) -> str:
        """The list's name (no query for segments that came through `for_merchant`)."""
        return self.audience.name

    @property
    def follows(self) -> bool:
        """Whether it follows criteria; otherwise it stands still."""
        return self.kind == Kind.CRITERIA
