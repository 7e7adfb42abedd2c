"""Why a reward is proposed, in a sentence."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.tastes import Taste

from .scoring import SMALLEST_CROWD, Scored


def sentence(one: Scored, taste: Taste, *, points) -> str:
    """The reason: what makes it relevant, whether it takes long, and what makes it practical.

    `points` writes a number of the program's units.
    """
    return ". ".join(part for part in (relevant(one, taste), achievable(one, points), practical(one)) if part) + "."


def relevant(one: Scored, taste: Taste) -> str:
    """Whose taste it meets."""
    candidate = one.candidate
    if one.own:
        label = taste.names[one.item]
        return ngettext(
            "Bought %(item)s on %(own)d of the last %(visits)d visit",
            "Bought %(item)s on %(own)d of the last %(visits)d visits",
            one.visits,
        ) % {"item": label, "own": one.own, "visits": one.visits}
    if one.buyers and one.crowd >= SMALLEST_CROWD:
        return _("%(buyers)d of %(crowd)d customers who buy alike buy it") % {"buyers": one.buyers, "crowd": one.crowd}
    if candidate.taken:
        return ngettext(
            "Has taken it %(times)d time before", "Has taken it %(times)d times before", candidate.taken
        ) % {"times": candidate.taken}
    return _("Of use to anybody") if one.item is None else _("Something new: not bought so far")


def achievable(one: Scored, points) -> str:
    """How far away it is."""
    candidate = one.candidate
    if not candidate.missing:
        return _("Enough points now")
    missing = points(candidate.missing)
    if candidate.days is None:
        return _("%(points)s short") % {"points": missing}
    return ngettext(
        "%(points)s short: about %(days)s day at this pace",
        "%(points)s short: about %(days)s days at this pace",
        candidate.days,
    ) % {"points": missing, "days": number_format(candidate.days, force_grouping=True)}


def practical(one: Scored) -> str:
    """What makes it easy to use, where that is not plain."""
    if one.candidate.reward.benefit["kind"] != "free_shipping":
        return ""
    return _("%(delivered)d of %(visits)d purchases were delivered") % {
        "delivered": one.delivered,
        "visits": one.visits,
    }
