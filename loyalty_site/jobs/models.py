"""Who is working on what, until when we believe it, and what is due next."""

from django.db import models


class Lease(models.Model):
    """A worker's hold on a running task. django-tasks-db never frees a task whose worker was killed: this does.

    `until` is renewed while the task runs; past it the task goes back to the queue.
    """

    task = models.OneToOneField(
        "django_tasks_database.DBTaskResult", on_delete=models.CASCADE, primary_key=True, related_name="lease"
    )
    worker = models.CharField(max_length=64)
    until = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = "lease"
        verbose_name_plural = "leases"

    def __str__(self):
        return f"{self.task_id} until {self.until}"


class Appointment(models.Model):
    """When a recurring task is due next. Whoever moves `due_at` on enqueues it: so it is enqueued once."""

    name = models.CharField(max_length=100, primary_key=True)
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = "appointment"
        verbose_name_plural = "appointments"

    def __str__(self):
        return self.name
