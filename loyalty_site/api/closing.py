"""How a program ends, as bodies and replies say it."""

from rest_framework import serializers

from rewards.models import ProgramClosing
from rewards.programs.closing import LONGEST_TEXT

from .fields import Strict


class ClosingBody(Strict):
    """The last local days of earning and of spending; `notice` is what customers read in the public terms."""

    last_earning_on = serializers.DateField()
    last_spending_on = serializers.DateField()
    notice = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, default="")


class ClosingReply(serializers.Serializer):
    announced_at = serializers.DateTimeField()
    last_earning_on = serializers.DateField()
    last_spending_on = serializers.DateField()
    notice = serializers.CharField()


def shown(closing: ProgramClosing) -> dict:
    """A closing as a reply says it."""
    return dict(ClosingReply(closing).data)
