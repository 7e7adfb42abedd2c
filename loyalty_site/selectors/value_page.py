"""The page of customer values: its finding, its figures and charts, and the customers by value."""

import math
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day, estimate, percent, whole
from loyalty_site import charts
from segments.clv import words
from segments.clv.fitting import Fit
from segments.clv.holdout import Group, Holdout
from segments.clv.valuation import Status, Valuation

from .customer_values import decimal, ranking
from .home.ever import Figure

AT_ONCE = 25
TENTHS, FIFTH = 10, 5
TWICE = 1.96  # standard errors: 95 of 100


@dataclass(slots=True)
class Judgement:
    """The status in words, with the tone of its colour."""

    name: str
    tone: str
    sentence: str
    warnings: list[str]


@dataclass(slots=True)
class Parameter:
    """A fitted parameter with the ends of its interval; None where the data do not tell."""

    name: str
    meaning: str
    value: str
    low: str | None
    high: str | None


@dataclass(slots=True)
class ValuePage:
    """What the page shows besides the list; charts are None where there is nothing to draw."""

    finding: str
    judgement: Judgement
    figures: list[Figure]
    calibration: charts.Chart | None
    tenths: charts.Chart | None
    parameters: list[Parameter]
    definitions: list[tuple[str, str]] = field(default_factory=list)


def value_page(merchant: Merchant, found: Valuation) -> ValuePage:
    """The page of a valuation (no query)."""
    return ValuePage(
        finding=finding(found, merchant.currency),
        judgement=judgement(found),
        figures=[] if found.worth is None else figures(found, merchant.currency),
        calibration=calibration(found.holdout) if found.holdout else None,
        tenths=tenths(found, merchant.currency) if found.total else None,
        parameters=parameters(found),
        definitions=definitions(),
    )


def finding(found: Valuation, currency: str) -> str:
    """The sentence that answers why one came; no amount as a fact unless it is one."""
    if found.worth is None:
        return _("Not known: what is on record does not tell what customers will be worth.")
    said = {"total": estimate(found.total, currency), "share": percent(best_share(found))}
    if found.status == Status.WEAK:
        return _("Perhaps %(total)s over the next 12 months, but do not rely on it: see why below.") % said
    return (
        _("These customers should bring %(total)s over the next 12 months, the best fifth of them %(share)s of it.")
        % said
    )


def best_share(found: Valuation) -> float | None:
    """What the fifth worth most makes of the whole; None where there is no whole."""
    first = found.worth[ranking(found)[: -(-len(found.worth) // FIFTH)]]
    return int(first.sum()) / found.total if found.total else None


def judgement(found: Valuation) -> Judgement:
    """Whether the figures can be believed, and why."""
    name, tone = {
        Status.OK: (_("ok: the figures may be used"), "good"),
        Status.WEAK: (_("weak: use the figures with care"), "warn"),
        Status.UNIDENTIFIED: (_("unidentified: no figure can be given"), "info"),
    }[found.status]
    return Judgement(name, tone, trial(found.holdout) if found.holdout else "", words.warnings(found))


def trial(tried: Holdout) -> str:
    """How the forecast was tried, and how it did."""
    end = tried.cut + timedelta(days=round(tried.weeks * 7))
    said = {
        "first": day(tried.cut + timedelta(days=1)),
        "last": day(end),
        "forecast": whole(round(tried.forecast)),
        "actual": whole(tried.actual),
    }
    if tried.held_back:
        return (
            _(
                "Tried: the days from %(first)s to %(last)s were held back and forecast from those before. It "
                "expected %(forecast)s visits of the customers known by then; there were %(actual)s."
            )
            % said
        )
    return (
        _(
            "Tried: for the days from %(first)s to %(last)s, which the forecast does not know, it expects %(forecast)s "
            "visits of its customers; there were %(actual)s."
        )
        % said
    )


def figures(found: Valuation, currency: str) -> list[Figure]:
    """The total and what it is made of."""
    says, customers = words.definitions(), len(found.worth)
    there, doubt = found.p_alive.sum(), _("weak: not a fact") if found.status == Status.WEAK else ""
    return [
        Figure(
            _("Worth in the next 12 months"), estimate(found.total, currency),
            _("What all customers are expected to bring in the next 52 weeks, less the discount of ten per cent a year "
              "for the time until then. It is revenue, not profit."),
            beside=doubt,
        ),
        Figure(_("A customer on average"), estimate(round(found.total / customers), currency),
               _("The total divided by all customers who ever bought."), beside=doubt),
        Figure(_("Still customers"), whole(round(there)), says["p_alive"],
               beside=_("of %(customers)s who ever bought") % {"customers": whole(customers)}),
        Figure(_("Visits expected"), whole(round(found.purchases.sum())), says["expected_purchases_12m"]),
    ]  # fmt: skip


def calibration(tried: Holdout) -> charts.Chart:
    """Forecast beside what happened, by how often customers had come."""
    return charts.bars(
        charts.Words(
            "calibration",
            calibration_finding(tried),
            _("Mean visits of a customer in the time of the trial, by visits before it after the first: forecast and "
              "what happened."),
        ),
        labels=[group_label(group) for group in tried.groups],
        series=[
            charts.Series(_("forecast"), [group.forecast for group in tried.groups], decimal),
            charts.Series(pgettext("purchases", "happened"), [group.actual for group in tried.groups], decimal),
            charts.Series(_("customers"), [group.customers for group in tried.groups], whole, drawn=False),
        ],
        head=_("Visits before"),
    )  # fmt: skip


def calibration_finding(tried: Holdout) -> str:
    """By how much the forecast was off."""
    if tried.error is None:
        return _("Nobody came in the time of the trial")
    share = {"share": percent(abs(tried.error))}
    if abs(tried.error) < 0.005:
        return _("The forecast met what happened")
    return (
        _("The forecast was %(share)s too high") if tried.error > 0 else _("The forecast was %(share)s too low")
    ) % share


def group_label(group: Group) -> str:
    """How often customers had come again."""
    return _("%(times)s or more") % {"times": group.x} if group.often else str(group.x)


def tenths(found: Valuation, currency: str) -> charts.Chart:
    """What each tenth of the customers will bring of the total."""
    ranked, customers = found.worth[ranking(found)], len(found.worth)
    said = _("The best tenth of the customers should bring %(share)s")
    if found.status == Status.WEAK:
        said = _("Perhaps the best tenth of the customers will bring %(share)s")
    ends = [-(-place * customers // TENTHS) for place in range(TENTHS + 1)]
    sums = [int(ranked[first:last].sum()) for first, last in zip(ends, ends[1:], strict=False)]
    labels = [
        {1: _("1 (most)"), TENTHS: _("10 (least)")}.get(number, str(number)) for number in range(1, TENTHS + 1)
    ]  # fmt: skip
    return charts.bars(
        charts.Words(
            "tenths",
            said % {"share": percent(sums[0] / found.total)},
            _("For each tenth of the customers, those worth most first, its share of what all should bring."),
        ),
        labels=labels,
        series=[
            charts.Series(_("of all"), [one / found.total for one in sums], percent),
            charts.Series(_("Worth"), sums, lambda one: estimate(one, currency), drawn=False),
        ],
        head=_("Tenth"),
    )


def parameters(found: Valuation) -> list[Parameter]:
    """The fitted parameters, for those who know the models."""
    meanings = {
        "r": _("shape of the rates at which customers come"),
        "alpha": _("scale of those rates, in weeks"),
        "a": _("of leaving after a purchase, against b"),
        "b": _("of staying after a purchase, against a"),
        "p": _("shape of what one customer spends"),
        "q": _("shape of how customers differ in what they spend"),
        "gamma": _("scale of it, in units of the currency"),
    }
    return [
        parameter(fitted, name, meanings[name])
        for fitted in (found.buying, found.spending)
        if fitted
        for name in fitted.params
    ]


def parameter(fitted: Fit, name: str, meaning: str) -> Parameter:
    """A parameter with its interval, which lies evenly around its logarithm."""
    value, error = fitted.params[name], fitted.errors[name]
    if name in (*fitted.boundary, *fitted.flat) or not math.isfinite(error):
        return Parameter(name, meaning, digits(value), None, None)
    factor = math.exp(TWICE * error)
    return Parameter(name, meaning, digits(value), digits(value / factor), digits(value * factor))


def digits(number: float) -> str:
    """A parameter with four digits that count, as far as three behind the mark hold them."""
    return number_format(round(number, 3), decimal_pos=3, force_grouping=True)


def definitions() -> list[tuple[str, str]]:
    """The terms of the page and what they mean."""
    says = words.definitions()
    return [
        (_("Status"), says["status"]),
        (_("Worth"), _("Revenue expected in the next 52 weeks: the visits of each week times what a visit is expected "
                       "to bring, less the discount of ten per cent a year for the time until then.")),
        (_("Visit"), _("A day with a purchase; several purchases on one day are one visit.")),
        (_("Still a customer"), says["p_alive"]),
        (_("Trial"), says["holdout"]),
        (_("Models"), _("BG/NBD for visits (Fader, Hardie and Lee, 2005) and Gamma-Gamma for spending (Fader and "
                        "Hardie, 2013), fitted by maximum likelihood to this shop's customers.")),
    ]  # fmt: skip
