"""Customer lifetime value with its status: what customers will bring over the next 52 weeks, if the data tell."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from customers.merchants.models import Merchant
from customers.merchants.money import DECIMALS

from . import bgnbd, fitting, forecasts, gamma_gamma, holdout
from . import history as histories
from .history import People
from .holdout import Holdout

REPEATERS = 100
OFF = 0.25  # of what was bought
SILENT = 28  # days without a purchase, after which the record may simply end


class Status(StrEnum):
    """How far the figures can be believed: `weak` ones only beside their warnings, `unidentified` ones not at all."""

    OK = "ok"
    WEAK = "weak"
    UNIDENTIFIED = "unidentified"


@dataclass(frozen=True, slots=True)
class Warning:
    """Something that speaks against the figures: a code of `words`, and the values of its sentence."""

    code: str
    values: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Valuation:
    """What the models say of every customer with a purchase until the end of `as_of`.

    `worth` are minor units, rounded; it and `p_alive` and `purchases` are None where the status is `unidentified`.
    `buying` and `spending` are the fits, None where there was nothing to fit; `last_on` is the last purchase by then.
    """

    as_of: date
    discount: float
    status: Status
    warnings: list[Warning]
    people: People
    buying: fitting.Fit | None = None
    spending: fitting.Fit | None = None
    holdout: Holdout | None = None
    last_on: date | None = None
    p_alive: np.ndarray | None = None
    purchases: np.ndarray | None = None
    worth: np.ndarray | None = None

    @property
    def total(self) -> int | None:
        """What all customers together are worth, in minor units: the sum of what each is shown with."""
        return None if self.worth is None else int(self.worth.sum())

    @property
    def repeaters(self) -> int:
        """Customers who came on a second day."""
        return int((self.people.x > 0).sum())


def value(merchant: Merchant, *, as_of: date, discount: float) -> Valuation:
    """The value of each customer at the end of a day; `discount` is a year's (three queries, one by history)."""
    known = histories.bounds(merchant)
    cut, end = holdout.split(known, as_of=as_of) if known else (as_of, as_of)
    return judged(histories.read(merchant, cut=cut, end=end), as_of, discount, 10 ** DECIMALS[merchant.currency])


def judged(history: histories.History, as_of: date, discount: float, unit: int) -> Valuation:
    """The models fitted to a history, tried, and applied as far as they hold; `unit`: minor units of one."""
    people = history.until_end() if history.end == as_of else history.until_cut()
    buying, spending = fit(people, unit)
    tried = attempt(history, buying, as_of)
    last_on = date.fromordinal(as_of.toordinal() - int((people.age - people.recency).min())) if len(people.x) else None
    lost = unidentified(people, buying, spending)
    warnings = [*lost, *(weak(people, tried) if not lost else []), *silent(as_of, last_on)]
    found = {"buying": buying, "spending": spending, "holdout": tried, "last_on": last_on}
    if lost:
        return Valuation(as_of, discount, Status.UNIDENTIFIED, warnings, people, **found)
    expected = forecasts.year(buying.params, spending.params, people, discount=discount, unit=unit)
    return Valuation(
        as_of,
        discount,
        Status.WEAK if weak(people, tried) else Status.OK,
        warnings,
        people,
        **found,
        p_alive=expected.p_alive,
        purchases=expected.purchases,
        worth=np.floor(expected.worth * unit + 0.5).astype(np.int64),
    )


def fit(people: People, unit: int) -> tuple[fitting.Fit | None, fitting.Fit | None]:
    """Both models; Gamma-Gamma of those who came back and spent something."""
    spent = (people.x > 0) & (people.spent > 0)
    spending = gamma_gamma.Spending(people.x[spent], people.spent[spent] / unit)
    return bgnbd.fit(bgnbd.Visits.grouped(people.x, people.recency, people.age)), gamma_gamma.fit(spending)


def attempt(history: histories.History, buying: fitting.Fit | None, as_of: date) -> Holdout | None:
    """The forecast tried: with what was fitted, or anew on what lies before a quarter held back. None without time
    after the cut, or with nothing before it to fit."""
    if history.cut == history.end or not history.early.any():
        return None
    if history.cut < as_of:
        people = history.until_cut()
        buying = bgnbd.fit(bgnbd.Visits.grouped(people.x, people.recency, people.age))
    return holdout.tried(history, buying.params, as_of=as_of) if buying else None


def unidentified(people: People, buying: fitting.Fit | None, spending: fitting.Fit | None) -> list[Warning]:
    """Why the data do not tell the parameters; nothing where they do."""
    if not len(people.x):
        return [Warning("nobody")]
    if buying is None:
        return [Warning("nobody_again")]
    if spending is None:
        return [Warning("nothing_spent")]
    unknown = {
        "boundary": [*buying.boundary, *spending.boundary],
        "flat": [*buying.flat, *spending.flat],
    }
    found = [Warning(code, {"names": ", ".join(names)}) for code, names in unknown.items() if names]
    if not found and spending.params["q"] <= 1:
        found.append(Warning("no_mean"))
    return found


def weak(people: People, tried: Holdout | None) -> list[Warning]:
    """Why the figures are shown with a warning only; nothing where they are not."""
    found = []
    repeaters = int((people.x > 0).sum())
    if repeaters < REPEATERS:
        found.append(Warning("few", {"number": repeaters}))
    if tried is None:
        found.append(Warning("untried"))
    elif not tried.actual:
        found.append(Warning("none_came"))
    elif abs(tried.error) > OFF:
        found.append(Warning("too_many" if tried.error > 0 else "too_few", {"share": abs(tried.error)}))
    return found


def silent(as_of: date, last_on: date | None) -> list[Warning]:
    """Whether the record may simply end before the day."""
    if last_on is None or (as_of - last_on).days <= SILENT:
        return []
    return [Warning("silent", {"day": last_on})]
