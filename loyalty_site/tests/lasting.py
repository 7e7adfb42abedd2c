"""Rows that all tests of a module share, so that a long table of cases need not make them anew for each."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def lasting(blocker) -> Iterator[None]:
    """A transaction around a module's tests: what is made in it they all see, what each changes is rolled back.

    For a fixture of the scope module, which asks for django_db_setup and passes its django_db_blocker.
    """
    with swept(blocker), transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def swept(blocker) -> Iterator[None]:
    """Take away behind many rows what their rollback leaves: on PostgreSQL all later tests would read over it."""
    with blocker.unblock():
        yield
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")
