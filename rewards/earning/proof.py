"""Proving what purchases keep: the points, and the uses of rules with limits, are what their rest earns. Reads only."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from customers.merchants.models import Merchant
from customers.models import Purchase, Refund
from customers.models.imports import State
from rewards.models import Judgement, Program, RuleDay, RuleUse
from rewards.programs import Terms

from .rest import Rest, total
from .returning import kept_points
from .uses import EVER, note, uses_of

AT_ONCE = 2_000


def differences(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each purchase, use, or day of uses that is not what the judgements say; none when all is well."""
    programs = Program.objects.select_related("merchant").prefetch_related("versions").order_by("pk")
    for program in programs.filter(merchant=merchant) if merchant else programs:
        zone = program.merchant.timezone
        versions = [version.pk for version in program.versions.all() if Terms.of(version, zone).ruleset.counted]
        yield from wrong_points(program)
        yield from wrong_uses(program, versions)


def wrong_points(program: Program) -> Iterator[str]:
    """Purchases that keep other points than their rest earns, and members who keep points of what is somebody else's.

    An undone import leaves what has expired to the books of expiry: so of what it recorded nothing is asked, and of
    what it had returned only that no more is kept.
    """
    judged = Judgement.objects.filter(program=program, purchase__isnull=False).defer("awards").order_by("pk")
    theirs = Judgement.objects.standing().filter(purchase=OuterRef("purchase"), membership=OuterRef("membership"))
    for part in in_parts(judged.filter(Q(withdrawn=0) | ~Exists(theirs))):
        keys = {one.purchase_id for one in part}
        purchases = Purchase.objects.exclude(imported__state=State.UNDONE).in_bulk(keys)
        part = [one for one in part if one.purchase_id in purchases]
        returns = set(Refund.objects.filter(purchase_id__among=keys).values_list("purchase", "undone_at"))
        undone = {purchase for purchase, undone_at in returns if undone_at}
        earns, kept = deserved(program, part, purchases, {key for key, at in returns if at is None}), kept_points(keys)
        for one in part:
            (__, has), wanted = kept.get((one.purchase_id, one.membership_id), (0, 0)), earns[one.pk]
            if has > wanted or (has < wanted and one.purchase_id not in undone):
                yield f"judgement {one.pk}: the rest of its purchase earns {wanted}, but {has} points are kept"


def deserved(
    program: Program, part: list[Judgement], purchases: dict[int, Purchase], came_back: set[int]
) -> dict[int, int]:
    """What judgements still give: for a whole purchase what they gave, for somebody else's by now nothing."""
    found = {one.pk: 0 if one.withdrawn else one.points for one in part}
    changed = {key for key, one in purchases.items() if one.voided_at or key in came_back}
    standing = [one for one in part if one.purchase_id in changed and not one.withdrawn]
    prefetch_related_objects(standing, "version")
    rest = Rest(program.merchant, standing, purchases)
    return found | {one.pk: total(rest.awards(one)) for one in standing}


def in_parts(judged: QuerySet) -> Iterator[list[Judgement]]:
    """Judgements, some thousand at a time."""
    last = 0
    while part := list(judged.filter(pk__gt=last)[:AT_ONCE]):
        last = part[-1].pk
        yield part


def wrong_uses(program: Program, versions: list[int]) -> Iterator[str]:
    """The uses and days of one program."""
    days: dict[tuple[str, date], list[int]] = {}
    unsaid = set(RuleUse.objects.filter(program=program, points__gt=0).values_list("pk", flat=True))
    judged = Judgement.objects.standing().filter(program=program, version__in=versions, purchase__isnull=False)
    judged = judged.select_related("version").order_by("pk")
    for part in in_parts(judged):
        yield from wrong_part(program, part, days, unsaid)
    yield from wrong_of_activities(program, versions, days, unsaid)
    for use in RuleUse.objects.filter(pk__in=sorted(unsaid)):
        yield f"use {use.pk} of the rule {use.rule}: {use.points} points, but no judgement gives them"
    found = {
        (rule, day): [times, points]
        for rule, day, times, points in RuleDay.objects.filter(program=program).values_list(
            "rule", "day", "times", "points"
        )
    }
    for key in sorted({*days, *found}):
        said, summed = found.get(key, [0, 0]), days.get(key, [0, 0])
        if said != summed:
            when = "ever" if key[1] == EVER else key[1]
            yield f"rule {key[0]} of program {program.pk}, {when}: {said}, but its uses add up to {summed}"


def wrong_of_activities(program: Program, versions: list[int], days: dict, unsaid: set[int]) -> Iterator[str]:
    """The uses of activities, of which nothing ever comes back: each is what its judgement gave."""
    zone = program.merchant.timezone
    limited = {
        version.pk: {rule.name: rule for rule in Terms.of(version, zone).ruleset.counted}
        for version in program.versions.all()
        if version.pk in versions
    }
    uses = RuleUse.objects.filter(program=program, activity__isnull=False)
    standing = {(use.activity_id, use.rule): use for use in uses.iterator(chunk_size=AT_ONCE)}
    judged = Judgement.objects.filter(program=program, version__in=versions, activity__isnull=False)
    for one in judged.select_related("activity").iterator(chunk_size=AT_ONCE):
        for award in one.awards:
            if not (rule := limited[one.version_id].get(award["rule"])):
                continue
            use = standing.get((one.activity_id, rule.name))
            unsaid.discard(use and use.pk)
            if use is None or use.points != award["points"]:
                had = use.points if use else 0
                yield f"judgement {one.pk}: the rule {rule.name} gives {award['points']}, but its use says {had}"
            if rule.limits.total:
                for day in (one.activity.occurred_on, EVER):
                    note(days, (rule.name, day), 1, award["points"])


def wrong_part(program: Program, part: list[Judgement], days: dict, unsaid: set[int]) -> Iterator[str]:
    """The uses of some judgements; adds them up by day, and leaves in `unsaid` what nobody asked for."""
    keys = {one.purchase_id for one in part}
    purchases = Purchase.objects.in_bulk(keys)
    standing = {
        (purchase, rule): (key, points)
        for key, purchase, rule, points in RuleUse.objects.filter(program=program, purchase_id__among=keys).values_list(
            "pk", "purchase", "rule", "points"
        )
    }
    rest = Rest(program.merchant, [one for one in part if one.purchase_id in purchases], purchases)
    for one in rest.judged:
        for rule, points in uses_of(rest.ruleset(one), rest.awards(one)):
            key, had = standing.get((one.purchase_id, rule.name), (None, 0))
            unsaid.discard(key)
            if had != points:
                yield f"judgement {one.pk}: the rule {rule.name} gives {points}, but its use says {had}"
            if rule.limits.total and points:
                for day in (purchases[one.purchase_id].occurred_on, EVER):
                    note(days, (rule.name, day), 1, points)
