"""What numbers of answers say, and how sure they are. Pure: counts in, figures out.

NPS (Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003): the share of promoters
(9 and 10) less that of detractors (0 to 6), in points from -100 to 100. Each answer counts +1, 0 or -1, so the variance
of one is that of a trinomial, p + d - (p - d)^2, and that of the mean of n is this by n (Agresti, Categorical Data
Analysis, 3rd edition 2013, section 1.4: covariance of multinomial shares). CSAT is the share of 4 and 5 of 5, with
Wilson's interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from segments.intervals import Z95, wilson

PROMOTER, DETRACTOR, SATISFIED = 9, 6, 4
FEW = 10  # below so many answers a margin by the normal curve would promise too much
FEW_SCORES = 5


@dataclass(frozen=True, slots=True)
class Nps:
    """Who would recommend. `score` is in points; `margin` reaches as far to both sides in 95 of 100 samples.

    Both are None with fewer than ten answers, the margin also where everybody says the same.
    """

    promoters: int
    passives: int
    detractors: int
    score: float | None
    margin: float | None

    @property
    def answers(self) -> int:
        return self.promoters + self.passives + self.detractors


@dataclass(frozen=True, slots=True)
class Csat:
    """Who is satisfied: `share` of 1 with its 95 % interval; None with fewer than five answers."""

    answers: int
    satisfied: int
    share: float | None
    low: float | None
    high: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of those asked answered: a share of 1, None where nobody was asked."""

    asked: int
    answered: int
    share: float | None


def nps(counts: Mapping[int, int]) -> Nps:
    """The score of so many answers of each number from 0 to 10."""
    promoters = sum(count for number, count in counts.items() if number >= PROMOTER)
    detractors = sum(count for number, count in counts.items() if number <= DETRACTOR)
    total = sum(counts.values())
    passives = total - promoters - detractors
    if total < FEW:
        return Nps(promoters, passives, detractors, None, None)
    p, d = promoters / total, detractors / total
    variance = p + d - (p - d) ** 2
    margin = 100 * Z95 * sqrt(variance / total) if variance > 0 else None
    return Nps(promoters, passives, detractors, 100 * (promoters - detractors) / total, margin)


def csat(counts: Mapping[int, int]) -> Csat:
    """The share of satisfied of so many answers of each number from 1 to 5, and their mean."""
    total = sum(counts.values())
    satisfied = sum(count for number, count in counts.items() if number >= SATISFIED)
    if total < FEW_SCORES:
        return Csat(total, satisfied, None, None, None, None)
    mean = sum(number * count for number, count in counts.items()) / total
    return Csat(total, satisfied, satisfied / total, *wilson(satisfied, total), mean)


def rate(*, asked: int, answered: int) -> Rate:
    """The response rate."""
    return Rate(asked, answered, answered / asked if asked else None)
