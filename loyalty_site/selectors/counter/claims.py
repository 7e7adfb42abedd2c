"""What a customer can use in a purchase at the counter, and what was used in one."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from customers.merchants.money import major
from customers.merchants.templatetags.ficha import money, points
from customers.models import Customer, Purchase
from loyalty_site.forms import decimal_mark
from loyalty_site.selectors.cards import Holding
from loyalty_site.selectors.suggested import options
from loyalty_site.selectors.vouchers import InHand
from rewards import catalog, claims, next_best
from rewards.catalog import Option
from rewards.models.programs import Kind
from rewards.next_best import Suggestion

MOST = 12  # rewards to tap; the others are listed with why not


@dataclass(slots=True)
class Claimable:
    """Rewards that can be had now, what suits the customer best first, those that cannot yet, vouchers in hand, and
    cashback that can pay, the `whole` of it as it is typed; `best` is the reward to propose, now or to save for.
    """

    ready: list[Option] = field(default_factory=list)
    later: list[Option] = field(default_factory=list)
    vouchers: list[InHand] = field(default_factory=list)
    cashback: Holding | None = None
    whole: str = ""
    best: Suggestion | None = None

    def __bool__(self):
        return bool(self.ready or self.later or self.vouchers or self.cashback)


def claimable(customer: Customer, holdings: list[Holding], vouchers: list[InHand], *, at: datetime) -> Claimable:
    """What a customer can use now, and what to propose (fourteen queries at most, none where no program has rewards).

    The ranking looks at what was bought, so it is for the card, not for the preview of every key that is pressed.
    """
    found = options(holdings, at=at)
    proposed = next_best.suggestions(customer=customer, options=found, at=at)
    ranks = {one.reward.pk: rank for rank, one in enumerate(proposed)}
    pays = next(
        (one for one in holdings if one.membership.program.kind == Kind.CASHBACK and one.balance.available > 0), None
    )
    return Claimable(
        ready=sorted((one for one in found if one.eligible), key=lambda one: ranks.get(one.reward.pk, len(ranks)))[
            :MOST
        ],
        later=[one for one in found if not one.eligible][:MOST],
        vouchers=vouchers,
        cashback=pays,
        whole=typed(pays) if pays else "",
        best=next(iter(proposed), None),
    )


def typed(held: Holding) -> str:
    """What a balance of cashback holds, as it is typed at this shop."""
    merchant = held.membership.program.merchant
    return str(major(held.balance.available, merchant.currency)).replace(".", decimal_mark(merchant))


def short(holdings: list[Holding], *, at: datetime) -> list[str]:
    """How far the nearest reward is, in a sentence; the same queries."""
    nearest = catalog.next_reward(options(holdings, at=at))
    if nearest is None:
        return []
    missing = points(nearest.missing, nearest.reward.program.unit)
    return [_("%(missing)s short of %(reward)s.") % {"missing": missing, "reward": nearest.reward.name}]


def given_back(purchase: Purchase) -> list[str]:
    """What undoing a purchase gives back of what was claimed in it, each with its points, code or money (three queries,
    none where nothing was claimed).
    """
    redeemed = {
        one.reward.public_id: points(one.points, one.membership.program.unit)
        for one in claims.spent_in([purchase]).get(purchase.pk, [])
    }
    currency = purchase.merchant.currency
    used = claims.discounts_of([purchase]).get(purchase.pk, [])
    others = [
        f"{one.name} ({money(one.amount, currency) if one.stored else one.source})"
        for one in used
        if one.source not in redeemed
    ]
    return [f"{one.name} ({redeemed[one.source]})" for one in used if one.source in redeemed] + others
