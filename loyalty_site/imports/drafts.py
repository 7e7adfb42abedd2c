"""A file between sending and recording: looked at, corrected, rehearsed, and then started once."""

from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants import money
from customers.merchants.models import Merchant, User
from customers.merchants.refusals import Conflict, Refusal
from customers.models import Import
from customers.models.imports import State
from customers.reader import columns, dates, plan
from customers.reader import look as reader
from customers.reader.columns import OURS, UnknownColumns
from customers.reader.staging import Choices

from . import running
from .machine import local_copy

REMEMBERED = 50  # imports among which one with the same columns is looked for
NOTHING_DONE = {
    **dict.fromkeys(("position", "read", "rows", "accepted", "duplicates", "rejected"), 0),
    **dict.fromkeys(("customers_seen", "new_customers", "value"), 0),
    "finished_at": None,
    "message": "",
}


class AlreadyStarted(Conflict):
    code = "already_started"
    message = _("This file is being imported already, so how it is read cannot be changed any more.")


class ColumnsMissing(UnknownColumns):
    code = "unknown_columns"
    message = _("Say first which columns hold what is needed.")


def draft(
    *, merchant: Merchant, kind: str, content: File, filename: str, anonymous: str, user: User, at: datetime
) -> tuple[Import, Import | None]:
    """Store a file to be checked, and the earlier import whose columns it has, as which it is then read.

    Raises UnreadableFile, FileTooLarge and UnknownKind; then nothing is kept.
    """
    imported = None
    try:
        with transaction.atomic():
            imported = running.create(
                merchant=merchant,
                kind=kind,
                content=content,
                filename=filename,
                anonymous=anonymous,
                user=user,
                at=at,
                state=State.CHECKING,
            )
            earlier = read_as_before(imported, look(imported).columns.header)
            imported.save()
            return imported, earlier
    except Refusal:
        if imported:
            imported.file.delete(save=False)
        raise


def look(imported: Import) -> reader.Look:
    """The first rows of a file as they would be read (no query). Raises UnreadableFile, UnknownColumns."""
    merchant = imported.merchant
    shop = plan.Shop(
        country=merchant.country,
        currency=merchant.currency,
        decimals=money.DECIMALS[merchant.currency],
        zone=ZoneInfo(merchant.timezone),
        at=imported.created_at,
    )
    with local_copy(imported) as path:
        return reader.look(
            path,
            kind=imported.kind,
            shop=shop,
            mapping=imported.mapping or None,
            anonymous=imported.anonymous,
            choices=Choices(**imported.choices),
        )


def read_as_before(imported: Import, header: tuple) -> Import | None:
    """Read a file as the last one with the same columns was read, and return that one (one query).

    Bad rows that come back mended are too few to prove a decimal mark or an order of day and month: the whole file did.
    """
    same = Import.objects.for_merchant(imported.merchant).filter(
        kind=imported.kind, state__in=[State.DONE, State.UNDONE]
    )
    names = own(header)
    for earlier in same.order_by("-created_at", "-pk")[:REMEMBERED]:
        if own(earlier.reading.get("header", [])) == names:
            proven = earlier.reading if len(names) < len(header) else earlier.choices
            order = proven.get("order")
            imported.mapping = earlier.mapping
            imported.choices = asdict(
                Choices(
                    mark=proven.get("mark"),
                    order=order if order in {dates.DAY, dates.MONTH} else None,
                    skip=tuple(earlier.choices.get("skip", ())),
                )
            )
            return earlier
    return None


def own(header) -> list[str]:
    """The columns that are the shop's, without the one that a list of bad rows adds."""
    return [name for name in header if not name.startswith(OURS)]


def is_open(imported: Import) -> bool:
    """Whether nothing of the file is recorded yet and nobody is working on it."""
    return imported.state == State.CHECKING or (imported.dry_run and imported.state in {State.DONE, State.FAILED})


@transaction.atomic
def choose(
    *, imported: Import, kind: str, anonymous: str, choices: Choices, fields: list[str], shown_for: str
) -> reader.Look:
    """Read the file otherwise, and look at it again.

    `fields` says for each column what it is read as. It counts only for the columns that it was chosen for: a file
    that is divided otherwise, or of another kind, is guessed anew. Raises AlreadyStarted, UnreadableFile,
    UnknownColumns, and then nothing has changed.
    """
    kept = Import.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=imported.pk)
    if not is_open(kept):
        raise AlreadyStarted
    kept.kind, kept.anonymous, kept.mapping, kept.choices = kind, anonymous, {}, asdict(choices)
    found = look(kept)
    if shown_for == columns_key(found.columns):
        kept.mapping, skip = columns.choose(found.columns.header, fields)
        kept.choices["skip"] = skip
        found = look(kept)
    kept.state, kept.dry_run = State.CHECKING, False
    for name, value in NOTHING_DONE.items():
        setattr(kept, name, value)
    kept.save()
    kept.faults.all().delete()
    return found


def columns_key(found: columns.Columns) -> str:
    """What a choice for each column belongs to: so many columns of these names in a file of this kind."""
    return running.digest("\x1f".join([found.kind, *found.header]).encode())


@transaction.atomic
def rehearse(*, imported: Import) -> bool:
    """Queue a dry run; False when it is queued already. Raises ColumnsMissing."""
    kept = Import.objects.select_related("merchant").get(pk=imported.pk)
    if look(kept).missing:
        raise ColumnsMissing
    checked = Import.objects.filter(pk=imported.pk, state=State.CHECKING)
    return bool(checked.update(dry_run=True, state=State.QUEUED))


@transaction.atomic
def start(*, imported: Import) -> bool:
    """Queue what was rehearsed to be recorded; False when it is not rehearsed, or queued already."""
    rehearsed = Import.objects.filter(pk=imported.pk, dry_run=True, state=State.DONE)
    return bool(rehearsed.update(dry_run=False, state=State.QUEUED, **NOTHING_DONE))


@transaction.atomic
def discard(*, imported: Import) -> None:
    """Forget a file of which nothing is recorded. Raises AlreadyStarted."""
    kept = Import.objects.select_for_update().get(pk=imported.pk)
    if not is_open(kept):
        raise AlreadyStarted
    storage, name = kept.file.storage, kept.file.name
    kept.delete()
    transaction.on_commit(lambda: storage.delete(name))
