"""The worker: takes a task, holds a lease while it runs, tries again what failed, and frees what a killed one left."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import OperationalError, connections, transaction
from django.utils import timezone
from django_tasks_db.backend import TaskResult
from django_tasks_db.compat import DEFAULT_TASK_BACKEND_ALIAS, TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult, get_date_max
from django_tasks_db.utils import exclusive_transaction, is_locked_database_exception

from loyalty_site.jobs import schedule
from loyalty_site.jobs.models import Lease

LEASE = timedelta(seconds=60)
RENEW_EVERY = 15.0  # seconds
MAX_ATTEMPTS = 4
FIRST_PAUSE = timedelta(seconds=30)
BUSY_PAUSE = 0.1  # seconds


def name_of_this_worker() -> str:
    """Host and process: enough for an operator to find it."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def work(*, once: bool, stop: threading.Event, idle: float = 1.0) -> int:
    """Run tasks until `stop` is set, or with `once` until nothing is due; returns how many ran."""
    worker, ran = name_of_this_worker(), 0
    while not stop.is_set():
        try:
            task = next_task(worker=worker, at=timezone.now())
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise
            stop.wait(BUSY_PAUSE)  # somebody else is writing; nothing is known to be drained
            continue
        if task:
            run(task, worker=worker)
            ran += 1
        elif once:
            break
        else:
            connections.close_all()
            stop.wait(idle)
    return ran


def next_task(*, worker: str, at: datetime) -> DBTaskResult | None:
    """Free what killed workers left, enqueue what is due by the schedule, and take a task."""
    rescue(at=at)
    schedule.enqueue_due(at=at)
    return claim(worker=worker, at=at)


def claim(*, worker: str, at: datetime) -> DBTaskResult | None:
    """Take the next task that is due, with a lease, so that nobody else does; None when there is none."""
    with exclusive_transaction():
        task = DBTaskResult.objects.ready().get_locked()
        if task:
            hold(task, worker=worker, at=at)
        return task


def hold(task: DBTaskResult, *, worker: str, at: datetime) -> None:
    """Mark a task as running here and write its lease, counting the attempt."""
    task.claim(worker)
    lease, made = Lease.objects.get_or_create(task=task, defaults={"worker": worker, "until": at + LEASE})
    if not made:
        Lease.objects.filter(pk=lease.pk).update(worker=worker, until=at + LEASE, attempts=lease.attempts + 1)


@contextmanager
def under_lease(enqueue: Callable[[], TaskResult], *, at: datetime) -> Iterator[None]:
    """Do the work of a task here, as a command does with its own: killed, a worker takes it from there.

    `enqueue` is called in the transaction that writes the lease, so that no worker takes the task in between.
    """
    with transaction.atomic():
        task = DBTaskResult.objects.select_for_update().get(pk=enqueue().id)
        hold(task, worker=name_of_this_worker(), at=at)
    try:
        with renewed(task, name_of_this_worker()):
            yield
        task.set_successful(None)
    except BaseException as error:
        task.set_failed(error)
        raise
    finally:
        settle(task, worker=name_of_this_worker(), at=timezone.now())


def run(task: DBTaskResult, *, worker: str) -> None:
    """Run a claimed task under its lease. A failure is tried again, with growing pauses."""
    with renewed(task, worker):
        runner(worker).run_task(task)
    settle(task, worker=worker, at=timezone.now())


@contextmanager
def renewed(task: DBTaskResult, worker: str) -> Iterator[None]:
    """Keep a task's lease alive by a thread."""
    over = threading.Event()
    renewing = threading.Thread(target=renew, args=(task.pk, worker, over), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def runner(worker: str) -> Worker:
    """The library's way to run a claimed task and write down what came of it."""
    return Worker(
        queue_names=["*"],
        interval=1,
        batch=True,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=1,
        worker_id=worker,
        excluded_queue_names=[],
    )


def renew(task_id: str, worker: str, over: threading.Event) -> None:
    """Move the lease on until the task is over. A database that is busy for a moment does not end a lease."""
    while not over.wait(RENEW_EVERY):
        try:
            Lease.objects.filter(task=task_id, worker=worker).update(until=timezone.now() + LEASE)
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise
    connections.close_all()


def settle(task: DBTaskResult, *, worker: str, at: datetime) -> None:
    """Give up the lease of what is done; put back what failed until it has had its attempts.

    A lease that ran out and went to another worker meanwhile is the other's to settle.
    """
    lease = Lease.objects.filter(task=task, worker=worker).first()
    if lease is None:
        return
    if task.status == TaskResultStatus.FAILED and lease.attempts < MAX_ATTEMPTS:
        put_back(task, lease, run_after=at + FIRST_PAUSE * 4 ** (lease.attempts - 1))
    else:
        lease.delete()


def rescue(*, at: datetime) -> int:
    """Put back running tasks whose lease is over; one that took its worker down too often fails. Returns how many."""
    over = Lease.objects.filter(until__lt=at, task__status=TaskResultStatus.RUNNING).select_related("task")
    return sum(free(lease) for lease in over)


@transaction.atomic
def free(lease: Lease) -> bool:
    """Take a lease that is over from its worker; False when another worker did, or it was renewed after all."""
    if not Lease.objects.filter(pk=lease.pk, worker=lease.worker, until=lease.until).update(worker=""):
        return False
    if lease.attempts < MAX_ATTEMPTS:
        put_back(lease.task, lease, run_after=None)
    else:
        lease.task.set_failed(WorkerDied(f"The worker was gone {lease.attempts} times before it was done."))
        lease.delete()
    return True


class WorkerDied(Exception):
    """A task whose worker disappeared each time it was tried."""


def put_back(task: DBTaskResult, lease: Lease, *, run_after: datetime | None) -> None:
    """Make a task ready again; the lease stays, ended, to remember the attempts."""
    with transaction.atomic():
        DBTaskResult.objects.filter(pk=task.pk).update(
            status=TaskResultStatus.READY, run_after=run_after or get_date_max(), started_at=None
        )
        Lease.objects.filter(pk=lease.pk).update(worker="")


def listen(stop: threading.Event) -> Callable:
    """A signal handler that lets the running task finish and then ends the worker."""

    def handler(signum, frame):
        stop.set()

    return handler
