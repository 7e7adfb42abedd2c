"""The worker: leases, retries with growing pauses, rescue of what a killed worker left, and the schedule."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from customers.merchants.models import Merchant
from customers.models import Import
from loyalty_site import flows, imports, tasks
from loyalty_site.jobs import schedule, worker
from loyalty_site.jobs.models import Appointment, Lease
from loyalty_site.models import IdempotencyKey
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import together
from rewards.models import Entry
from segments import lists, scores
from segments.models import CohortMember, CustomerRhythm, CustomerScore

pytestmark = pytest.mark.django_db(transaction=True)

AT = factories.AT
NOT_THERE = 10**9  # an import that is gone: running it fails


def enqueued(import_id: int = NOT_THERE) -> DBTaskResult:
    """A task in the queue; without an import it fails each time."""
    return DBTaskResult.objects.get(pk=tasks.run_import.enqueue(import_id).id)


def drain() -> int:
    return worker.work(once=True, stop=threading.Event())


def settle_schedule():
    """Nothing recurring is due, so that the queue holds only what a test put there."""
    due = timezone.now() + timedelta(days=1)
    for name in schedule.EVERY:
        Appointment.objects.create(name=name, due_at=due)


def sent_file(shop, *, name: str = "jo") -> Import:
    file = ContentFile(f"name,email\n{name},{name}@a.test\n".encode(), name="people.csv")
    return imports.create(merchant=shop, kind="customers", content=file, filename="people.csv", at=timezone.now())


def test_claim_takes_a_task_with_a_lease():
    task = enqueued()

    claimed = worker.claim(worker="w1", at=AT)

    lease = Lease.objects.get()
    assert claimed.pk == task.pk
    assert claimed.status == "RUNNING"
    assert (lease.task_id, lease.worker, lease.until, lease.attempts) == (task.pk, "w1", AT + worker.LEASE, 1)


def test_claim_leaves_what_is_held():
    enqueued()
    worker.claim(worker="w1", at=AT)

    assert worker.claim(worker="w2", at=AT) is None


def test_lease_is_renewed_while_the_task_runs(monkeypatch):
    monkeypatch.setattr(worker, "RENEW_EVERY", 0.01)
    enqueued()
    task = worker.claim(worker="w1", at=AT)
    over = threading.Event()
    renewed = threading.Thread(target=worker.renew, args=(task.pk, "w1", over))

    renewed.start()
    while renewed.is_alive() and Lease.objects.get().until == AT + worker.LEASE:
        renewed.join(0.01)
    over.set()
    renewed.join()

    assert Lease.objects.get().until > AT + worker.LEASE


def test_rescue_puts_back_a_task_whose_lease_is_over():
    task = enqueued()
    worker.claim(worker="killed", at=AT)

    rescued = worker.rescue(at=AT + worker.LEASE + timedelta(seconds=1))

    task.refresh_from_db()
    assert rescued == 1
    assert (task.status, task.run_after, task.started_at) == ("READY", get_date_max(), None)
    assert worker.claim(worker="w2", at=AT).pk == task.pk
    assert (Lease.objects.get().worker, Lease.objects.get().attempts) == ("w2", 2)


def test_rescue_leaves_a_lease_that_still_holds():
    enqueued()
    worker.claim(worker="w1", at=AT)

    assert worker.rescue(at=AT + worker.LEASE) == 0


def test_rescue_gives_up_a_task_that_takes_every_worker_down():
    task = enqueued()
    for attempt in range(worker.MAX_ATTEMPTS):
        assert worker.claim(worker=f"w{attempt}", at=AT).pk == task.pk
        assert worker.rescue(at=AT + worker.LEASE * 2) == 1

    task.refresh_from_db()
    assert task.status == "FAILED"
    assert task.exception_class_path == "loyalty_site.jobs.worker.WorkerDied"
    assert list(Lease.objects.all()) == []


def test_rescue_of_two_workers_frees_a_task_once():
    enqueued()
    worker.claim(worker="killed", at=AT)
    stale = Lease.objects.select_related("task").get()

    freed = [worker.free(stale), worker.claim(worker="w2", at=AT) is not None, worker.free(stale)]

    assert freed == [True, True, False]
    assert (Lease.objects.get().worker, DBTaskResult.objects.get().status) == ("w2", "RUNNING")


def test_settle_leaves_a_lease_that_went_to_another_worker():
    enqueued()
    slow = worker.claim(worker="slow", at=AT)
    worker.rescue(at=AT + worker.LEASE * 2)
    worker.claim(worker="w2", at=AT)

    worker.settle(slow, worker="slow", at=AT)

    assert Lease.objects.get().worker == "w2"


def test_failure_is_tried_again_with_growing_pauses():
    task = enqueued()
    pauses = []
    for attempt in range(1, worker.MAX_ATTEMPTS):
        failed = worker.claim(worker="w1", at=AT)
        failed.set_failed(ValueError("broken"))
        worker.settle(failed, worker="w1", at=AT)
        task.refresh_from_db()
        pauses.append((attempt, Lease.objects.get().attempts, task.status, task.run_after - AT))
        DBTaskResult.objects.update(run_after=get_date_max())

    assert pauses == [
        (1, 1, "READY", timedelta(seconds=30)),
        (2, 2, "READY", timedelta(minutes=2)),
        (3, 3, "READY", timedelta(minutes=8)),
    ]


def test_failure_gives_up_after_four_attempts():
    settle_schedule()
    task = enqueued()
    for __ in range(worker.MAX_ATTEMPTS):
        assert drain() == 1
        DBTaskResult.objects.update(run_after=get_date_max())

    task.refresh_from_db()
    assert (task.status, len(task.worker_ids)) == ("FAILED", worker.MAX_ATTEMPTS)
    assert task.exception_class_path == "customers.models.imports.Import.DoesNotExist"
    assert list(Lease.objects.all()) == []
    assert drain() == 0


def test_task_that_failed_waits_for_its_pause():
    settle_schedule()
    enqueued()

    ran = [drain(), drain()]

    assert ran == [1, 0]


def test_task_that_is_done_leaves_no_lease():
    settle_schedule()
    imported = sent_file(factories.merchant())
    task = enqueued(imported.pk)

    ran = drain()

    task.refresh_from_db()
    imported.refresh_from_db()
    assert (ran, task.status, imported.state, imported.accepted) == (1, "SUCCESSFUL", "done", 1)
    assert list(Lease.objects.all()) == []


def test_task_whose_code_is_gone_fails_and_does_not_stop_the_others():
    settle_schedule()
    gone = enqueued()
    DBTaskResult.objects.filter(pk=gone.pk).update(task_path="loyalty_site.tasks.removed")
    imported = sent_file(factories.merchant())
    enqueued(imported.pk)

    ran = drain()

    imported.refresh_from_db()
    assert (ran, imported.state) == (2, "done")


def test_task_of_a_rolled_back_transaction_is_gone():
    with transaction.atomic():
        tasks.book_expiry.enqueue()
        transaction.set_rollback(True)

    assert list(DBTaskResult.objects.all()) == []


def test_schedule_enqueues_what_is_due_once():
    first = schedule.enqueue_due(at=AT)
    again = schedule.enqueue_due(at=AT)
    hour_later = schedule.enqueue_due(at=AT + timedelta(hours=1))
    day_later = schedule.enqueue_due(at=AT + timedelta(days=1))

    hourly = [
        "book_expiry", "book_tiers", "celebrate_birthdays", "watch_tills", "keep_rhythms", "refresh_scores",
        "settle_cohorts", "send_monthly_reports", "refresh_segments", "ask_buyers",
    ]  # fmt: skip
    first_day = sorted([*hourly, "forget_old_replies"])
    assert sorted(first) == first_day
    assert again == []
    assert sorted(hour_later) == sorted(hourly)
    assert sorted(day_later) == first_day
    assert DBTaskResult.objects.count() == 32


def test_schedule_of_many_workers_enqueues_once():
    schedule.enqueue_due(at=AT)
    later = AT + timedelta(days=1)

    enqueued_by = together(4, lambda number: schedule.enqueue_due(at=later))

    named = sorted(name for names in enqueued_by for name in names)
    assert named == [
        "ask_buyers",
        "book_expiry",
        "book_tiers",
        "celebrate_birthdays",
        "forget_old_replies",
        "keep_rhythms",
        "refresh_scores",
        "refresh_segments",
        "send_monthly_reports",
        "settle_cohorts",
        "watch_tills",
    ]
    assert DBTaskResult.objects.count() == 22


def test_book_expiry_writes_what_is_over_and_only_once():
    shop = factories.merchant()
    factories.program(shop, policies={"expiry": {"kind": "days", "days": 1}})
    factories.purchase(shop, factories.customer(shop))
    settle_schedule()

    for __ in range(2):
        tasks.book_expiry.enqueue()
        drain()

    assert list(Entry.objects.order_by("pk").values_list("kind", "points")) == [("earn", 10), ("expire", -10)]


def test_rhythms_are_kept_for_every_shop():
    for slug in ("a", "b"):
        shop = factories.merchant(slug=slug, owner=f"owner@{slug}.test")
        factories.purchase(shop, factories.customer(shop))

    settle_schedule()
    tasks.keep_rhythms.enqueue()

    drain()

    assert CustomerRhythm.objects.count() == 2


def test_scores_are_made_once_a_day_for_every_shop():
    for slug in ("a", "b"):
        shop = factories.merchant(slug=slug, owner=f"owner@{slug}.test")
        factories.purchase(shop, factories.customer(shop))
    settle_schedule()

    tasks.refresh_scores.enqueue()
    drain()

    assert CustomerScore.objects.count() == 2
    assert [scores.is_fresh(merchant=shop, at=timezone.now()) for shop in Merchant.objects.all()] == [True, True]


def test_cohorts_are_settled_for_every_shop():
    for slug in ("a", "b"):
        shop = factories.merchant(slug=slug, owner=f"owner@{slug}.test")
        factories.purchase(shop, factories.customer(shop))

    settle_schedule()
    tasks.settle_cohorts.enqueue()

    drain()

    assert CohortMember.objects.count() == 2


def test_segments_follow_their_criteria_once_a_day_with_scores_of_that_day():
    shop = factories.merchant()
    factories.purchase(shop, factories.customer(shop), at=timezone.now())
    known = {"version": 1, "all": [{"field": "recency_score", "op": "gte", "value": 1}]}
    segment = lists.create(merchant=shop, name="Scored", definition=known, at=AT)
    settle_schedule()

    for __ in range(2):
        tasks.refresh_segments.enqueue()
        drain()

    assert segment.audience.members.now().count() == 1
    assert sorted(DBTaskResult.objects.values_list("return_value", flat=True)) == [0, 1]


def test_forget_old_replies_keeps_a_week():
    shop, now = factories.merchant(), timezone.now()
    for key, age in [("old", timedelta(days=7, minutes=1)), ("young", timedelta(days=6, hours=23))]:
        IdempotencyKey.objects.create(merchant=shop, key=key, method="POST", path="/", body="", created_at=now - age)
    settle_schedule()
    tasks.forget_old_replies.enqueue()

    drain()

    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["young"]


def test_work_once_drains_and_says_how_many_ran():
    settle_schedule()
    for __ in range(3):
        tasks.forget_old_replies.enqueue()
    said = StringIO()

    call_command("work", "--once", stdout=said)

    assert said.getvalue() == "3 tasks done.\n"
    assert [task.status for task in DBTaskResult.objects.all()] == ["SUCCESSFUL"] * 3


def test_work_ends_when_it_is_told_to():
    stop = threading.Event()
    worker.listen(stop)(15, None)

    assert worker.work(once=False, stop=stop) == 0


def test_under_lease_does_the_work_of_a_task_here():
    task = enqueued()

    with worker.under_lease(lambda: task, at=AT):
        held = Lease.objects.get().worker

    task.refresh_from_db()
    assert (held, task.status) == (worker.name_of_this_worker(), "SUCCESSFUL")
    assert list(Lease.objects.all()) == []


def test_under_lease_puts_back_what_failed():
    task = enqueued()

    with pytest.raises(ValueError, match="broken"), worker.under_lease(lambda: task, at=AT):
        raise ValueError("broken")

    task.refresh_from_db()
    assert (task.status, Lease.objects.get().attempts) == ("READY", 1)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time on SQLite")
def test_two_workers_run_every_task_exactly_once():
    settle_schedule()
    shop = factories.merchant()
    for number in range(40):
        tasks.run_import.enqueue(sent_file(shop, name=f"jo{number}").pk)

    ran = together(2, lambda number: drain())

    assert sum(ran) == 40
    assert [(task.status, len(task.worker_ids)) for task in DBTaskResult.objects.all()] == [("SUCCESSFUL", 1)] * 40
    assert [imported.state for imported in Import.objects.all()] == ["done"] * 40
    assert shop.customers.count() == 40


def test_import_enqueued_in_a_flow_that_fails_is_gone():
    shop = factories.merchant()

    def work():
        tasks.run_import.enqueue(sent_file(shop).pk)

    flows.attempt(work, dry_run=True)

    assert (Import.objects.count(), DBTaskResult.objects.count()) == (0, 0)
