"""Points, tiers and how far the next reward is."""

from dataclasses import replace
from datetime import timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from rewards import ledger
from rewards.expiry import midnight
from rewards.models import Lot, Membership, Program, ProgramVersion, Reward
from rewards.models.programs import Kind as ProgramKind
from segments.criteria.facts import Sums, Within, within
from segments.criteria.field import Condition, Field, Group, Moment, Param
from segments.criteria.kinds import Kind
from segments.criteria.shapes import days_ago, holds, local_day

from .accounts import Spendable, Standing, Visits

NOBODY = Q(pk__in=[])
MOST_OWED = 2**40  # points; nobody is further from a reward


def programs(merchant: Merchant) -> list[tuple[str, str]]:
    """The programs that were ever activated, by their ids."""
    found = Program.objects.for_merchant(merchant).started().order_by("name", "pk")
    return list(found.values_list("public_id", "name"))


def with_points(merchant: Merchant) -> list[tuple[str, str]]:
    """Those of them that have something to collect."""
    found = Program.objects.for_merchant(merchant).started().exclude(kind=ProgramKind.MEMBERSHIP)
    return list(found.order_by("name", "pk").values_list("public_id", "name"))


def with_tiers(merchant: Merchant) -> list[tuple[str, str]]:
    """Those of them whose last version has tiers."""
    last = ProgramVersion.objects.filter(program=OuterRef("pk")).order_by("-number")
    found = Program.objects.for_merchant(merchant).started().annotate(tiers=Subquery(last.values("tiers")[:1]))
    return [(one, name) for one, name, tiers in found.order_by("name", "pk").values_list("public_id", "name", "tiers")
            if tiers]  # fmt: skip


def program_of(condition: Condition, moment: Moment) -> Program:
    """The program that a condition names (one query)."""
    return Program.objects.for_merchant(moment.merchant).get(public_id=condition.params["program"])


def enrolled(condition: Condition, moment: Moment) -> Q:
    """Members of a program."""
    ids = condition.value if condition.op == "in" else (condition.value,)
    mine = Membership.objects.for_merchant(moment.merchant).filter(program__public_id__in=ids)
    return within(mine.values("customer"))


def member_days(condition: Condition, moment: Moment) -> Q:
    """Days since somebody joined a program."""
    mine = Membership.objects.for_merchant(moment.merchant).filter(program__public_id=condition.params["program"])
    return within(mine.filter(local_day("joined_at")(condition, moment)).values("customer"))


def tier(condition: Condition, moment: Moment) -> Q:
    """The tier held now, whatever has been booked (one query more, of the tiers that ended unbooked)."""
    mine = Membership.objects.for_merchant(moment.merchant).filter(program__public_id=condition.params["program"])
    found = Q()
    for name in condition.value if condition.op == "in" else (condition.value,):
        found |= within(mine.in_tier(name, moment.at).values("customer"))
    return found


def members_who(program: Program, accounts: Spendable | Visits) -> Q:
    """Members with one of these accounts."""
    return within(Membership.objects.filter(Within("account", accounts), program=program).values("customer"))


def points(condition: Condition, moment: Moment) -> Q:
    """What a member can spend now."""
    program = program_of(condition, moment)
    return members_who(program, Spendable(Standing.at(program, moment), condition.op, condition.value))


def members_with(program: Program, parts: tuple[QuerySet, ...], condition: Condition) -> Q:
    """Members of whose account a sum of points compares so; without a row it is 0."""
    members = Membership.objects.filter(program=program)
    if holds(condition.op, condition.value, 0):
        members = members.filter(
            ~Q(Within("account", Sums(parts, "value", condition.op, condition.value, negated=True)))
        )
    else:
        members = members.filter(Within("account", Sums(parts, "value", condition.op, condition.value)))
    return within(members.values("customer"))


def goal_of(program: Program, moment: Moment) -> int | None:
    """What the cheapest reward that everybody can take costs, or a full card; None for none (two queries at most)."""
    stamps = program.versions.order_by("-number").values_list("stamps", flat=True).first()
    if stamps:
        return stamps["size"]
    menu = Reward.objects.filter(program=program, tiers=[], audience=None, cost__gt=0).offered(moment.at)
    return menu.filter(Q(stock=None) | Q(stock__gt=0)).order_by("cost").values_list("cost", flat=True).first()


def missing(condition: Condition, moment: Moment) -> Q:
    """Points short of the cheapest reward, or of a full card; 0 for who has enough."""
    program = program_of(condition, moment)
    goal = goal_of(program, moment)
    members = Membership.objects.filter(program=program)
    if goal is None:
        return NOBODY
    if condition.op == "exists":
        return within(members.values("customer"))
    found, standing = NOBODY, Standing.at(program, moment)
    for one in short(condition, goal):
        found |= members_who(program, Spendable(standing, one.op, one.value))
    return found


def short(condition: Condition, goal: int) -> list[Condition]:
    """What is missing, asked of what is there: nothing is missing from the goal on."""
    op, value = condition.op, condition.value
    if op == "in":
        return [one for item in value for one in short(replace(condition, op="eq", value=item), goal)]
    least, most = value if op == "between" else (value, value)
    if op in {"lt", "lte"}:
        least = 0
    if op in {"gt", "gte"}:
        most = goal + MOST_OWED
    least, most = least + (op == "gt"), most - (op == "lt")
    if most < least:
        return []
    if least == 0:
        return [replace(condition, op="gte", value=goal - most)]
    return [replace(condition, op="between", value=(goal - most, goal - least))]


def visits(condition: Condition, moment: Moment) -> Q:
    """Visits short of a reward, for who holds points of a purchase; 0 for who has enough.

    What one visit earns is told by the newest lot that still holds something: a look at the lots that are open, where
    the last entry of everybody would be looked up in all of the history.
    """
    program = program_of(condition, moment)
    goal = goal_of(program, moment)
    if goal is None:
        return NOBODY
    of_purchases = Lot.objects.filter(purchase__isnull=False).order_by()
    open_lots = ledger.good(program, of_purchases, at=moment.at)
    if condition.op == "exists":
        members = Membership.objects.filter(program=program, account__in=open_lots.values("account"))
        return within(members.values("customer"))
    newest = open_lots.values_list("account", "pk", "points")
    return members_who(program, Visits(Standing.at(program, moment), newest, goal, condition.op, condition.value))


def expiring(condition: Condition, moment: Moment) -> Q:
    """Points whose last day is one of the next ones; what waits for a purchase to last is not among them."""
    end = midnight(moment.today + timedelta(days=condition.params["days"]), moment.merchant.timezone)
    program = program_of(condition, moment)
    lots = Lot.objects.filter(account__program=program, remaining__gt=0, available_at__lte=moment.at)
    lots = lots.filter(expires_at__gt=moment.at, expires_at__lte=end)
    return members_with(program, (lots.values_list("account", Value(0), "remaining"),), condition)


def has_points(merchant: Merchant) -> bool:
    return bool(with_points(merchant))


def has_programs(merchant: Merchant) -> bool:
    return bool(programs(merchant))


def has_tiers(merchant: Merchant) -> bool:
    return bool(with_tiers(merchant))


def program(choices) -> Param:
    """The program that a field asks about."""
    return Param("program", _("In the program"), Kind.REFERENCE, _("the id of the program."), True, choices)


POINTS = program(with_points)
FIELDS = [
    Field(
        "points", _("Points to spend"), Group.POINTS, Kind.COUNT,
        _("What a member can spend now, in units of the program: what is open, less what is owed and set aside."),
        points, _("have %(this)s to spend in %(program)s"), _("do not have %(this)s to spend in %(program)s"),
        unit="points", params=(POINTS,), is_offered=has_points, lowest=-(2**31),
    ),
    Field(
        "points_missing", _("Points short of a reward"), Group.POINTS, Kind.COUNT,
        _("Points short of the cheapest reward that everybody can take, or stamps short of a full card; 0 for who has "
          "enough."),
        missing, _("are %(this)s short of a reward in %(program)s"),
        _("are not %(this)s short of a reward in %(program)s"), _("collect for a reward in %(program)s"),
        _("do not collect for a reward in %(program)s"), unit="points", params=(POINTS,), is_offered=has_points,
    ),
    Field(
        "visits_missing", _("Visits short of a reward"), Group.POINTS, Kind.COUNT,
        _("How many purchases that earn as much as their newest points did are missing to the cheapest reward, or to a "
          "full card; 0 for who has enough."),
        visits, _("are %(this)s short of a reward in %(program)s"),
        _("are not %(this)s short of a reward in %(program)s"), _("hold points of a purchase in %(program)s"),
        _("hold no points of a purchase in %(program)s"), unit="visits", params=(POINTS,), is_offered=has_points,
    ),
    Field(
        "points_ending", _("Points that end soon"), Group.POINTS, Kind.COUNT,
        _("Points of the program whose last day is one of the next days, today included."), expiring,
        _("have %(this)s in %(program)s that end within %(days)s"),
        _("do not have %(this)s in %(program)s that end within %(days)s"), unit="points",
        params=(POINTS, Param("days", _("How many days"), Kind.DAYS, _("how many days ahead, today included."),
                              True)),
        is_offered=has_points,
    ),
    Field(
        "program", _("Program"), Group.POINTS, Kind.REFERENCE, _("A program that they are enrolled in."), enrolled,
        _("are members of %(this)s"), _("are not members of %(this)s"), choices=programs, is_offered=has_programs,
    ),
    Field(
        "member_days", _("Days since joining a program"), Group.POINTS, Kind.DAYS,
        _("Days from the day on which they were enrolled to today."), days_ago(member_days),
        _("joined %(program)s %(this)s ago"), _("did not join %(program)s %(this)s ago"), unit="days",
        params=(program(programs),), is_offered=has_programs,
    ),
    Field(
        "tier", _("Tier"), Group.POINTS, Kind.TEXT, _("The tier that they hold in the program, by its name."), tier,
        _("hold the tier %(this)s in %(program)s"), _("do not hold the tier %(this)s in %(program)s"),
        params=(program(with_tiers),), is_offered=has_tiers,
    ),
]  # fmt: skip
