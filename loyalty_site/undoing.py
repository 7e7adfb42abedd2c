"""Taking an import back: as if the file had never been sent, while none of its points are spent."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from customers import activity, profiles, purchases
from customers.merchants.refusals import Conflict
from customers.models import Activity, Consent, Customer, Import, Purchase, Refund
from customers.models.imports import State
from rewards import claims, earning, ledger, tiers
from rewards.models import Adjustment, Entry, Judgement, Membership, Redemption, Voucher, VoucherUse
from rewards.models.tiers import Cause

AT_ONCE = 5_000
LONG = 5_000  # rows whose undoing a person waits for; more are undone in the background


class PointsSpent(Conflict):
    code = "points_spent"
    message = _("Points of this import are spent already, so it cannot be undone. Correct single purchases instead.")


class ClaimsReturned(Conflict):
    code = "claims_returned"
    message = _(
        "Returns of this import gave back rewards, vouchers or stored value that were used in purchases, and these may "
        "have been used again. So it cannot be undone: correct single purchases instead."
    )


class NotUndoable(Conflict):
    code = "not_undoable"
    message = _("Only an import that is done can be undone, and only once.")


@transaction.atomic
def undo_import(*, imported: Import, at: datetime) -> Import:
    """Undo a done import; raises NotUndoable, PointsSpent or ClaimsReturned, and then nothing has changed.

    Customers that the file made, and that nobody has used since, are removed with everything of theirs. For the
    others its purchases and returns no longer stand and its points are taken back by reversing entries. Its receipts
    can be sent again.
    """
    imported = undoable(imported, State.DONE, State.UNDOING, at=at)
    # Locked before they are asked about: a till that sells to one of them waits, or is seen.
    list(Customer.objects.select_for_update().filter(imported=imported).order_by("pk").values_list("pk"))
    strangers = list(only_of_import(imported).values_list("pk", flat=True))
    for some in parts(strangers):
        earning.forget(merchant=imported.merchant, customers=some)
        purchases.forget(merchant=imported.merchant, customers=some)
        profiles.forget(customers=some)
    touched = purchases.withdraw_import(imported=imported, at=at)
    claims.withdraw_import(imported=imported, at=at)
    earning.recount(merchant=imported.merchant, purchases=purchases.of_import(imported))
    earning.withdraw_import(imported=imported, at=at)
    ledger.restore_returns(imported, at=at)
    ledger.reverse_import(imported, at=at)
    earning.restore(imported=imported, purchases=purchases.of_import(imported), at=at)
    for some in parts(sorted(touched)):
        earning.refill(merchant=imported.merchant, customers=some, at=at)
        activity.refresh(merchant=imported.merchant, customers=some)
        tiers.follow_customers(merchant=imported.merchant, customers=some, reason=tiers.Reason(Cause.UNDO, at), at=at)
    imported.state, imported.finished_at, imported.message = State.UNDONE, at, ""
    imported.save(update_fields=["state", "finished_at", "message"])
    return imported


def undoable(imported: Import, *states: str, at: datetime) -> Import:
    """The import, locked; raises NotUndoable where it is in no such state, PointsSpent where points of it are gone,
    ClaimsReturned where its returns gave back what had been claimed in purchases.
    """
    kept = Import.objects.select_for_update().get(pk=imported.pk)
    if kept.state not in states or kept.dry_run:
        raise NotUndoable
    if ledger.spent_of_import(kept, at=at):
        raise PointsSpent
    if Refund.objects.filter(imported=kept, undone_at=None, purchase__claims__gt=0).exists():
        raise ClaimsReturned
    return kept


@transaction.atomic
def undo_soon(*, imported: Import, at: datetime) -> bool:
    """Have a long import undone by the worker: True when its task is to be enqueued. Refuses as undo_import does."""
    kept = undoable(imported, State.DONE, at=at)
    if kept.accepted <= LONG:
        return False
    return bool(Import.objects.filter(pk=kept.pk).update(state=State.UNDOING, message=""))


def undo_now(*, import_id: int, at: datetime) -> None:
    """Undo what undo_soon promised; points that were spent meanwhile leave it done, with the sentence that says so."""
    imported = Import.objects.get(pk=import_id)
    if imported.state != State.UNDOING:
        return
    with translation.override(imported.language or translation.get_language()):
        try:
            undo_import(imported=imported, at=at)
        except Conflict as refusal:
            Import.objects.filter(pk=import_id).update(state=State.DONE, message=str(refusal))


def parts(keys: list[int]) -> Iterator[list[int]]:
    """A few thousand at a time: a statement takes no more."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def only_of_import(imported: Import) -> QuerySet:
    """Customers that this import made and that have nothing from anywhere else: nobody wrote on their cards since.

    Nor has anybody ever shared points with them, whose account would go with theirs.
    """
    mine = {"merchant": imported.merchant_id, "customer": OuterRef("pk")}
    elsewhere = Q(imported=None) | ~Q(imported=imported)
    return (
        Customer.objects.filter(imported=imported, updated_at=F("created_at"))
        .exclude(Exists(Consent.objects.filter(customer=OuterRef("pk"))))
        .exclude(Exists(Purchase.objects.filter(elsewhere, **mine)))
        .exclude(Exists(Refund.objects.filter(elsewhere, **mine)))
        .exclude(Exists(Activity.objects.told().filter(customer=OuterRef("pk"))))
        .exclude(Exists(Entry.objects.filter(elsewhere, account__memberships__customer=OuterRef("pk"))))
        .exclude(Exists(Membership.objects.filter(customer=OuterRef("pk"), pooled_at__isnull=False)))
        .exclude(Exists(Voucher.objects.filter(customer=OuterRef("pk"), entry=None)))
        .exclude(Exists(Redemption.objects.filter(membership__customer=OuterRef("pk"))))
        .exclude(Exists(VoucherUse.objects.filter(customer=OuterRef("pk"))))
        .exclude(Exists(Adjustment.objects.filter(membership__customer=OuterRef("pk"))))
        .exclude(Exists(Judgement.objects.filter(purchase__customer=OuterRef("pk"), withdrawn__gt=0)))
    )
