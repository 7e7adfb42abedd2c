"""Other segments."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from segments.criteria import lists
from segments.criteria.field import Condition, Field, Group, Moment
from segments.criteria.kinds import Kind


def unused(condition: Condition, moment: Moment) -> Q:
    """Never asked: a condition on segments becomes a part of its own when it is read (tree.Listed)."""
    raise AssertionError(condition.field.name)


def has_lists(merchant: Merchant) -> bool:
    """Whether the shop has a segment."""
    return bool(lists.choices(merchant))


FIELDS = [
    Field(
        lists.FIELD, _("Segment"), Group.LISTS, Kind.REFERENCE,
        _("Who is in another segment: by its criteria as of now, or on the list where it is filled by hand."), unused,
        _("are in the segment %(this)s"), _("are not in the segment %(this)s"), choices=lists.choices,
        is_offered=has_lists,
    ),
]  # fmt: skip
