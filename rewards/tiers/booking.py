"""Booking tiers that have ended, so that the books say it too. Who holds which tier never waits for this."""

from datetime import datetime

from django.db import transaction

from rewards.models import Membership

from . import places

AT_ONCE = 2_000


def book(*, at: datetime) -> int:
    """Book every tier whose time is over; returns how many members. Safe to run twice or at once."""
    booked = 0
    while count := book_some(at=at):
        booked += count
    return booked


@transaction.atomic
def book_some(*, at: datetime) -> int:
    """Book the tiers of at most `AT_ONCE` members: read again behind their lock, written at once."""
    due = Membership.objects.filter(tier_until__lte=at).order_by("tier_until", "pk")
    ended = places.fetch(due.values_list("pk", flat=True)[:AT_ONCE])
    for place in ended.values():
        place.pass_time(at)
    places.write(ended.values(), at=at)
    return len(ended)
