"""One transaction for an answer, or for none."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

Result = TypeVar("Result")


class DryRun(Exception):
    """Carries the answer of a dry run out of the transaction that it rolls back."""

    def __init__(self, result):
        self.result = result


def attempt(work: Callable[[], Result], *, dry_run: bool = False) -> Result:
    """Run `work` in one transaction; a dry run is the same code, rolled back."""
    try:
        with transaction.atomic():
            result = work()
            if dry_run:
                raise DryRun(result)
            return result
    except DryRun as dry:
        return dry.result
