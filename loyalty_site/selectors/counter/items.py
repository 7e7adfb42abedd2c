"""The products that the counter has buttons for: those that rules name, with their usual prices at this shop."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import median_low

from customers.merchants.models import Merchant
from customers.models import Purchase, PurchaseLine
from rewards import programs
from rewards.models import Reward
from rewards.programs import Asked

LOOKED_AT, MOST, MOST_REWARDS = 300, 24, 100  # purchases for prices and names; buttons


@dataclass(frozen=True, slots=True)
class Item:
    """A product with a button: what a line says of it, and the usual price of one in minor units, where one is known.

    `key` names its fields in a form, whatever the order of the rules becomes meanwhile.
    """

    key: str
    label: str
    sku: str = ""
    name: str = ""
    category: str = ""
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Itemised:
    """The buttons of a counter; `counts` where a rule counts all items alike, so that their number matters."""

    items: tuple[Item, ...] = ()
    counts: bool = False

    def __bool__(self):
        return bool(self.items) or self.counts


@dataclass(slots=True)
class Sold:
    """What lately sold lines say of a product: how it is written, and what one cost each time, the newest first."""

    name: str
    category: str
    prices: list[int]


def itemised(merchant: Merchant, *, at: datetime, benefits: Iterable[dict] = ()) -> Itemised:
    """The buttons of a shop's counter: what rules name, what rewards give for free, and the `benefits` of vouchers in
    somebody's hand (four queries, six where there is a product among them).
    """
    offered = Reward.objects.for_merchant(merchant).offered(at).order_by("position", "pk")
    free = [*offered.values_list("benefit", flat=True)[:MOST_REWARDS], *benefits]
    found = also(programs.asked(merchant, at=at), [one for one in free if one["kind"] == "free_product"])
    if not (found.skus or found.categories):
        return Itemised(counts=found.items)
    return Itemised(of(found, list(lately(merchant))), found.items)


def also(found: Asked, free: list[dict]) -> Asked:
    """What is asked for, with the products that are given for free: only what the basket names can be."""
    return replace(
        found,
        skus=tuple(dict.fromkeys([*found.skus, *(one["sku"] for one in free if one.get("sku"))])),
        categories=tuple(dict.fromkeys([*found.categories, *(one["category"] for one in free if one.get("category"))])),
    )


def lately(merchant: Merchant) -> Iterable[tuple]:
    """The lines of the shop's last purchases, the newest first: a bounded look, however long the history is."""
    newest = Purchase.objects.for_merchant(merchant).standing().order_by("-occurred_at", "-id")
    keys = list(newest.values_list("pk", flat=True)[:LOOKED_AT])
    lines = PurchaseLine.objects.filter(purchase__in=keys).order_by("-purchase", "number")
    return lines.values_list("sku", "category", "name", "amount", "discount", "quantity", "unit_amount")


def of(found: Asked, lines: list[tuple]) -> tuple[Item, ...]:
    """The buttons for what is asked, each once however it is written, the most sold first."""
    skus = sold(lines, {word.casefold() for word in found.skus}, place=0)
    categories = sold(lines, {word.casefold() for word in found.categories}, place=1)
    items = [
        *(of_sku(word, skus.get(word.casefold())) for word in found.skus),
        *(of_category(word, categories.get(word.casefold())) for word in found.categories),
    ]
    often = Counter({item.key: len(known.prices) for item, known in items if known})
    once = {item.key: item for item, __ in reversed(items)}
    return tuple(sorted(reversed(once.values()), key=lambda item: -often[item.key])[:MOST])


def of_sku(word: str, known: Sold | None) -> tuple[Item, Sold | None]:
    said = {"name": known.name, "category": known.category, "price": usual(known)} if known else {}
    return Item(key=f"sku-{word.casefold()}", label=said.get("name") or word, sku=word, **said), known


def of_category(word: str, known: Sold | None) -> tuple[Item, Sold | None]:
    return Item(key=f"category-{word.casefold()}", label=word, category=word, price=known and usual(known)), known


def sold(lines: list[tuple], wanted: set[str], *, place: int) -> dict[str, Sold]:
    """Of these lines, those whose SKU (place 0) or category (place 1) is wanted."""
    found: dict[str, Sold] = {}
    for line in lines:
        word = line[place].casefold()
        if word in wanted:
            known = found.setdefault(word, Sold(line[2], line[1], []))
            if (price := unit_price(*line[3:])) is not None:
                known.prices.append(price)
    return found


def unit_price(amount: int, discount: int, quantity: Decimal, unit_amount: int | None) -> int | None:
    """What one cost before discounts, in minor units; None where a line does not say."""
    if unit_amount:
        return unit_amount
    full = amount + discount
    return int((full / quantity).quantize(Decimal(1), ROUND_HALF_UP)) if quantity > 0 and full > 0 else None


def usual(known: Sold) -> int | None:
    """The price in the middle, which one slip of a finger does not move."""
    return median_low(known.prices) if known.prices else None
