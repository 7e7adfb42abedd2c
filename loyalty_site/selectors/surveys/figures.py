"""Figures of satisfaction as tiles: how they are written, and what they mean."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.templatetags.ficha import half_up, percent, whole
from loyalty_site.selectors.home.ever import Figure
from segments.surveys.scores import FEW, FEW_SCORES, Csat, Nps, Rate

DEFINITIONS: dict[str, str | Promise] = {
    "responses": gettext_lazy("Answers received, each as one, with and without a name."),
    "rate": gettext_lazy(
        "Of the customers who were asked in person, the share that answered. Open links count nobody."
    ),
    "nps": gettext_lazy(
        "Net promoter score: the share that answers 9 or 10, less the share that answers 0 to 6, in points from -100 "
        "to 100. The margin holds in 95 of 100 samples like this one."
    ),
    "csat": gettext_lazy("The share that answers 4 or 5 of 5, with the interval that holds in 95 of 100 such samples."),
    "worth": gettext_lazy(
        "What customers think their money brings them: the mean of the newest answer of each, from 1 to 5, with at "
        "least five answers."
    ),
}


def nps(found: Nps) -> str | None:
    """A score in points with its sign and margin; None while it is not known."""
    if found.score is None:
        return None
    points = signed(found.score)
    return points if found.margin is None else f"{points} ± {number(found.margin)}"


def csat(found: Csat) -> str | None:
    """A share with its interval; None while it is not known."""
    if found.share is None:
        return None
    return f"{percent(found.share)} ({percent(found.low)}–{percent(found.high)})"


def signed(score: float) -> str:
    """Points with a sign: +45, −3, 0."""
    text = number(abs(score))
    return text if text == "0" else ("+" if score > 0 else "−") + text


def number(value: float, decimals: int = 0) -> str:
    """A number rounded half up."""
    return number_format(half_up(Decimal(repr(float(value))), decimals), decimal_pos=decimals)


def nps_figure(found: Nps) -> Figure:
    """The tile of the score."""
    beside = _("%(promoters)s promote, %(passives)s are passive, %(detractors)s warn") % {
        "promoters": whole(found.promoters), "passives": whole(found.passives), "detractors": whole(found.detractors),
    }  # fmt: skip
    missing = _("It needs %(least)s answers, and has %(have)s.") % {"least": FEW, "have": whole(found.answers)}
    return Figure(_("Net promoter score"), nps(found), str(DEFINITIONS["nps"]), missing=missing, beside=beside)


def csat_figure(found: Csat) -> Figure:
    """The tile of satisfaction."""
    between = {"low": percent(found.low), "high": percent(found.high), "all": whole(found.answers)}
    beside = _("between %(low)s and %(high)s, of %(all)s answers") % between
    missing = _("It needs %(least)s answers, and has %(have)s.") % {"least": FEW_SCORES, "have": whole(found.answers)}
    share = None if found.share is None else percent(found.share)
    return Figure(_("Satisfied"), share, str(DEFINITIONS["csat"]), missing=missing, beside=beside)


def rate_figure(found: Rate) -> Figure:
    """The tile of the response rate."""
    beside = _("%(part)s of %(all)s who were asked") % {"part": whole(found.answered), "all": whole(found.asked)}
    share = None if found.share is None else percent(found.share)
    missing = _("Nobody was asked in person yet.")
    return Figure(_("Response rate"), share, str(DEFINITIONS["rate"]), missing=missing, beside=beside)


def worth_figure(mean: float | None, count: int) -> Figure:
    """The tile of perceived value."""
    value = None if mean is None else _("%(mean)s of 5") % {"mean": number(mean, 1)}
    beside = _("%(count)s customers") % {"count": whole(count)}
    missing = _("It needs %(least)s answers, and has %(have)s.") % {"least": FEW_SCORES, "have": whole(count)}
    return Figure(_("Worth the money"), value, str(DEFINITIONS["worth"]), missing=missing, beside=beside)


def responses_figure(count: int) -> Figure:
    """The tile of how many answered."""
    return Figure(_("Answers"), whole(count), str(DEFINITIONS["responses"]))
