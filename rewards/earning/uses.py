"""What rules with limits gave so far: counted while a batch is judged, kept in step when something comes back.

Whoever counts holds the customers (customers.activity.hold) and, for limits over all customers, passes a turnstile:
the first version's row of the program, which nobody else locks. So two tills at once cannot exceed a limit. The order
is customers, purchases, turnstiles, accounts.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from customers.merchants import rows
from rewards.models import ProgramVersion, RuleDay, RuleUse
from rewards.rules import Award, Limit, Rule, Ruleset, left, period_start

EVER = date.min  # the day of the row that adds up all days
FIELDS = ["purchase", "activity", "program", "membership", "rule", "day", "points"]
DAY_FIELDS = ["program", "rule", "day", "times", "points"]
Key = tuple[int, str]  # membership or program, and the rule's name


class Used:
    """Times and points of a rule by local day, and by the calendar periods that somebody has asked about."""

    def __init__(self):
        self.days: dict[date, list[int]] = {}
        self.sums: dict[tuple[str, date], list[int]] = {}
        self.periods: set[str] = set()

    def load(self, day: date, times: int, points: int) -> None:
        """What was used on a day before; the row of all days answers for ever."""
        if day == EVER:
            self.sums["ever", EVER] = [times, points]
            self.periods.add("ever")
        else:
            self.days[day] = [times, points]

    def within(self, limit: Limit | None, day: date) -> list[int]:
        """Times and points of the period of a limit around a day."""
        if limit is None:
            return [0, 0]
        if limit.period not in self.periods:
            self.periods.add(limit.period)
            for on, (times, points) in self.days.items():
                self.count(limit.period, on, times, points)
        return self.sums.setdefault((limit.period, period_start(limit.period, day)), [0, 0])

    def add(self, day: date, points: int) -> None:
        """One use more on a day."""
        sums = self.days.setdefault(day, [0, 0])
        sums[0] += 1
        sums[1] += points
        for period in self.periods:
            self.count(period, day, 1, points)

    def count(self, period: str, day: date, times: int, points: int) -> None:
        """Uses of a day in the sums of its calendar period."""
        sums = self.sums.setdefault((period, period_start(period, day)), [0, 0])
        sums[0] += times
        sums[1] += points


def earliest_start(counted: Iterable[tuple[Rule, date]], scope: str) -> date | None:
    """The first day that limits of a scope look at, around the days of purchases; None where there are none."""
    limits = ((getattr(rule.limits, scope), day) for rule, day in counted)
    return min((period_start(limit.period, day) for limit, day in limits if limit), default=None)


def days_of(programs: set[int], start: date | None) -> QuerySet[RuleDay]:
    """The days that limits over all customers look at: from a day on, and the row that answers for ever."""
    wanted = Q(day=EVER) if start in (None, EVER) else Q(day=EVER) | Q(day__gte=start)
    return RuleDay.objects.filter(wanted, program__in=programs)


class Tally:
    """The uses that limits look at while purchases are judged, those of the purchases themselves included.

    Two queries where rules limit each customer, three more for limits over all, none without limits.
    """

    def __init__(self, cases: list):
        self.mine: dict[Key, Used] = defaultdict(Used)
        self.everybody: dict[Key, Used] = defaultdict(Used)
        self.uses: list[tuple] = []
        self.added: dict[tuple[int, str, date], list[int]] = {}
        limited = [case for case in cases if "uses" in case.ruleset.needs]
        if limited:
            self.load(limited)

    def load(self, cases: list) -> None:
        """Fetch what was used before."""
        counted = [(rule, case.happened.occurred_on) for case in cases for rule in case.ruleset.counted]
        shared = {case.program.pk for case in cases if any(rule.limits.total for rule in case.ruleset.counted)}
        if shared:
            pass_turnstiles(shared)
            bounded = [(rule, day) for rule, day in counted if rule.limits.total and rule.limits.total.period != "ever"]
            days = days_of(shared, earliest_start(bounded, "total"))
            for program, rule, day, times, points in days.values_list(*DAY_FIELDS):
                self.everybody[program, rule].load(day, times, points)
        if start := earliest_start(counted, "per_customer"):
            used = RuleUse.objects.filter(
                membership_id__among={case.membership for case in cases}, day__gte=start, points__gt=0
            )
            for member, rule, day, times, points in (
                used.values_list("membership", "rule", "day").annotate(Count("pk"), Sum("points")).order_by()
            ):
                self.mine[member, rule].load(day, times, points)

    def left(self, case) -> dict[str, int]:
        """What limits leave to the rules of a case, in points, for those that they bound."""
        day = case.happened.occurred_on
        found = {}
        for rule in case.ruleset.counted:
            mine = self.mine[case.membership, rule.name].within(rule.limits.per_customer, day)
            everybody = self.everybody[case.program.pk, rule.name].within(rule.limits.total, day)
            bound = left(rule, mine=mine, everybody=everybody)
            if bound is not None:
                found[rule.name] = bound
        return found

    def add(self, case, awards: list[Award]) -> None:
        """Note what a purchase or activity used."""
        given = {award.rule: award.points for award in awards}
        day = case.happened.occurred_on
        for rule in case.ruleset.counted:
            if points := given.get(rule.name):
                self.uses.append((*case.source, case.program.pk, case.membership, rule.name, day, points))
                self.mine[case.membership, rule.name].add(day, points)
                if rule.limits.total:
                    key = (case.program.pk, rule.name)
                    self.everybody[key].add(day, points)
                    for counted_on in (day, EVER):
                        note(self.added, (*key, counted_on), 1, points)

    def write(self) -> None:
        """Keep what was used."""
        rows.insert(RuleUse, FIELDS, self.uses)
        add_days(self.added)


def note(changes: dict, key: tuple, times: int, points: int) -> None:
    """Times and points more, or less, of a rule on a day."""
    sums = changes.setdefault(key, [0, 0])
    sums[0] += times
    sums[1] += points


def pass_turnstiles(programs: set[int]) -> None:
    """Wait until nobody else counts the uses of these programs over all customers."""
    first = ProgramVersion.objects.filter(program__in=programs, number=1).order_by("program")
    list(first.select_for_update(no_key=True).values_list("pk"))


def add_days(changes: dict[tuple[int, str, date], list[int]]) -> None:
    """Bring the sums over all customers up to date (three statements); the turnstiles are passed."""
    if not changes:
        return
    programs, rules, days = (set(part) for part in zip(*changes, strict=True))
    standing = {
        (program, rule, day): (key, times, points)
        for key, program, rule, day, times, points in RuleDay.objects.filter(
            program__in=programs, rule__in=rules, day__in=days
        ).values_list("pk", *DAY_FIELDS)
    }
    fresh, changed = [], []
    for key, (times, points) in changes.items():
        if key in standing:
            pk, had_times, had_points = standing[key]
            changed.append((pk, had_times + times, had_points + points))
        else:
            fresh.append((*key, times, points))
    rows.insert(RuleDay, DAY_FIELDS, fresh)
    rows.change(RuleDay, ["times", "points"], changed)


def settle(settled: list[tuple]) -> None:
    """Let judged purchases use what they still earn: (judgement, rules, day, awards) of those whose rules count uses.

    Five statements at most, whatever their number; the customers are held.
    """
    if not settled:
        return
    shared = {one.program_id for one, rules, __, __ in settled if any(rule.limits.total for rule in rules.counted)}
    if shared:
        pass_turnstiles(shared)
    standing = {
        (purchase, program, rule): (key, points)
        for key, purchase, program, rule, points in RuleUse.objects.filter(
            purchase_id__among={one.purchase_id for one, *__ in settled}
        ).values_list("pk", "purchase", "program", "rule", "points")
    }
    fresh, changed, days = [], [], {}
    for one, rules, day, awards in settled:
        for rule, points in uses_of(rules, awards):
            key, had = standing.get((one.purchase_id, one.program_id, rule.name), (None, 0))
            if points == had:
                continue
            if key is None:
                fresh.append((one.purchase_id, None, one.program_id, one.membership_id, rule.name, day, points))
            else:
                changed.append((key, points))
            if rule.limits.total:
                for counted_on in (day, EVER):
                    note(days, (one.program_id, rule.name, counted_on), (points > 0) - (had > 0), points - had)
    rows.insert(RuleUse, FIELDS, fresh)
    rows.change(RuleUse, ["points"], changed)
    add_days(days)


def uses_of(rules: Ruleset, awards: list[Award]) -> list[tuple[Rule, int]]:
    """The points that awards use of each rule whose uses count, 0 included."""
    given = {award.rule: award.points for award in awards}
    return [(rule, given.get(rule.name, 0)) for rule in rules.counted]
