"""The shop in figures: the last 30 days beside those before, week by week, and since its beginning."""

from dataclasses import dataclass
from datetime import date

from customers.merchants.models import Merchant
from segments.overview import overview
from segments.recent import recent

from .home.ever import Figure, figures
from .home.lately import Lately, lately


@dataclass(slots=True)
class ShopFigures:
    """What the page shows, as of the end of a day."""

    day: date
    lately: Lately
    ever: list[Figure]


def shop_figures(merchant: Merchant, *, today: date) -> ShopFigures:
    """The figures of a day (thirteen queries, by customers, days and months)."""
    found, days = overview(merchant, as_of=today), recent(merchant, today=today)
    return ShopFigures(today, lately(days, currency=merchant.currency), figures(found, merchant.currency))
