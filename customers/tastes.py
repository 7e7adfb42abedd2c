"""What somebody buys, and what those buy who buy like them: read when one card is opened, of a bounded number of
purchases, so that it costs the same in the tenth year as in the first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from customers.merchants.models import Merchant
from customers.models import Customer, Purchase, PurchaseLine

VISITS = 20  # the latest purchases of a person
CROWD = 2_000  # the latest purchases of a shop
FAVOURITES, OFTEN = 3, 2  # items that somebody is known by, each bought that many times


class Item(NamedTuple):
    """A product by its SKU or its name, or a category; large and small letters are the same."""

    kind: str
    key: str

    @classmethod
    def product(cls, name: str) -> "Item":
        return cls("product", name.strip().casefold())

    @classmethod
    def category(cls, name: str) -> "Item":
        return cls("category", name.strip().casefold())


@dataclass(slots=True)
class Taste:
    """On how many of the latest `visits` each item was bought, how items are written, and through which channels."""

    visits: int = 0
    bought: Counter[Item] = field(default_factory=Counter)
    names: dict[Item, str] = field(default_factory=dict)
    channels: Counter[str] = field(default_factory=Counter)

    @property
    def favourites(self) -> list[Item]:
        """The products that come most often, three at the most, each bought twice or more; by name where they tie."""
        often = [item for item, times in self.bought.items() if item.kind == "product" and times >= OFTEN]
        return sorted(often, key=lambda item: (-self.bought[item], item))[:FAVOURITES]


def of(customer: Customer, *, before: datetime) -> Taste:
    """The taste of a customer in their latest 20 purchases until a moment (two queries)."""
    mine = Purchase.objects.for_merchant(customer.merchant_id).counted().filter(customer=customer)
    latest = mine.filter(occurred_at__lte=before).order_by("-occurred_on", "-occurred_at", "-id")
    visits = dict(latest.values_list("pk", "channel")[:VISITS])
    taste = Taste(visits=len(visits), channels=Counter(visits.values()))
    baskets: dict[int, set[Item]] = {key: set() for key in visits}
    lines = PurchaseLine.objects.filter(purchase__in=list(visits)).order_by("-purchase", "number")
    for purchase, sku, name, category in lines.values_list("purchase", "sku", "name", "category"):
        found = items(sku, name, category)
        baskets[purchase].update(found)
        for item in found:
            taste.names.setdefault(item, (category if item.kind == "category" else name.strip() or sku).strip())
    for basket in baskets.values():
        taste.bought.update(basket)
    return taste


def items(sku: str, name: str, category: str) -> list[Item]:
    """What a line is an example of: a product, by its SKU or else its name, and a category."""
    said = sku.strip() or name.strip()
    return [Item.product(said)] * bool(said) + [Item.category(category)] * bool(category.strip())


def crowd(merchant: Merchant, *, before: datetime, without: Customer) -> list[set[Item]]:
    """What each other customer bought in the shop's latest 2,000 purchases until a moment (two queries)."""
    latest = Purchase.objects.for_merchant(merchant).standing().filter(occurred_at__lte=before)
    buyers = dict(latest.order_by("-occurred_at", "-id").values_list("pk", "customer")[:CROWD])
    known = {key: buyer for key, buyer in buyers.items() if buyer not in (None, without.pk)}
    baskets: dict[int, set[Item]] = {}
    lines = PurchaseLine.objects.filter(purchase__among=list(known)) if known else PurchaseLine.objects.none()
    for purchase, sku, name, category in lines.values_list("purchase", "sku", "name", "category"):
        baskets.setdefault(known[purchase], set()).update(items(sku, name, category))
    return list(baskets.values())


def alike(favourites: list[Item], others: Iterable[set[Item]]) -> list[set[Item]]:
    """Those of a crowd who buy most of somebody's favourites; nobody where there are none."""
    most = len(favourites) // 2 + 1
    return [basket for basket in others if favourites and sum(item in basket for item in favourites) >= most]
