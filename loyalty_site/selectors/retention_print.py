"""Retention on one paper: the cohorts, who returns, the second visit, who is reached, and what the words mean."""

from dataclasses import dataclass
from datetime import date

from customers.merchants.models import Merchant
from segments import deciles
from segments.models import Resolution

from .reach import Reach, reach
from .retention import RetentionPage, retention_page
from .second_visit import SecondVisitPage, second_visit_page


@dataclass(slots=True)
class Printed:
    """The pages that stand on the paper, as of a day."""

    day: date
    retention: RetentionPage
    second: SecondVisitPage
    reach: Reach

    @property
    def definitions(self) -> list[tuple[str, str]]:
        """All terms once."""
        return list(dict([*self.retention.definitions, *self.second.definitions, *self.reach.definitions]).items())


def printed(merchant: Merchant, *, today: date) -> Printed:
    """All months, as shares."""
    return Printed(
        today,
        retention_page(merchant, since=None, until=None, by=Resolution.MONTH, show="share"),
        second_visit_page(merchant, since=None, until=None, today=today),
        reach(merchant, by=deciles.VALUE, today=today),
    )
