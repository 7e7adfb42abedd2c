"""Taking an import back: as if the file had never been sent, while none of its points are spent."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers import activity, profiles, purchases
from customers.merchants.refusals import Conflict
from customers.models import Consent, Customer, Import, Purchase, Refund
from customers.models.imports import State
from rewards import earning, ledger
from rewards.models import Entry

AT_ONCE = 5_000


class PointsSpent(Conflict):
    code = "points_spent"
    message = _("Points of this import are spent already, so it cannot be undone. Correct single purchases instead.")


class NotUndoable(Conflict):
    code = "not_undoable"
    message = _("Only an import that is done can be undone, and only once.")


@transaction.atomic
def undo_import(*, imported: Import, at: datetime) -> Import:
    """Undo a done import; raises NotUndoable or PointsSpent, and then nothing has changed.

    Customers that the file made, and that nobody has used since, are removed with everything of theirs. For the
    others its purchases and returns no longer stand and its points are taken back by reversing entries. Its receipts
    can be sent again.
    """
    imported = Import.objects.select_for_update().get(pk=imported.pk)
    if imported.state != State.DONE or imported.dry_run:
        raise NotUndoable
    if ledger.spent_of_import(imported):
        raise PointsSpent
    strangers = list(only_of_import(imported).values_list("pk", flat=True))
    for some in parts(strangers):
        earning.forget(customers=some)
        purchases.forget(merchant=imported.merchant, customers=some)
        profiles.forget(customers=some)
    ledger.restore_returns(imported, at=at)
    ledger.reverse_import(imported, at=at)
    touched = purchases.withdraw_import(imported=imported, at=at)
    for some in parts(sorted(touched)):
        activity.refresh(merchant=imported.merchant, customers=some)
    imported.state, imported.finished_at = State.UNDONE, at
    imported.save(update_fields=["state", "finished_at"])
    return imported


def parts(keys: list[int]) -> Iterator[list[int]]:
    """A few thousand at a time: a statement takes no more."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def only_of_import(imported: Import) -> QuerySet:
    """Customers that this import made and that have nothing from anywhere else: nobody wrote on their cards since."""
    mine = {"merchant": imported.merchant_id, "customer": OuterRef("pk")}
    elsewhere = Q(imported=None) | ~Q(imported=imported)
    return (
        Customer.objects.filter(imported=imported, updated_at=F("created_at"))
        .exclude(Exists(Consent.objects.filter(customer=OuterRef("pk"))))
        .exclude(Exists(Purchase.objects.filter(elsewhere, **mine)))
        .exclude(Exists(Refund.objects.filter(elsewhere, **mine)))
        .exclude(Exists(Entry.objects.filter(elsewhere, membership__customer=OuterRef("pk"))))
    )
