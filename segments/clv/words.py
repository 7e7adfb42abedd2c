"""Customer value in words: what each figure means, and what speaks against it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.templatetags.ficha import day, percent, whole

from .valuation import REPEATERS, Valuation, Warning


def definitions() -> dict[str, str]:
    """What each figure means, in the active language."""
    return {
        "status": _(
            "“ok”: the figures may be used. “weak”: fewer than 100 customers came back, or the forecast that was tried "
            "was off by more than a quarter: use them with the warning beside them. “unidentified”: the data do not "
            "tell what the models need, so no value is given."
        ),
        "customers": _("Customers with a counted purchase until the end of the day."),
        "params": _(
            "BG/NBD (r, alpha in weeks, a, b) and Gamma-Gamma (p, q, gamma in units of the currency), fitted by "
            "maximum likelihood to days with a purchase."
        ),
        "log_likelihood": _("The highest logarithm of the likelihood of each model."),
        "holdout": _(
            "Days with a purchase after a cut, of the customers known by then: forecast, and what happened. The cut is "
            "the day of the report if four weeks after it are known; otherwise the last quarter of the history is "
            "held back and forecast from the rest."
        ),
        "x": _("Days with a purchase after the first day; several purchases on one day count once."),
        "t_x": _("Weeks from the first to the last day with a purchase."),
        "T": _("Weeks from the first day with a purchase to the day of the report."),
        "p_alive": _(
            "Probability that a customer still buys. After one single purchase it is 1, because the model "
            "lets customers leave only after a purchase that follows; the rate at which they come says the rest."
        ),
        "expected_purchases_12m": _("Days with a purchase that are expected in the next 52 weeks."),
        "clv_12m": _(
            "Revenue expected in the next 52 weeks, in minor units: the purchases of each week times what a day is "
            "expected to bring, less the discount for the time until then. It is revenue, not profit."
        ),
        "total_clv_12m": _("The sum of clv_12m over all customers, in minor units."),
    }


def sentence(warning: Warning) -> str:
    """What speaks against the figures, in the active language."""
    if warning.code == "few":
        number = warning.values["number"]
        return ngettext(
            "%(number)s customer came back on another day; it takes %(enough)s for figures to rely on.",
            "%(number)s customers came back on another day; it takes %(enough)s for figures to rely on.",
            number,
        ) % {"number": whole(number), "enough": whole(REPEATERS)}
    return sentences()[warning.code] % written(warning.values)


def sentences() -> dict[str, str]:
    """The sentence of each warning that needs no plural."""
    return {
        "nobody": _("No purchase by a customer is on record until that day."),
        "nobody_again": _("No customer came back on another day yet, so nothing tells how often customers come."),
        "nothing_spent": _("No customer spent anything on a second day, so nothing tells what a visit brings."),
        "boundary": _("Customers are too much alike, or too few of them have left, for the models to tell how they "
                      "differ (%(names)s at a boundary). A longer history may help."),
        "flat": _("The data fit about as well whatever the value of %(names)s, so what depends on it is not known. A "
                  "longer history may help."),
        "no_mean": _("Spending differs so much between customers that the model knows no mean of it."),
        "untried": _("The history is too short to hold a part of it back and try the forecast against it."),
        "none_came": _("Nobody bought in the time that the forecast was tried against."),
        "too_many": _("The forecast tried was %(share)s above what customers bought."),
        "too_few": _("The forecast tried was %(share)s below what customers bought."),
        "silent": _("The last purchase on record is of %(day)s. If the shop has sold since, bring that in first."),
    }  # fmt: skip


def written(values: dict) -> dict[str, str]:
    """The values of a sentence as people write them."""
    write = {"share": percent, "day": day}
    return {name: write.get(name, str)(value) for name, value in values.items()}


def warnings(found: Valuation) -> list[str]:
    """All that speaks against the figures."""
    return [sentence(warning) for warning in found.warnings]
