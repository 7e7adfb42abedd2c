"""Products that what was tapped gives for free, and that the basket does not name yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from customers.merchants.models import Merchant
from loyalty_site.selectors.vouchers import InHand
from rewards.models import Reward

from .items import Item, Itemised


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that was tapped, the product it gives, and the button of that product where it has one."""

    name: str
    product: str
    item: Item | None


def lacking(
    merchant: Merchant, hand: Iterable[InHand], itemised: Itemised, *, rewards: list[str], vouchers: list[str], many
) -> list[Lack]:
    """What is missing of what these rewards (ids) and vouchers (codes) give (one query where rewards were tapped).

    `many` says of a button how many were typed.
    """
    offered = Reward.objects.for_merchant(merchant).filter(public_id__in=rewards) if rewards else []
    tapped = [(one.name, one.benefit) for one in offered]
    tapped += [(one.voucher.name, one.voucher.benefit) for one in hand if one.voucher.code in vouchers]
    found = [lack(name, benefit, itemised) for name, benefit in tapped if benefit["kind"] == "free_product"]
    return [one for one in found if one.item is None or not many(one.item)]


def lack(name: str, benefit: Mapping, itemised: Itemised) -> Lack:
    """A free product and its button, however the word is written."""
    kind = "sku" if benefit.get("sku") else "category"
    key = f"{kind}-{benefit[kind].casefold()}"
    item = next((one for one in itemised.items if one.key == key), None)
    return Lack(name, item.label if item else benefit[kind], item)
