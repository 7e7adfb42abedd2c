"""What runs in the worker. The worker is an edge: here the clock is read."""

from datetime import timedelta

import django
from django.utils import timezone

from loyalty_site import flows, imports
from loyalty_site.models import IdempotencyKey
from rewards import ledger
from rewards.models import Program

if django.VERSION >= (6, 0):
    from django.tasks import task
else:
    from django_tasks import task

REPLIES_KEPT = timedelta(days=7)


@task()
def run_import(import_id: int) -> None:
    """Read and post a file, or go on where a killed run stopped."""
    imports.run(import_id, at=timezone.now())


@task()
def judge_history(program_id: int) -> int:
    """Let the purchases since a program's start earn, where they are too many for a request."""
    return flows.judge_history(program=Program.objects.get(pk=program_id), at=timezone.now())


@task()
def book_expiry() -> int:
    """Write the expiry of points into the books."""
    return ledger.expire(at=timezone.now())


@task()
def forget_old_replies() -> int:
    """Remove idempotency keys that are older than a week."""
    forgotten, __ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - REPLIES_KEPT).delete()
    return forgotten
