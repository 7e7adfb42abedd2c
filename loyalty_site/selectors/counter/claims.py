"""What a customer can use in a purchase at the counter, and what was used in one."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from customers.merchants.templatetags.ficha import points
from loyalty_site.selectors.cards import Holding
from loyalty_site.selectors.vouchers import InHand
from rewards import catalog
from rewards.catalog import Option
from rewards.models.programs import Kind

MOST = 12  # rewards to tap; the others are listed with why not


@dataclass(slots=True)
class Claimable:
    """Rewards that can be had now, those that cannot yet, vouchers in hand, and cashback that can pay."""

    ready: list[Option] = field(default_factory=list)
    later: list[Option] = field(default_factory=list)
    vouchers: list[InHand] = field(default_factory=list)
    cashback: Holding | None = None

    def __bool__(self):
        return bool(self.ready or self.later or self.vouchers or self.cashback)


def claimable(holdings: list[Holding], vouchers: list[InHand], *, at: datetime) -> Claimable:
    """What a customer can use now (nine queries at most, none where no program has rewards)."""
    found = options(holdings, at=at)
    pays = (one for one in holdings if one.membership.program.kind == Kind.CASHBACK and one.balance.available > 0)
    return Claimable(
        ready=[one for one in found if one.eligible][:MOST],
        later=[one for one in found if not one.eligible][:MOST],
        vouchers=vouchers,
        cashback=next(pays, None),
    )


def options(holdings: list[Holding], *, at: datetime) -> list[Option]:
    """Every reward of the customer's programs (nine queries at most, none where no program has rewards)."""
    members = [one.membership for one in holdings if one.membership.has_rewards]
    found = catalog.options_of(members, at=at) if members else {}
    return [option for mine in found.values() for option in mine]


def short(holdings: list[Holding], *, at: datetime) -> list[str]:
    """How far the nearest reward is, in a sentence; the same queries."""
    nearest = catalog.next_reward(options(holdings, at=at))
    if nearest is None:
        return []
    missing = points(nearest.missing, nearest.reward.program.unit)
    return [_("%(missing)s short of %(reward)s.") % {"missing": missing, "reward": nearest.reward.name}]
