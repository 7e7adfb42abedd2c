"""Stamp cards: a full one redeems itself and issues its reward; a return that needs its stamps takes that back.

All that earning posts comes through here, so that a card is full at the same moment at the till, in a batch and in an
import. Without stamp cards this is `ledger.post` and nothing more. Stamps that come otherwise are followed by `fill`.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from customers.merchants import ids
from customers.merchants.models import Merchant
from customers.models import Import
from rewards import ledger, programs, vouchers
from rewards.ledger import Posting
from rewards.models import LotUse, Membership, Voucher
from rewards.models.ledger import EntryKind
from rewards.models.programs import Kind
from rewards.models.vouchers import VoucherStatus
from rewards.vouchers import VoucherDraft

MOST_AT_ONCE = 100  # cards that one purchase fills; what is over counts for the next purchase


@dataclass(frozen=True, slots=True)
class Card:
    """A stamp card as a version words it."""

    size: int
    name: str
    benefit: dict


def card_of(posting: Posting, stamps: dict | None) -> dict[str, Card]:
    """The card that a posting is for, by its key; none where the program has no stamps."""
    if not stamps:
        return {}
    reward = stamps["reward"]
    return {posting.key: Card(stamps["size"], reward["name"].strip(), reward["benefit"])}


def post(postings: list[Posting], cards: dict[str, Card], *, at: datetime) -> list[Posting]:
    """Post, in the caller's transaction; `cards` says by key which of the postings are stamps.

    Returns what was posted, without the redemptions. Ten statements more at most, however many cards fill.
    """
    if not cards:
        return ledger.post(postings, at=at)
    wanted = {posting.key for posting in postings}
    fresh = {posting.key for posting in ledger.unposted(postings)}
    given = give_back([posting for posting in postings if posting.key in fresh], cards, at=at)
    line: list[Posting] = []
    fills: dict[str, tuple[Posting, Card]] = {}
    # Behind what the same purchase loses at once (it moved after a refund): only its rest may fill a card.
    lost = {(one.account_id, one.purchase_id): place for place, one in enumerate(postings) if one.points < 0}
    behind: dict[str, list[Posting]] = defaultdict(list)
    for place, posting in enumerate(postings):
        line += [*given.get(posting.key, ()), posting]
        if posting.points > 0 and posting.key in cards:
            attempts = redemptions(posting, cards[posting.key])
            fills |= {attempt.key: (posting, cards[posting.key]) for attempt in attempts}
            last = max(place, lost.get((posting.account_id, posting.purchase_id), place))
            behind[postings[last].key] += attempts
        line += behind.pop(posting.key, ())
    posted = ledger.post(line, at=at)
    issue([(one, *fills[one.key]) for one in posted if one.key in fills and one.entry_id], at=at)
    return [one for one in posted if one.key in wanted]


def fill(membership: Membership, *, at: datetime, actor: str = "") -> None:
    """Redeem what is full of a member's card when stamps came by hand or from somebody else, in the same transaction.

    Nothing for programs of another kind; otherwise a few statements.
    """
    if membership.program.kind == Kind.STAMPS:
        fill_all([ledger.current(membership)], at=at, actor=actor)


def refill(*, merchant: Merchant, customers: list[int], at: datetime) -> None:
    """Redeem what is full of the cards of customers whose stamps came back from an import that was undone."""
    members = Membership.objects.for_merchant(merchant).filter(customer_id__among=customers)
    fill_all(list(members.filter(program__kind=Kind.STAMPS).select_related("program").order_by("pk")), at=at)


def fill_all(members: list[Membership], *, at: datetime, actor: str = "") -> None:
    """Redeem the full cards of members of stamp programs: a few statements, whatever their number."""
    owners = {one.account_id: one for one in reversed(members)}  # of those who share an account the first
    if not owners:
        return
    worded, held = programs.stamp_cards({one.program_id for one in members}), ledger.balances(owners, at=at, now=at)
    full: dict[str, tuple[Posting, Posting, Card]] = {}
    for account, one in owners.items():
        came = Posting(
            account_id=account,
            membership_id=one.pk,
            merchant_id=one.program.merchant_id,
            kind=EntryKind.EARN,
            points=max(held[account].available, 0),
            occurred_at=at,
            key=ids.new("ent"),
            actor=actor,
        )
        [card] = card_of(came, worded[one.program_id]).values()
        full |= {attempt.key: (attempt, came, card) for attempt in redemptions(came, card)[: came.points // card.size]}
    ledger.post([attempt for attempt, *__ in full.values()], at=at)
    issue([one for one in full.values() if one[0].entry_id], at=at)


def redemptions(posting: Posting, card: Card) -> list[Posting]:
    """What stamps may fill: one redemption for each card, which happens only if the card is full then."""
    return [
        Posting(
            account_id=posting.account_id,
            membership_id=posting.membership_id,
            merchant_id=posting.merchant_id,
            kind=EntryKind.REDEEM,
            points=-card.size,
            occurred_at=posting.occurred_at,
            key=f"card:{posting.key}:{number}",
            imported_id=posting.imported_id,
            actor=posting.actor,
            reason=card.name,
            if_full=True,
        )
        for number in range(min(posting.points // card.size + 1, MOST_AT_ONCE))
    ]


def issue(full: list[tuple[Posting, Posting, Card]], *, at: datetime) -> None:
    """A voucher for each card that was filled: (its redemption, what filled it, the card). Two statements."""
    if not full:
        return
    members = Membership.objects.filter(pk__among={redeemed.membership_id for redeemed, *__ in full})
    owners = dict(members.values_list("pk", "customer"))
    drafts = [
        VoucherDraft(
            name=card.name,
            benefit=card.benefit,
            customer_id=owners[redeemed.membership_id],
            entry_id=redeemed.entry_id,
            purchase_id=filling.purchase_id,
        )
        for redeemed, filling, card in full
    ]
    vouchers.issue(merchant=Merchant(pk=full[0][0].merchant_id), drafts=drafts, at=at)


def give_back(postings: list[Posting], cards: dict[str, Card], *, at: datetime) -> dict[str, list[Posting]]:
    """What has to come back first, by the key of the posting that needs it: the youngest unused vouchers are cancelled.

    One after the other, until their stamps are enough, or there are no more: then `clawback` says what becomes of it.
    """
    stamps = [posting for posting in postings if posting.key in cards]
    if all(posting.points > 0 for posting in stamps):
        return {}
    missing = dict(zip([one.key for one in stamps], ledger.shortages(stamps), strict=True))
    short = {posting.account_id for posting in stamps if missing[posting.key]}
    if not short:
        return {}
    unused = unused_of(short)
    over: dict[int, int] = defaultdict(int)
    chosen: list[tuple[Posting, Voucher]] = []
    for posting in stamps:
        account = posting.account_id
        over[account] -= missing[posting.key]
        while over[account] < 0 and unused[account]:
            voucher = unused[account].pop()
            over[account] -= voucher.entry.points
            chosen.append((posting, voucher))
        over[account] = max(over[account], 0)
    return cancel(chosen, at=at)


def unused_of(accounts: set[int]) -> dict[int, list[Voucher]]:
    """The vouchers of full cards that nobody has used yet, by account, the youngest last; held (one query)."""
    found: dict[int, list[Voucher]] = defaultdict(list)
    open_ones = Voucher.objects.untouched().filter(entry__account__in=accounts)
    for voucher in open_ones.select_for_update(of=("self",)).select_related("entry", "merchant").order_by("pk"):
        found[voucher.entry.account_id].append(voucher)
    for mine in found.values():
        mine.sort(key=lambda voucher: (voucher.entry.occurred_at, voucher.pk))
    return found


def cancel(chosen: list[tuple[Posting, Voucher]], *, at: datetime) -> dict[str, list[Posting]]:
    """Cancel vouchers, each for a posting; the stamps of their cards come back with the expiry that they had."""
    if not chosen:
        return {}
    uses = drawn([voucher for __, voucher in chosen], at=at)
    given: dict[str, list[Posting]] = defaultdict(list)
    for posting, voucher in chosen:
        back = uses[voucher.entry_id]
        given[posting.key].append(returned(voucher, back, at=posting.occurred_at, actor=posting.actor))
    return given


def drawn(cancelled: list[Voucher], *, at: datetime) -> dict[int, list[tuple[int, int]]]:
    """Cancel vouchers; the lots that their cards drew from, with the points, by the entry that redeemed.

    Two statements.
    """
    ended = {"status": VoucherStatus.CANCELLED, "ended_at": at}
    Voucher.objects.filter(pk__in=[voucher.pk for voucher in cancelled]).update(**ended)
    uses: dict[int, list[tuple[int, int]]] = defaultdict(list)
    found = LotUse.objects.filter(entry__in=[voucher.entry_id for voucher in cancelled]).order_by("pk")
    for entry, lot, points in found.values_list("entry", "lot", "points"):
        uses[entry].append((lot, points))
    return uses


def withdraw_import(*, imported: Import, at: datetime) -> None:
    """Cancel the unused vouchers of cards that took stamps of an import, so that these can be taken back.

    Stamps that came from elsewhere are on the card again.
    """
    unused = Voucher.objects.untouched().filter(entry__uses__lot__entry__imported=imported).distinct()
    # Two questions: PostgreSQL locks no rows that it has made distinct.
    keys = list(unused.values_list("pk", flat=True))
    if not keys:
        return
    held = Voucher.objects.select_for_update(of=("self",)).filter(pk__in=keys, status=VoucherStatus.OPEN)
    held = list(held.select_related("entry", "merchant").order_by("pk"))
    uses = drawn(held, at=at)
    ledger.post([returned(voucher, uses[voucher.entry_id], at=at) for voucher in held], at=at)


def returned(voucher: Voucher, back: list[tuple[int, int]], *, at: datetime, actor: str = "") -> Posting:
    """Stamps that come back from a card into their lots; those whose time is over stay usable for 30 days."""
    entry = voucher.entry
    return Posting(
        account_id=entry.account_id,
        membership_id=entry.membership_id,
        merchant_id=entry.merchant_id,
        kind=EntryKind.RETURN,
        points=sum(points for __, points in back),
        occurred_at=at,
        key=f"return:voucher:{voucher.pk}",
        origin_id=entry.pk,
        actor=actor,
        reason=voucher.name,
        back=back,
        grace_until=ledger.grace_until(at, voucher.merchant.timezone),
    )
