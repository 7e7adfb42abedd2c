"""Rules and awards in words, in the language that is active when they are read; nothing of this is stored.

`money` writes minor units, `points` a number of points in the program's unit; `places` gives locations and audiences
their names.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.merchants.templatetags.ficha import channel, day

from .awarding import written
from .terms import Limit, Rule, When
from .triggers import PURCHASE

DAYS = {
    1: gettext_lazy("Mondays"),
    2: gettext_lazy("Tuesdays"),
    3: gettext_lazy("Wednesdays"),
    4: gettext_lazy("Thursdays"),
    5: gettext_lazy("Fridays"),
    6: gettext_lazy("Saturdays"),
    7: gettext_lazy("Sundays"),
}
PERIODS = {
    "day": gettext_lazy("a day"),
    "week": gettext_lazy("a week"),
    "month": gettext_lazy("a month"),
    "year": gettext_lazy("a year"),
    "ever": gettext_lazy("ever"),
}
FOR = {
    "purchase": gettext_lazy("for a purchase"),
    "signup": gettext_lazy("for joining"),
    "birthday": gettext_lazy("on the birthday"),
    "profile_complete": gettext_lazy("for a complete card: name, birthday, and phone or e-mail"),
    "visit": gettext_lazy("for a visit"),
    "review": gettext_lazy("for a review"),
    "social_share": gettext_lazy("for sharing online"),
    "survey": gettext_lazy("for answering a survey"),
    "referral_advocate": gettext_lazy("for recommending the shop to a friend"),
    "referral_friend": gettext_lazy("for coming on a friend's recommendation"),
}
Write = Callable[[int], str]


def with_whens(awards: Iterable[Mapping], rules_json: Iterable[Mapping]) -> list[dict]:
    """Stored awards of a version, each with the conditions of its rule as they were sent: `when`."""
    whens = {rule["name"].strip(): rule["when"] for rule in rules_json if rule.get("when")}
    return [{**award, "when": whens.get(award["rule"])} for award in awards]


def occasion(trigger: str) -> str:
    """What a rule gives something for; an activity of the shop's own by its name."""
    return str(FOR[trigger]) if trigger in FOR else _("for: %(activity)s") % {"activity": trigger.replace("_", " ")}


def why(award: Mapping, money: Write, *, cash: bool = False) -> str:
    """The reason of a stored award as a sentence, with the conditions of its rule where it has them as `when`.

    With `cash` its units are money.
    """
    said = (why_cash if cash else REASONS[award["kind"]])(award, money)
    terms = award["terms"]
    if conditions := said_conditions(award.get("when") or {}, money):
        said = f"{said} ({', '.join(conditions)})"
    if "cut_from" in terms:
        said = cut(said, award["points"], money if cash else None)
    return said


def cut(said: str, points: int, money: Write | None) -> str:
    """A reason whose award was cut by a limit."""
    if money:
        return _("%(why)s, cut to %(amount)s by a limit") % {"why": said, "amount": money(points)}
    return _("%(why)s, cut to %(points)d by a limit") % {"why": said, "points": points}


def why_cash(award: dict, money: Write) -> str:
    """The reason of an award whose units are money."""
    terms = award["terms"]
    given = {"amount": money(terms.get("points", 0))}
    if award["kind"] == "per_amount":
        values = {**given, "every": money(terms["every"]), "base": money(award["base"])}
        return _("%(amount)s for each full %(every)s of %(base)s") % values
    if award["kind"] == "per_item":
        said = ngettext("%(amount)s for %(units)d item", "%(amount)s for each of %(units)d items", terms["units"])
        return said % {**given, "units": terms["units"]}
    if award["kind"] == "multiply":
        values = {"amount": money(terms.get("before", award["base"])), "factor": number_format(terms["factor"])}
        said = _("%(amount)s × %(factor)s") % values
        return as_tier(said, terms)
    if trigger := terms.get("trigger"):
        return _("%(amount)s %(occasion)s") % {**given, "occasion": occasion(trigger)}
    return _("%(amount)s for the purchase") % given


def why_amount(award: dict, money: Write) -> str:
    return _("%(points)d for each full %(every)s of %(base)s") % {
        "points": award["terms"]["points"],
        "every": money(award["terms"]["every"]),
        "base": money(award["base"]),
    }


def why_items(award: dict, money: Write) -> str:
    units = award["terms"]["units"]
    said = ngettext("%(points)d for %(units)d item", "%(points)d for each of %(units)d items", units)
    return said % {"points": award["terms"]["points"], "units": units}


def why_fixed(award: dict, money: Write) -> str:
    if trigger := award["terms"].get("trigger"):
        return _("%(points)d %(occasion)s") % {"points": award["terms"]["points"], "occasion": occasion(trigger)}
    return _("%(points)d for the purchase") % {"points": award["terms"]["points"]}


def why_multiplied(award: dict, money: Write) -> str:
    """By how much the points of amounts and items were multiplied, and what was added."""
    terms = award["terms"]
    base = terms.get("before", award["base"])
    said = ngettext("%(base)d point × %(factor)s", "%(base)d points × %(factor)s", base)
    return as_tier(said % {"base": base, "factor": number_format(terms["factor"])}, terms)


def as_tier(said: str, terms: Mapping) -> str:
    """A reason whose factor is that of a tier."""
    return _("%(why)s, as %(tier)s") % {"why": said, "tier": terms["tier"]} if "tier" in terms else said


REASONS: dict[str, Callable[[dict, Write], str]] = {
    "per_amount": why_amount,
    "per_item": why_items,
    "fixed": why_fixed,
    "multiply": why_multiplied,
}


def said_conditions(when: Mapping, money: Write) -> list[str]:
    """The conditions, as they were sent, that a customer would ask about."""
    return [*said_products(when), *said_times(when), *said_ways(when, money)]


def said_products(when: Mapping) -> list[str]:
    """Which products; where categories and SKUs are named a line must be of both, so they are two phrases."""
    wanted = (when[part] for part in ("categories", "skus") if part in when)
    phrases = [_("of %(products)s") % {"products": ", ".join(products)} for products in wanted]
    if products := [*when.get("exclude_categories", []), *when.get("exclude_skus", [])]:
        phrases.append(_("without %(products)s") % {"products": ", ".join(products)})
    return phrases


def said_times(when: Mapping) -> list[str]:
    """On which days and at which hours; every day needs no words."""
    phrases = []
    if len(days := set(when.get("weekdays", DAYS))) < len(DAYS):
        phrases.append(_("on %(days)s") % {"days": ", ".join(str(DAYS[number]) for number in sorted(days))})
    if when.get("hours"):
        phrases.append("–".join(when["hours"]))
    return phrases


def said_ways(when: Mapping, money: Write) -> list[str]:
    """For how much, by which way, by whom, and with which code."""
    phrases = []
    if when.get("min_amount"):
        phrases.append(_("from %(amount)s up") % {"amount": money(when["min_amount"])})
    if when.get("channels"):
        names = ", ".join(str(channel(one)) for one in when["channels"])
        phrases.append(_("sold through: %(channels)s") % {"channels": names})
    if "first_purchase" in when:
        phrases.append(_("if it is the first purchase") if when["first_purchase"] else _("after the first purchase"))
    if "birthday_window_days" in when:
        phrases.append(birthday(when["birthday_window_days"]))
    if when.get("code"):
        phrases.append(_("with the code %(code)s") % {"code": when["code"].strip()})
    if when.get("tiers"):
        phrases.append(_("for members in the tier %(tiers)s") % {"tiers": one_of(when["tiers"])})
    return phrases


def one_of(names: list[str]) -> str:
    """Names of which one is enough."""
    names = [name.strip() for name in names]
    said = ", ".join(names[:-1])
    return _("%(names)s or %(last)s") % {"names": said, "last": names[-1]} if said else names[-1]


def birthday(days: int) -> str:
    """How near to the birthday."""
    if not days:
        return _("on the birthday")
    return ngettext(
        "within %(days)d day of the birthday", "within %(days)d days of the birthday", days
    ) % {"days": days}  # fmt: skip


def sentence(rule: Rule, *, money: Write, points: Write, places: Mapping[str, str] | None = None) -> str:
    """A rule in words: 2 points for each full €1.00 on Tuesdays, 15:00–17:00."""
    phrases = said_conditions(rule.said or {}, money)
    phrases += [] if rule.when is None else [*where(rule.when, places or {}), *since(rule.when)]
    said = " ".join([gives(rule, money, points), ", ".join(phrases)]).strip()
    bounds = limited(rule, points)
    if rule.exclusive:
        bounds.append(_("instead of every other rule"))
    return f"{said}{''.join(f'; {bound}' for bound in bounds)}."


def gives(rule: Rule, money: Write, points: Write) -> str:
    """What a rule gives, without its conditions."""
    if rule.kind == "per_amount":
        return _("%(points)s for each full %(amount)s") % {"points": points(rule.points), "amount": money(rule.every)}
    if rule.kind == "per_item":
        return _("%(points)s for each item") % {"points": points(rule.points)}
    if rule.trigger != PURCHASE:
        return _("%(points)s %(occasion)s") % {"points": points(rule.points), "occasion": occasion(rule.trigger)}
    if rule.kind == "fixed":
        return _("%(points)s for a purchase") % {"points": points(rule.points)}
    return _("%(factor)s times the points for amounts and items") % {"factor": number_format(written(rule.factor))}


def where(when: When, places: Mapping[str, str]) -> list[str]:
    """At which locations and for whom, by name; by id where one is gone."""
    phrases = []
    if when.locations:
        phrases.append(_("at %(locations)s") % {"locations": ", ".join(sorted(called(when.locations, places)))})
    if when.audiences:
        lists = one_of(sorted(called(when.audiences, places)))
        phrases.append(_("for customers on the list %(lists)s") % {"lists": lists})
    return phrases


def called(ids: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Things by their names."""
    return [names.get(one, one) for one in ids]


def since(when: When) -> list[str]:
    """From when until when the rule holds."""
    phrases = []
    if when.starts_at:
        phrases.append(_("from %(day)s on") % {"day": moment(when.starts_at)})
    if when.ends_at:
        local = timezone.localtime(when.ends_at)
        if (local.hour, local.minute, local.second) == (0, 0, 0):
            phrases.append(_("through %(day)s") % {"day": day(local - timedelta(days=1))})
        else:
            phrases.append(_("until %(day)s") % {"day": moment(when.ends_at)})
    return phrases


def moment(at: datetime) -> str:
    """A day on the shop's clock, with the time unless it is midnight."""
    local = timezone.localtime(at)
    return day(local) if (local.hour, local.minute) == (0, 0) else f"{day(local)}, {local:%H:%M}"


def limited(rule: Rule, points: Write) -> list[str]:
    """How often, and how much, at most."""
    if rule.limits is None:
        return []
    phrases = []
    if rule.limits.max_per_purchase:
        phrases.append(_("at most %(points)s for a purchase") % {"points": points(rule.limits.max_per_purchase)})
    if rule.limits.per_customer:
        phrases.append(_("each customer %(bound)s") % {"bound": bound(rule.limits.per_customer, points)})
    if rule.limits.total:
        phrases.append(_("all customers together %(bound)s") % {"bound": bound(rule.limits.total, points)})
    return phrases


def bound(limit: Limit, points: Write) -> str:
    """A limit in words: at most once a day, at most 50 points a month."""
    period = PERIODS[limit.period]
    if limit.points is not None:
        return _("at most %(points)s %(period)s") % {"points": points(limit.points), "period": period}
    if limit.times == 1:
        return _("at most once %(period)s") % {"period": period}
    return _("at most %(times)d times %(period)s") % {"times": limit.times, "period": period}
