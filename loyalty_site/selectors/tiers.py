"""Tiers as people read them: what a program promises, and where somebody stands."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.merchants.templatetags.ficha import day, money, points
from rewards import ladders, rules, tiers
from rewards.ladders import Ladder, Tier
from rewards.models import Membership, ProgramVersion, TierChange
from rewards.models.tiers import Cause

BY = {
    "spend": gettext_lazy("Tiers by what was spent in %(months)s: %(tiers)s."),
    "points": gettext_lazy("Tiers by the points earned in %(months)s: %(tiers)s."),
    "visits": gettext_lazy("Tiers by the purchases of %(months)s: %(tiers)s."),
}
REASONS = {
    "purchase": gettext_lazy("Since %(day)s, reached with a purchase."),
    "refund": gettext_lazy("Since %(day)s, after a return."),
    "void": gettext_lazy("Since %(day)s, after a purchase was voided."),
    "move": gettext_lazy("Since %(day)s, after a purchase was moved between customers."),
    "undo": gettext_lazy("Since %(day)s, after an import was taken back."),
    "window": gettext_lazy("Since %(day)s, because older purchases no longer count."),
    "rules": gettext_lazy("Since %(day)s, by a new version of the program."),
}


@dataclass(slots=True)
class Level:
    """Where a member stands: the tier with its reason and its end, what is missing to the next, and what it brings.

    `reached` of `goal` draws how far it is; both in what the program counts. No goal on the highest tier. `risen_at`
    where a purchase brought this tier.
    """

    name: str
    reason: str
    kept: str
    ahead: str
    perks: list[str]
    counted: str
    reached: int
    goal: int | None
    risen_at: datetime | None = None


def levels(members: Iterable[Membership], *, currency: str, at: datetime) -> dict[int, Level]:
    """Where members (`with_tiers`, with program and merchant) stand, by membership key.

    Three queries at most, none where no program has tiers.
    """
    members = list(members)
    found = tiers.progress(members[0].program.merchant, members, at=at) if members else {}
    last = tiers.last_changes(found) if found else {}
    return {
        one.pk: level(one, found[one.pk], last.get(one.pk), writer(one, found[one.pk].ladder, currency), at)
        for one in members
        if one.pk in found
    }


def level(member: Membership, stands: tiers.Progress, last: TierChange | None, write: Callable, at: datetime) -> Level:
    """Where one member stands, in words."""
    tier = stands.tier
    return Level(
        name=tier.name if tier else "",
        reason=reason(member, tier, last, at),
        kept=kept(stands, write),
        ahead=ahead(stands, write),
        perks=brings(tier) if tier else [],
        counted=counted(stands.ladder),
        reached=stands.reached,
        goal=stands.next.threshold if stands.next else None,
        risen_at=last.at if last and tier and last.cause == Cause.PURCHASE and last.to_tier == tier.name else None,
    )


def writer(member: Membership, ladder: Ladder, currency: str) -> Callable[[int], str]:
    """How a sum of what a ladder counts is written."""
    unit = member.program.unit
    return {
        "spend": lambda count: money(count, currency),
        "points": lambda count: points(count, unit),
        "visits": visits,
    }[ladder.basis]


def visits(count: int) -> str:
    said = ngettext("%(visits)s purchase", "%(visits)s purchases", count)
    return said % {"visits": number_format(count, force_grouping=True)}


def months(ladder: Ladder) -> str:
    said = ngettext("%(months)d month", "%(months)d months", ladder.window_months)
    return said % {"months": ladder.window_months}


def reason(member: Membership, tier: Tier | None, last: TierChange | None, at: datetime) -> str:
    """Why this tier: the last change, or an end that is not booked yet."""
    if tier is None:
        return ""
    ended = [end for __, end in [(None, member.tier_until), *ends_after(member)] if end and end <= at]
    if ended:
        return str(REASONS["window"]) % {"day": day(timezone.localtime(max(ended)))}
    if last is None:
        return _("From the start.")
    return str(REASONS[last.cause]) % {"day": day(timezone.localtime(last.at))}


def ends_after(member: Membership) -> list[tuple[str | None, datetime | None]]:
    """The tiers that follow, each with its end."""
    return [(name, ends and datetime.fromisoformat(ends)) for name, ends in member.tier_after or ()]


def kept(stands: tiers.Progress, write: Callable) -> str:
    """Until when the tier is held if nothing else is bought."""
    if stands.until is None or stands.tier is None:
        return ""
    last = day(timezone.localtime(stands.until) - timedelta(seconds=1))
    if stands.short:
        return _("Held through %(day)s; %(amount)s more keep it longer.") % {"day": last, "amount": write(stands.short)}
    return _("Held through %(day)s if nothing more is bought.") % {"day": last}


def ahead(stands: tiers.Progress, write: Callable) -> str:
    """How far it is to the next tier."""
    said = {"reached": write(stands.reached), "months": months(stands.ladder)}
    if stands.next is None:
        return _("%(reached)s in %(months)s. There is no higher tier.") % said
    said |= {"missing": write(stands.missing), "tier": stands.next.name}
    return _("%(reached)s in %(months)s; %(missing)s more for %(tier)s.") % said


def counted(ladder: Ladder) -> str:
    """How tiers are counted, for whoever asks."""
    what = {
        "spend": _("What was paid counts, less what came back, through the same day %(months)s later."),
        "points": _("Points earned count, less those taken back, through the same day %(months)s later."),
        "visits": _("Each purchase counts once, unless all of it came back, through the same day %(months)s later."),
    }[ladder.basis] % {"months": months(ladder)}
    return f"{what} {grace(ladder)}"


def grace(ladder: Ladder) -> str:
    """How long a tier is kept that is no longer reached."""
    if not ladder.grace_days:
        return _("A tier that is no longer reached ends at once.")
    said = ngettext(
        "A tier that is no longer reached is kept for %(days)d day more.",
        "A tier that is no longer reached is kept for %(days)d days more.",
        ladder.grace_days,
    )
    return said % {"days": ladder.grace_days} + " " + _("What comes back takes it at once.")


def brings(tier: Tier) -> list[str]:
    """What a tier brings, the factor first."""
    factor = (
        [_("%(factor)s times the points") % {"factor": number_format(rules.written(tier.factor))}]
        if tier.factor
        else []
    )
    return [*factor, *tier.perks]


def sentences(version: ProgramVersion, unit: str, currency: str) -> list[str]:
    """The tiers of a version in words; nothing where there are none."""
    ladder = ladders.parse(version.tiers, version.tier_policy, timezone.get_current_timezone_name())
    if ladder is None:
        return []
    write = writer(Membership(program=version.program), ladder, currency)
    named = ", ".join(from_which(tier, write) for tier in ladder.tiers)
    said = [str(BY[ladder.basis]) % {"months": months(ladder), "tiers": named}]
    said += [f"{tier.name}: {', '.join(brings(tier))}." for tier in ladder.tiers if brings(tier)]
    return [*said, grace(ladder)]


def from_which(tier: Tier, write: Callable) -> str:
    """A tier and from what on it is reached."""
    if not tier.threshold:
        return _("%(tier)s from the start") % {"tier": tier.name}
    return _("%(tier)s from %(sum)s on") % {"tier": tier.name, "sum": write(tier.threshold)}
