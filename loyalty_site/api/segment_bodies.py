"""What is sent about segments, and what is answered."""

from rest_framework import serializers

from loyalty_site import uploads
from segments.models import Kind

from .customers import CustomerReply
from .fields import FreeObject, Strict


class SegmentBody(Strict):
    """A name and the versioned criteria: `{"version": 1, "all": [{"field", "op", "value"}]}`."""

    name = serializers.CharField(max_length=100)
    definition = FreeObject(help_text="See GET /segments/fields for the fields and operators.")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class SegmentChange(Strict):
    name = serializers.CharField(max_length=100, required=False)
    definition = FreeObject(required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    archived = serializers.BooleanField(required=False, help_text="False brings a segment back that was put away.")


class SnapshotBody(Strict):
    name = serializers.CharField(max_length=100, required=False, help_text="The segment's name and the day by default.")


class SegmentUpload(Strict):
    name = serializers.CharField(max_length=100)
    file = serializers.FileField(max_length=255, allow_empty_file=True)


class LeftOutReply(serializers.Serializer):
    line = serializers.IntegerField()
    column = serializers.CharField(allow_blank=True)
    code = serializers.ChoiceField([uploads.UNKNOWN, uploads.DUPLICATE, uploads.AMBIGUOUS, uploads.UNREADABLE])


class UploadReport(serializers.Serializer):
    """What became of the rows of a file: how many name nobody, somebody again, two people, or cannot be read."""

    filename = serializers.CharField()
    rows = serializers.IntegerField()
    people = serializers.IntegerField()
    unknown = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    ambiguous = serializers.IntegerField()
    unreadable = serializers.IntegerField()
    faults = LeftOutReply(many=True, help_text="The first hundred rows that were left out.")


class SegmentReply(serializers.Serializer):
    """A segment with its figures: `value` is what its people are worth ever, net, in minor units.

    `refreshed_at` says as of when the list follows the criteria, null for a list that stands still; `problem` why the
    criteria no longer make sense. `entered_7d` leaves out who was put on the list when it was made.
    """

    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    name = serializers.CharField()
    kind = serializers.ChoiceField(Kind.choices)
    definition = serializers.DictField(allow_null=True)
    sentence = serializers.CharField(allow_blank=True)
    problem = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    people = serializers.IntegerField()
    value = serializers.IntegerField()
    entered_7d = serializers.IntegerField()
    left_7d = serializers.IntegerField()
    source = serializers.CharField(allow_null=True)
    report = UploadReport(allow_null=True)
    created_at = serializers.DateTimeField()
    refreshed_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)


class SegmentMade(SegmentReply):
    dry_run = serializers.BooleanField(required=False)


class RefreshedReply(SegmentReply):
    entered = serializers.IntegerField()
    left = serializers.IntegerField()


class ListedReply(CustomerReply):
    """Somebody of a segment, since when, and until when for who left."""

    entered_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)
