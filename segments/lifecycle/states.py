"""Where somebody stands by their own rhythm, and why: pure."""

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .rhythm import Rhythm


class State(TextChoices):
    """From the first purchase on, everybody stands in one of these."""

    NEW = "new", gettext_lazy("New")
    ACTIVE = "active", gettext_lazy("Active")
    WON_BACK = "won_back", gettext_lazy("Won back")
    LATE = "late", gettext_lazy("Late")
    AT_RISK = "at_risk", gettext_lazy("At risk")
    LOST = "lost", gettext_lazy("Lost")


# Away for more than so many gaps, as a fraction of twice the gap; the longest first.
SILENCES = [(State.LOST, 3, 2), (State.AT_RISK, 1, 1), (State.LATE, 3, 4)]


@dataclass(frozen=True, slots=True)
class Standing:
    """A state with what it follows from: days since the last purchase, twice the gap that counted, and that counted
    before the last pause."""

    state: State
    silence: int
    rhythm: Rhythm
    twice_gap: int | None
    twice_gap_before: int | None

    @property
    def gap(self) -> float | None:
        """The gap that counted, in days."""
        return None if self.twice_gap is None else self.twice_gap / 2

    @property
    def is_own(self) -> bool:
        """Whether that is the customer's own gap, and not the shop's."""
        return self.rhythm.twice_gap is not None

    @property
    def reason(self) -> str:
        """Why, in two sentences."""
        return f"{usual(self)} {came(self)}"


def judge(rhythm: Rhythm, *, day: date, shop: int | None) -> Standing:
    """Where somebody with this rhythm stands on a day; `shop` is twice the shop's gap, None while it has none.

    The own gap counts from three visits on. Without any gap nobody is late.
    """
    gap, silence = rhythm.twice_gap or shop, (day - rhythm.last_on).days
    before = rhythm.twice_gap_before or shop
    return Standing(state(rhythm, silence, gap, before), silence, rhythm, gap, before)


def state(rhythm: Rhythm, silence: int, gap: int | None, before: int | None) -> State:
    """Late, or worse, by the silence; otherwise new, won back or active."""
    if away := away_for(silence, gap):
        return away
    if rhythm.purchases == 1:
        return State.NEW
    if rhythm.pause and gap and away_for(rhythm.pause, before) == State.LOST and 2 * silence <= gap:
        return State.WON_BACK
    return State.ACTIVE


def away_for(silence: int, twice_gap: int | None) -> State | None:
    """Late, at risk or lost after so many days; None where it is not too long, or nobody knows."""
    if twice_gap is None:
        return None
    return next((state for state, over, under in SILENCES if under * silence > over * twice_gap), None)


def usual(one: Standing) -> str:
    """How often the customer, or customers here, come."""
    if one.gap is None:
        return _("How often customers come here is not known yet.")
    said = {"days": written(one.gap)}
    if one.is_own:
        return ngettext("Usually comes every day.", "Usually comes every %(days)s days.", plural(one.gap)) % said
    return (
        ngettext(
            "Too few visits for a rhythm of their own; customers here usually come every day.",
            "Too few visits for a rhythm of their own; customers here usually come every %(days)s days.",
            plural(one.gap),
        )
        % said
    )


def written(days: float) -> str:
    """A gap as people write it: 7 or 7.5."""
    return number_format(days, decimal_pos=0 if days.is_integer() else 1)


def plural(days: float) -> int:
    """The number that decides between one day and several."""
    return 1 if days == 1 else 2


def came(one: Standing) -> str:
    """When they came last, and what that means."""
    if one.state == State.WON_BACK:
        said = {"ago": days_ago(one.silence), "days": number_format(one.rhythm.pause)}
        said["usual"] = written(one.twice_gap_before / 2)
        return (
            _("Came %(ago)s, after %(days)s days away: more than three times the %(usual)s days that were usual then.")
            % said
        )
    words = {
        State.NEW: _("The only purchase was %(ago)s."),
        State.ACTIVE: _("Came %(ago)s."),
        State.LATE: _("Came %(ago)s, more than one and a half times as long."),
        State.AT_RISK: _("Came %(ago)s, more than twice as long."),
        State.LOST: _("Came %(ago)s, more than three times as long."),
    }
    return words[one.state] % {"ago": days_ago(one.silence)}


def days_ago(days: int) -> str:
    """Today, or so many days ago."""
    if not days:
        return _("today")
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": number_format(days, force_grouping=True)}


def definitions() -> dict[str, str]:
    """What each state means, in the active language."""
    return {
        "gap": _(
            "The middle number of days between two visits (days with a purchase): the customer's own from three visits "
            "on, otherwise that of all customers together."
        ),
        "new": _("One purchase, not longer ago than one and a half gaps."),
        "active": _("Two purchases or more, the last not longer ago than one and a half gaps."),
        "won_back": _(
            "Came back, at most one gap ago, from a pause longer than three gaps, by the gaps known before that pause."
        ),
        "late": _("Away for more than one and a half gaps."),
        "at_risk": _("Away for more than two gaps."),
        "lost": _("Away for more than three gaps."),
        "revenue": _("What these customers bought since their first purchase, less what came back, in minor units."),
        "flows": _(
            "Customers by where they stood at the end of the month before and at the end of the month; “none” had "
            "not bought yet."
        ),
    }
