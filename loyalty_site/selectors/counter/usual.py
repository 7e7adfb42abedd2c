"""What somebody usually buys, from the lines of their last purchases."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from customers.models import Purchase, PurchaseLine

LOOKED_AT = 20  # purchases: what somebody liked before says little
MOST_LINES, SHOWN, TWICE = 400, 3, 2


@dataclass(frozen=True, slots=True)
class Usual:
    """A product and in how many of the last purchases (that say what was bought) it was."""

    name: str
    times: int
    of: int


def usual(purchases: Iterable[Purchase]) -> list[Usual]:
    """The products that somebody bought twice or more in these purchases, the most frequent first (one query)."""
    keys = [one.pk for one in purchases if not one.voided_at]
    lines = PurchaseLine.objects.filter(purchase__in=keys).order_by("-purchase", "number")
    rows = lines.values_list("purchase", "name", "sku", "category")[:MOST_LINES] if keys else []
    return counted(rows)


def counted(rows: Iterable[tuple[int, str, str, str]]) -> list[Usual]:
    """The same of rows of purchase, name, sku and category, the newest first: a product counts once a purchase."""
    words: dict[str, str] = {}
    bought = set()
    for purchase, name, sku, category in rows:
        product = name or sku or category
        if product:
            bought.add((purchase, words.setdefault(product.casefold(), product)))
    times = Counter(product for __, product in sorted(bought, reverse=True))
    of = len({purchase for purchase, __ in bought})
    return [Usual(product, count, of) for product, count in times.most_common(SHOWN) if count >= TWICE]
