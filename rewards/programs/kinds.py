"""What a program's kind asks of it: stamps have a card, cashback is money, a membership has no currency."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.money import DECIMALS
from customers.merchants.refusals import Invalid
from rewards import benefits, expiry, rules
from rewards.models.programs import Kind

LARGEST_CARD, LONGEST_NAME = 1_000, 100


class InvalidStamps(Invalid):
    code = "invalid_stamps"


class InvalidKind(Invalid):
    code = "invalid_kind"


def unit_of(kind: str, unit: str | None, merchant: Merchant) -> str:
    """The word for a program's units: as given, or what the kind is counted in. Cashback is the shop's money."""
    if kind == Kind.CASHBACK:
        if unit not in (None, merchant.currency):
            raise InvalidKind(
                _("Cashback is counted in the shop's money, %(currency)s. Leave the unit out."),
                values={"currency": merchant.currency},
                field="unit",
            )
        return merchant.currency
    if unit in DECIMALS:
        raise InvalidKind(
            _("'%(unit)s' is money. A program that gives money back is of the kind 'cashback'."),
            values={"unit": unit},
            field="unit",
        )
    return unit or {Kind.STAMPS: "stamps"}.get(kind, "points")


def point_value_of(kind: str, value: Decimal | None) -> Decimal:
    """What a unit is worth in minor units: 1 for cashback, nothing in a membership, otherwise as given."""
    if kind == Kind.CASHBACK:
        if value not in (None, 1):
            raise InvalidKind(_("A unit of cashback is a minor unit of money: it is worth 1."), field="point_value")
        return Decimal(1)
    if kind == Kind.MEMBERSHIP and value:
        raise InvalidKind(_("A membership has no points that could be worth something."), field="point_value")
    return value or Decimal(0)


def check(kind: str, *, rules_json: object, policies: dict, stamps: object) -> None:
    """Refuse a wording that does not fit the kind; raises InvalidRule, InvalidStamps, InvalidPolicy, InvalidBenefit."""
    if kind == Kind.MEMBERSHIP and rules_json:
        raise rules.InvalidRule(
            _("A membership has no points, so no rule gives any. Leave the rules empty."), field="rules"
        )
    if kind != Kind.STAMPS:
        if stamps is not None:
            raise InvalidStamps(_("Only a program of the kind 'stamps' has a stamp card."), field="stamps")
        return
    check_stamps(stamps)
    if policies["hold_days"]:
        raise expiry.InvalidPolicy(
            _("A stamp counts at once, so that the card is full when it looks full. Set 'hold_days' to 0."),
            field="policies.hold_days",
        )


def check_stamps(stamps: object) -> None:
    """A stamp card says when it is full, and what it then gives."""
    if not isinstance(stamps, dict) or set(stamps) != {"size", "reward"}:
        raise InvalidStamps(
            _(
                'A stamp card has a size and a reward: {"size": 10, "reward": {"name": "Coffee", "benefit": '
                '{"kind": "free_product", "category": "coffee", "quantity": 1}}}.'
            ),
            field="stamps",
        )
    size, reward = stamps["size"], stamps["reward"]
    if type(size) is not int or not 2 <= size <= LARGEST_CARD:
        raise InvalidStamps(
            _("A card is full at a whole number of stamps from 2 to %(most)d."),
            values={"most": LARGEST_CARD},
            field="stamps.size",
        )
    if not isinstance(reward, dict) or set(reward) != {"name", "benefit"}:
        raise InvalidStamps(_("The reward of a full card has a name and a benefit."), field="stamps.reward")
    name = reward["name"]
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise InvalidStamps(_("Give the reward a name of 1 to 100 characters."), field="stamps.reward.name")
    benefits.check(reward["benefit"], "stamps.reward.benefit")
