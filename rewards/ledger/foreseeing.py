"""What postings would leave owing, before they are posted."""

from dataclasses import replace
from itertools import repeat

from django.db import transaction

from .posting import Posting, Sheet


@transaction.atomic
def shortages(postings: list[Posting]) -> list[int]:
    """How many points each of these postings would leave owing or forgiven, were they posted now. Writes nothing.

    The accounts are locked, so that it stays true until the transaction ends.
    """
    sheet = Sheet(postings)
    sheet.recorded_at, sheet.public_ids = None, repeat("")
    sheet.load_lots(postings)
    missing = []
    for number, posting in enumerate((replace(one) for one in postings), start=1):
        posting.entry_id, before = -number, sheet.deficits[posting.account_id]
        if posting.points > 0:
            sheet.arrive(posting, -number)
        else:
            sheet.leave(posting)
        missing.append(max(sheet.deficits[posting.account_id] - before, 0) + posting.forgiven)
    return missing
