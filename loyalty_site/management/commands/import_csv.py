"""`manage.py import_csv`: read a file of customers, purchases or opening balances."""

import json
import time
from functools import partial
from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from customers.merchants.management.shop import find_merchant
from customers.merchants.models import Merchant
from customers.merchants.refusals import Refusal
from customers.models import Import
from customers.models.imports import State
from loyalty_site import imports, tasks
from loyalty_site.jobs import worker

WIDTH = 30


class Unreadable(CommandError):
    """The file is none that can be read; ends the command with 2."""

    def __init__(self, message):
        super().__init__(message, returncode=2)


class Command(BaseCommand):
    help = "Read a CSV file; the last line printed is a summary as JSON. A killed import goes on with `manage.py work`."

    def add_arguments(self, parser):
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--kind", required=True, help="customers, purchases or balances.")
        parser.add_argument("file", metavar="FILE", help="A CSV file, also compressed with gzip.")
        parser.add_argument("--mapping", metavar="JSON", help='Which column is what: {"amount": "Total paid"}.')
        parser.add_argument(
            "--anonymous",
            choices=["reject", "accept"],
            default="reject",
            help="Whether purchases without a customer are recorded as anonymous sales.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen and write nothing.")

    def handle(self, *, file, **options):
        at = timezone.now()
        try:
            imported = self.store(file, at=at, **options)
            finished = self.run(imported, at=at)
        except Refusal as refusal:
            raise Unreadable(str(refusal)) from refusal
        except (OSError, Error) as error:  # a disk that is full, a database that went away
            raise Unreadable(imports.explain(error)) from error
        if finished.state == State.FAILED:
            raise Unreadable(finished.message)
        if finished.ignored:
            self.stderr.write("Not read: " + ", ".join(finished.ignored))
        self.stdout.write(json.dumps(imports.summary(finished), ensure_ascii=False))

    def store(self, file, *, at, merchant, kind, mapping, anonymous, dry_run, **options) -> Import:
        """The file, stored to be read."""
        try:
            content = Path(file).open("rb")  # noqa: SIM115 - closed below: here only opening it is answered
        except OSError as error:
            raise Unreadable(f"{file} cannot be read: {error.strerror}. Check the path and the rights.") from error
        with content:
            return imports.create(
                merchant=shop(merchant),
                kind=kind,
                content=File(content),
                filename=Path(file).name,
                at=at,
                mapping=read_mapping(mapping),
                anonymous=anonymous,
                dry_run=dry_run,
            )

    def run(self, imported: Import, *, at) -> Import:
        """Run the import's own task here, under a lease, so that a worker can go on when this process is killed."""
        enqueue = partial(tasks.run_import.enqueue, imported.pk)
        with worker.under_lease(enqueue, at=at), Bar(self.stderr) as bar:
            return imports.run(imported.pk, at=at, progress=bar)


def shop(slug: str) -> Merchant:
    """The merchant; an unknown one ends the command like any other wrong word."""
    try:
        return find_merchant(slug)
    except CommandError as error:
        raise Unreadable(str(error)) from error


def read_mapping(text: str | None) -> dict:
    """The mapping as an object of texts."""
    if not text:
        return {}
    try:
        mapping = json.loads(text)
    except ValueError as error:
        raise Unreadable('The mapping is no JSON. Write it as {"amount": "Total paid"}.') from error
    if not isinstance(mapping, dict) or not all(isinstance(value, str) for value in mapping.values()):
        raise Unreadable('The mapping names a column for each field, as in {"amount": "Total paid"}.')
    return mapping


class Bar:
    """A progress bar, drawn at most ten times a second and at its end; whatever comes after has a line of its own."""

    def __init__(self, stream):
        self.stream = stream
        self.drawn = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self.drawn is not None:
            self.stream.write("")

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self.drawn is not None and now - self.drawn < 0.1 and done < total:
            return
        self.drawn = now
        filled = WIDTH * done // total if total else WIDTH
        bar = "█" * filled + "·" * (WIDTH - filled)
        self.stream.write(f"\r{bar} {done:,} of {total:,} rows", ending="")
        self.stream.flush()
