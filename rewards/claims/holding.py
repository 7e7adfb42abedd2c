"""Finding what is claimed, and holding it until the purchase is on record."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers import activity
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Invalid, Missing, Refusal
from customers.models import Customer
from customers.purchases import PurchaseDraft
from rewards import catalog, ledger, vouchers
from rewards.catalog import stock
from rewards.discounts import BALANCE, Claim
from rewards.models import Membership, Program, Reward, Voucher
from rewards.models.programs import Kind


class CustomerRequired(Invalid):
    code = "customer_required"
    message = _("Only a customer has points to use. Say who buys.")


class NotMember(Conflict):
    code = "not_eligible"
    message = _("This customer is not in the program of this reward.")


class NoCashback(Invalid):
    code = "not_cashback"
    message = _("Only cashback can pay. The points of this program are redeemed for rewards.")


ISSUED = {"kind": "issued"}


@dataclass(slots=True)
class Item:
    """One thing that is claimed: a reward, a voucher, or the balance of a membership. `place` is the field it came in.

    `amount` is what it takes off or pays, once that is reckoned.
    """

    place: str
    benefit: dict
    reward: Reward | None = None
    voucher: Voucher | None = None
    member: Membership | None = None
    worth: int = 0
    amount: int = 0

    @property
    def claim(self) -> Claim:
        """What is reckoned with; a reward that is only issued does nothing to the purchase."""
        benefit = ISSUED if self.reward and not self.uses_up else self.benefit
        return Claim(benefit, self.worth, self.place)

    @property
    def counts(self) -> bool:
        """Whether it is used: what would lower the price or pay, and finds nothing left, stays as it was."""
        return self.amount > 0 or not (self.claim.pays or self.claim.takes_off)

    @property
    def uses_up(self) -> bool:
        """Whether a reward is used in the purchase itself; others are issued with it, to be used later."""
        return self.benefit["kind"] not in {"gift_card", "experience"}


@dataclass(slots=True)
class Held:
    """A purchase before it is recorded, and what is claimed in it, locked."""

    merchant: Merchant
    draft: PurchaseDraft
    customer: Customer | None
    items: list[Item] = field(default_factory=list)


def hold(*, merchant: Merchant, draft: PurchaseDraft, at: datetime) -> Held:
    """What a draft wishes to claim, held until the transaction ends: its customer, then rewards, then vouchers.

    Raises CustomerRequired, Missing, NotMember, NoCashback, what `catalog.check` and `vouchers.refuse_unusable` raise,
    and InsufficientPoints for a balance that is not there.
    """
    wishes = draft.wishes
    held = Held(merchant, draft, find_customer(merchant, draft))
    members = memberships(held)
    held.items += reward_items(held, wishes.rewards, members, at=at)
    held.items += voucher_items(held, wishes.vouchers)
    if wishes.balance:
        held.items.append(balance_item(held, *wishes.balance, members, at=at))
    return held


def find_customer(merchant: Merchant, draft: PurchaseDraft) -> Customer | None:
    """Who buys, held; raises CustomerRequired for what only a customer has."""
    if draft.customer_id is None:
        if draft.wishes.rewards or draft.wishes.balance:
            raise CustomerRequired(field="customer")
        return None
    activity.hold(merchant=merchant, customers=[draft.customer_id])
    return Customer.objects.for_merchant(merchant).get(pk=draft.customer_id)


def memberships(held: Held) -> dict[int, Membership]:
    """The memberships of who buys, by program."""
    if held.customer is None:
        return {}
    mine = Membership.objects.filter(customer=held.customer).select_related("program__merchant", "customer")
    return {one.program_id: one for one in mine}


def reward_items(held: Held, wanted: list[str], members: dict[int, Membership], *, at: datetime) -> Iterator[Item]:
    """The rewards that are claimed, in the order given, locked in theirs."""
    found = Reward.objects.for_merchant(held.merchant).filter(public_id__in=wanted).order_by("pk")
    known = {one.public_id: stock.lock(one, at=at) for one in found}
    for number, public_id in enumerate(wanted):
        with naming(f"rewards[{number}]") as place:
            reward = known.get(public_id)
            if reward is None:
                raise Missing(_("This shop has no reward with that id."))
            if reward.program_id not in members:
                raise NotMember(reason="membership")
            catalog.check(reward=reward, membership=members[reward.program_id], at=at)
        yield Item(place, reward.benefit, reward=reward, member=members[reward.program_id])


def voucher_items(held: Held, codes: list[str]) -> Iterator[Item]:
    """The vouchers that are claimed, each once, found usable when it was bought."""
    named = vouchers.hold(merchant=held.merchant, codes=codes) if codes else {}
    for number, voucher in named.items():
        with naming(f"vouchers[{number}]") as place:
            if held.customer is None:
                vouchers.refuse_nobody(voucher)
            vouchers.refuse_unusable(
                voucher, customer=held.customer, at=held.draft.occurred_at, amount=held.draft.amount
            )
        yield Item(place, voucher.benefit, voucher=voucher, worth=voucher.balance or 0)


def balance_item(held: Held, public_id: str, amount: int, members: dict[int, Membership], *, at: datetime) -> Item:
    """Cashback that pays; raises InsufficientPoints for more than can be used before the purchase."""
    with naming("use_balance") as place:
        program = Program.objects.for_merchant(held.merchant).filter(public_id=public_id).first()
        if program is None:
            raise Missing(_("This shop has no program with that id."))
        if program.kind != Kind.CASHBACK:
            raise NoCashback
        member = members.get(program.pk)
        available = ledger.balance(member.account_id, at=at, now=at).available if member else 0
        if amount > available:
            known = {"available": available, "wanted": amount}
            raise ledger.InsufficientPoints(values=known, available=available, missing=amount - available)
    return Item(place, {"kind": BALANCE}, member=member, worth=amount)


@contextmanager
def naming(place: str) -> Iterator[str]:
    """Let a refusal name the field of the purchase that it is about; who is missing is said of the customer."""
    try:
        yield place
    except vouchers.CustomerRequired:
        raise
    except Refusal as refusal:
        refusal.field = place
        raise
