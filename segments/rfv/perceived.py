"""What customers think their money brings them, beside what they bring: by the regions of the board."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from customers.merchants.models import Merchant
from segments.surveys.models import Satisfaction, Survey
from segments.surveys.scores import FEW_SCORES

from .regions import region_of


@dataclass(slots=True)
class Perceived:
    """The newest answers of a region's customers, from 1 to 5: their sum, and how many."""

    points: int = 0
    answers: int = 0

    @property
    def mean(self) -> float | None:
        """Their mean; None with fewer than five, which would say more about them than about the region."""
        return self.points / self.answers if self.answers >= FEW_SCORES else None


def perceived(merchant: Merchant) -> dict[str, Perceived]:
    """By the key of each region, by the scores of the last night (one query); empty where nobody was asked."""
    said = Satisfaction.objects.filter(merchant=merchant, value_score__isnull=False, customer__score__isnull=False)
    places = said.order_by().values_list("customer__score__recency_score", "customer__score__frequency_score")
    found: dict[str, Perceived] = {}
    for recency, frequency, points, answers in places.annotate(points=Sum("value_score"), answers=Count("pk")):
        one = found.setdefault(region_of(recency, frequency).key, Perceived())
        one.points += points
        one.answers += answers
    return found


def is_simulated(merchant: Merchant) -> bool:
    """Whether some of the shop's answers were made up by a program (one query)."""
    return Survey.objects.for_merchant(merchant).filter(simulated=True).exists()
