"""Writing entries: many at once, in a handful of statements, once per key."""

from datetime import datetime

from django.db import transaction

from customers.merchants import rows
from rewards.models import Entry

from .drafts import Posting
from .sheet import Sheet


@transaction.atomic
def post(postings: list[Posting], *, at: datetime) -> list[Posting]:
    """Post what is not posted yet, in the order given, and return it; `at` is when it is recorded.

    The number of statements does not grow with the list. Accounts are locked in one order, so that calls that meet
    on several accounts wait for each other and never deadlock. Raises Deficit and InsufficientPoints for strict
    postings, and then nothing is written.
    """
    if not postings:
        return []
    sheet = Sheet(postings, at=at)
    fresh = unposted(postings)
    if not fresh:
        return []
    sheet.load_lots(fresh)
    for posting, key in zip(fresh, rows.reserve(Entry, len(fresh)), strict=True):
        posting.entry_id = key
        if posting.arrives:
            sheet.arrive(posting)
        else:
            sheet.leave(posting)
    sheet.write()
    return fresh


def unposted(postings: list[Posting]) -> list[Posting]:
    """Those whose key is not in the books yet, each key once (one query)."""
    keys = {posting.key for posting in postings}
    seen = set(Entry.objects.filter(key__among=keys).values_list("key", flat=True)) if keys else set()
    fresh = []
    for posting in postings:
        if posting.key not in seen:
            seen.add(posting.key)
            fresh.append(posting)
    return fresh
