"""Proving the ledger: accounts = entries = lots, no orphan, no double key. Reads only."""

from collections.abc import Iterator

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from customers.merchants.models import Merchant
from customers.models import Activity, Purchase, Refund
from customers.proof import lost
from rewards.models import Adjustment, Entry, HeldLot, Hold, Judgement, Lot, LotUse, Membership, PointsAccount
from rewards.models.ledger import EntryKind


def differences(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each row of the ledger that disagrees with another; none when all is well."""
    accounts = PointsAccount.objects.all()
    if merchant:
        accounts = accounts.filter(program__merchant=merchant)
    entries = Entry.objects.filter(account__in=accounts.values("pk"))
    yield from wrong_balances(accounts)
    yield from wrong_lots(Lot.objects.filter(account__in=accounts.values("pk")))
    yield from wrong_arrivals(entries)
    yield from wrong_departures(entries)
    yield from wrong_answers(entries)
    yield from wrong_holds(accounts)
    yield from wrong_places(accounts)
    yield from orphans(accounts)


def total(queryset: QuerySet, owner: str, field) -> Coalesce:
    """A correlated sum that is 0 where there is nothing; two on one row do not multiply."""
    sums = (
        queryset.filter(**{owner: OuterRef("pk")}).order_by().values(owner).annotate(total=Sum(field)).values("total")
    )
    return Coalesce(Subquery(sums), Value(0), output_field=BigIntegerField())


def wrong_balances(accounts: QuerySet) -> Iterator[str]:
    """Accounts whose cached balance is not the sum of entries, or not the lots' remaining less the deficit."""
    proven = accounts.annotate(
        entered=total(Entry.objects, "account", "points"), held=total(Lot.objects, "entry__account", "remaining")
    )
    for account in proven.exclude(entered=F("balance")):
        yield f"account {account.pk}: balance {account.balance}, but its entries add up to {account.entered}"
    for account in proven.exclude(balance=F("held") - F("deficit")):
        yield (
            f"account {account.pk}: balance {account.balance}, but its lots hold {account.held} "
            f"and its deficit is {account.deficit}"
        )


def wrong_lots(lots: QuerySet) -> Iterator[str]:
    """Lots whose remaining is not what they held less what was drawn, or on another account than their entry."""
    proven = lots.annotate(used=total(LotUse.objects, "lot", "points"))
    for lot in proven.exclude(remaining=F("points") - F("used")):
        yield f"lot {lot.pk}: {lot.remaining} remain of {lot.points}, but {lot.used} were drawn"
    for lot in lots.exclude(entry__account=F("account")).select_related("entry"):
        yield f"lot {lot.pk}: lies on account {lot.account_id}, but came with an entry of {lot.entry.account_id}"
    for use in LotUse.objects.filter(lot__in=lots.values("pk")).exclude(entry__account=F("lot__account")):
        yield f"use {use.pk} of lot {use.lot_id}: by an entry of another account"


def wrong_arrivals(entries: QuerySet) -> Iterator[str]:
    """Positive entries of which the lots hold more or less than they brought, given back included."""
    back = LotUse.objects.filter(points__lt=0)
    brought = entries.filter(points__gt=0).annotate(
        held=total(Lot.objects, "entry", "points"), returned=-total(back, "entry", "points")
    )
    for entry in brought.exclude(points=F("held") + F("returned")):
        lots = f"its lots hold {entry.held + entry.returned}" if entry.held + entry.returned else "no lot holds them"
        yield f"entry {entry.public_id}: brought {entry.points} points, but {lots}"


def wrong_departures(entries: QuerySet) -> Iterator[str]:
    """Negative entries that drew more than they took, or less where nothing may be owed, or that gave back."""
    drew = entries.filter(points__lt=0).annotate(drawn=total(LotUse.objects, "entry", "points"))
    exact = Q(kind__in=[EntryKind.REDEEM, EntryKind.TRANSFER_OUT, EntryKind.EXPIRE])
    for entry in drew.filter(Q(drawn__gt=-F("points")) | (exact & ~Q(drawn=-F("points")))):
        yield f"entry {entry.public_id}: took {-entry.points} points, but drew {entry.drawn} from lots"
    for use in LotUse.objects.filter(entry__in=entries.filter(points__lt=0).values("pk"), points__lt=0):
        yield f"use {use.pk} of lot {use.lot_id}: an entry that takes points gives {-use.points} back"


def wrong_answers(entries: QuerySet) -> Iterator[str]:
    """Transfers of which the sides differ, and returns of more than was redeemed."""
    answered = total(Entry.objects, "origin", "points")
    sent = entries.filter(kind=EntryKind.TRANSFER_OUT).annotate(arrived=answered)
    for entry in sent.exclude(arrived=-F("points")):
        yield f"entry {entry.public_id}: passed on {-entry.points} points, but {entry.arrived} arrived"
    redeemed = entries.filter(kind=EntryKind.REDEEM).annotate(returned=answered)
    for entry in redeemed.filter(returned__gt=-F("points")):
        yield f"entry {entry.public_id}: redeemed {-entry.points} points, but {entry.returned} came back"
    answers = entries.filter(origin__isnull=False)
    fitting = Case(When(kind=EntryKind.RETURN, then=Value(EntryKind.REDEEM)), default=Value(EntryKind.TRANSFER_OUT))
    for entry in answers.filter(origin__kind__isnull=False).exclude(origin__kind=fitting):
        yield f"entry {entry.public_id}: answers an entry of another kind"
    for entry in lost(answers, "origin", Entry):
        yield f"entry {entry.public_id}: answers an entry that is not there"


def wrong_holds(accounts: QuerySet) -> Iterator[str]:
    """Holds that name other points than those of their lots or their redemption, or that nobody would look for."""
    holds = Hold.objects.filter(account__in=accounts.values("pk"))
    for hold in holds.annotate(named=total(HeldLot.objects, "hold", "points")).exclude(named=F("points")):
        yield f"hold {hold.pk}: holds {hold.points} points, but its lots name {hold.named}"
    for hold in holds.filter(entry__isnull=False).exclude(entry__kind=EntryKind.REDEEM, entry__points=-F("points")):
        yield f"hold {hold.pk}: captured {hold.points} points, but its entry says something else"
    unseen = Q(account__held_until=None) | Q(account__held_until__lt=F("ends_at"))
    for hold in holds.filter(unseen):
        yield f"hold {hold.pk}: ends after its account is said to be held"
    for held in HeldLot.objects.filter(hold__in=holds.values("pk")).exclude(lot__account=F("hold__account")):
        yield f"hold {held.hold_id}: names lot {held.lot_id} of another account"


def wrong_places(accounts: QuerySet) -> Iterator[str]:
    """Memberships and entries on an account of another program, and adjustments that the books do not have."""
    members = Membership.objects.filter(account__in=accounts.values("pk"))
    for member in members.exclude(program=F("account__program")):
        yield f"membership {member.public_id}: its account belongs to another program"
    theirs = Entry.objects.filter(account__in=accounts.values("pk"))
    for entry in theirs.exclude(membership__program=F("account__program")).filter(membership__program__isnull=False):
        yield f"entry {entry.public_id}: its membership and its account are of two programs"
    made = Adjustment.objects.filter(membership__program__in=accounts.values("program"), entry__isnull=False)
    for one in made.exclude(points=F("entry__points"), entry__kind=EntryKind.ADJUST):
        yield f"adjustment {one.public_id}: {one.points} points, but its entry says something else"


def orphans(accounts: QuerySet) -> Iterator[str]:
    """Rows that point at nothing: these keys are kept by us and not by the database."""
    entries = Entry.objects.filter(account__in=accounts.values("pk"))
    lots = Lot.objects.filter(account__in=accounts.values("pk"))
    judgements = Judgement.objects.filter(program__in=accounts.values("program"))
    for entry in lost(entries, "membership", Membership):
        yield f"entry {entry.public_id}: belongs to no membership"
    for entry in lost(entries.filter(purchase__isnull=False), "purchase", Purchase):
        yield f"entry {entry.public_id}: names a purchase that is not there"
    for entry in lost(entries.filter(refund__isnull=False), "refund", Refund):
        yield f"entry {entry.public_id}: names a refund that is not there"
    for lot in lost(lots, "entry", Entry):
        yield f"lot {lot.pk}: came with an entry that is not there"
    for lot in lost(lots.filter(origin__isnull=False), "origin", Lot):
        yield f"lot {lot.pk}: follows a lot that is not there"
    for judgement in lost(judgements.filter(purchase__isnull=False), "purchase", Purchase):
        yield f"judgement {judgement.pk}: names a purchase that is not there"
    yield from orphans_of_activities(entries, judgements)
    for use in lost(LotUse.objects.filter(lot__in=lots.values("pk")), "entry", Entry):
        yield f"use {use.pk} of lot {use.lot_id}: names an entry that is not there"
    for use in lost(LotUse.objects.filter(entry__in=entries.values("pk")), "lot", Lot):
        yield f"use {use.pk} by entry {use.entry_id}: names a lot that is not there"


def orphans_of_activities(entries: QuerySet, judgements: QuerySet) -> Iterator[str]:
    """Judgements and entries of activities that are gone."""
    for judgement in lost(judgements.filter(activity__isnull=False), "activity", Activity):
        yield f"judgement {judgement.pk}: names an activity that is not there"
    for entry in lost(entries.filter(activity__isnull=False), "activity", Activity):
        yield f"entry {entry.public_id}: names an activity that is not there"
