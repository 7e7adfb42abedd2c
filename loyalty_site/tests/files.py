"""Files for the tests of imports: sent in one line, and rehearsed before they are believed."""

from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.core.files.base import ContentFile, File

from customers.merchants.models import Merchant
from customers.models import Import, Purchase, Refund
from loyalty_site import imports
from loyalty_site.processes import BASE_DIR
from loyalty_site.tests.factories import AT
from rewards import ledger
from rewards.models import Entry

SHARED = BASE_DIR.parent / "shared" / "data"
MISSING = f"the shared data folder {SHARED} is not on this machine"


def send(shop: Merchant, text: str | bytes, *, kind: str = "purchases", at: datetime = AT, **options) -> Import:
    """Store a file and read it."""
    content = ContentFile(text.encode() if isinstance(text, str) else text, name="file.csv")
    imported = imports.create(merchant=shop, kind=kind, content=content, filename="file.csv", at=at, **options)
    return imports.run(imported.pk, at=at)


def send_path(shop: Merchant, path: Path, *, at: datetime = AT, **options) -> Import:
    """Store a file of purchases that is on the disk and read it."""
    with path.open("rb") as content:
        imported = imports.create(
            merchant=shop, kind="purchases", content=File(content), filename=path.name, at=at, **options
        )
    return imports.run(imported.pk, at=at)


def rehearsed(shop: Merchant, text: str, **options) -> dict:
    """The summary of a file that was first sent as a dry run, which must foretell it and write nothing.

    Afterwards the file is sent again, which must add nothing, and the ledger must agree.
    """
    before = counts()
    foretold = imports.summary(send(shop, text, dry_run=True, **options))
    assert counts() == before

    said = imports.summary(send(shop, text, **options))
    assert said == foretold

    after = counts()
    again = imports.summary(send(shop, text, **options))
    assert (again["accepted"], again["new_customers"], again["value"]) == (0, 0, 0)
    assert counts() == after
    assert list(ledger.differences()) == []
    return said


def counts() -> dict[str, int]:
    """Rows of every table but those that only tell of imports, tasks, and what is to be taken out of kept sums."""
    skipped = {"customers.Import", "customers.ImportFault", "customers.LostActivity"}
    models = [model for model in apps.get_models() if model._meta.label not in skipped]
    return {
        model._meta.label: model._default_manager.count()
        for model in models
        if model._meta.app_label not in {"jobs", "django_tasks_database"}
    }


def said(summary: dict) -> tuple:
    """Rows, accepted, duplicates, rejected, customers, new customers and value."""
    names = ("rows", "accepted", "duplicates", "rejected", "customers", "new_customers", "value")
    return tuple(summary[name] for name in names)


def wrong(summary: dict) -> list[tuple]:
    """Line, column and value of each error."""
    return [(error["line"], error["column"], error["value"]) for error in summary["errors"]]


def bought() -> list[tuple]:
    """Receipt, amount and what came back of every purchase, by time."""
    found = Purchase.objects.order_by("occurred_at", "pk")
    return list(found.values_list("external_id", "amount", "refunded"))


def returned() -> list[tuple]:
    """Receipt, receipt of the purchase and amount of every return, by time."""
    found = Refund.objects.order_by("occurred_at", "pk")
    return list(found.values_list("external_id", "purchase__external_id", "amount"))


def points() -> list[tuple]:
    """Kind and points of every entry, as posted."""
    return list(Entry.objects.order_by("pk").values_list("kind", "points"))
