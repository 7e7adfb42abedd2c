"""Points, tiers and how far the next reward is."""

from datetime import timedelta

from django.db.models import BigIntegerField, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from rewards import ledger
from rewards.expiry import midnight
from rewards.models import Entry, Lot, Membership, Program, ProgramVersion, Reward
from rewards.models.ledger import EntryKind
from rewards.models.programs import Kind as ProgramKind
from segments.criteria.facts import within
from segments.criteria.field import Condition, Field, Group, Moment, Param
from segments.criteria.kinds import Kind
from segments.criteria.shapes import compare, days_ago, local_day


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


def members_of(accounts: QuerySet) -> Q:
    """The customers who hold these accounts."""
    return within(Membership.objects.filter(account__in=accounts.order_by().values("pk")).values("customer"))


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


def points(condition: Condition, moment: Moment) -> Q:
    """What a member can spend now."""
    return members_of(floored(program_of(condition, moment), condition, moment).filter(compare("available", condition)))


def floored(program: Program, condition: Condition, moment: Moment) -> QuerySet:
    """The accounts with what is available, without those whose balance already says that it is too little.

    Less is available than the balance says, never more, so a small balance needs no look at its lots.
    """
    accounts = ledger.with_available(program, at=moment.at)
    least = {"gte": condition.value, "gt": condition.value, "eq": condition.value}.get(condition.op)
    return accounts if least is None else accounts.filter(balance__gte=least)


def to_reward(program: Program, moment: Moment) -> QuerySet:
    """The accounts with `missing`: points short of the cheapest reward that everybody can take, or of a full card."""
    last = ProgramVersion.objects.filter(program=program).order_by("-number")
    size = Cast(KeyTextTransform("size", "stamps"), IntegerField())
    menu = Reward.objects.filter(program=program, tiers=[], audience=None).offered(moment.at)
    menu = menu.filter(Q(stock=None) | Q(stock__gt=0), cost__gt=0).order_by("cost")
    goal = Coalesce(
        Subquery(last.filter(stamps__isnull=False).annotate(size=size).values("size")[:1]),
        Subquery(menu.values("cost")[:1]),
        output_field=BigIntegerField(),
    )
    accounts = ledger.with_available(program, at=moment.at)
    return accounts.annotate(goal=goal).filter(goal__isnull=False).annotate(
        missing=Greatest(F("goal") - F("available"), 0, output_field=BigIntegerField())
    )  # fmt: skip


def missing(condition: Condition, moment: Moment) -> Q:
    """Points short of the cheapest reward, or of a full card; 0 for who has enough."""
    found = to_reward(program_of(condition, moment), moment)
    return members_of(found if condition.op == "exists" else found.filter(compare("missing", condition)))


def visits(condition: Condition, moment: Moment) -> Q:
    """Visits that earn as much as the last one did, until the points suffice; 0 for who has enough."""
    earned = Entry.objects.filter(account=OuterRef("pk"), kind=EntryKind.EARN, purchase__isnull=False)
    last = Subquery(earned.order_by("-occurred_at", "-pk").values("points")[:1], output_field=BigIntegerField())
    found = to_reward(program_of(condition, moment), moment).annotate(last=last).filter(last__gt=0)
    if condition.op == "exists":
        return members_of(found)
    whole = (F("missing") + F("last") - 1) / F("last")
    return members_of(found.annotate(visits=whole).filter(compare("visits", condition)))


def expiring(condition: Condition, moment: Moment) -> Q:
    """Points whose last day is one of the next ones; what waits for a purchase to last is not among them."""
    end = midnight(moment.today + timedelta(days=condition.params["days"]), moment.merchant.timezone)
    program = program_of(condition, moment)
    lots = Lot.objects.filter(account__program=program, remaining__gt=0, available_at__lte=moment.at)
    lots = lots.filter(expires_at__gt=moment.at, expires_at__lte=end)
    accounts = ledger.with_available(program, at=moment.at).annotate(ending=ledger.total(lots, "account", "remaining"))
    return members_of(accounts.filter(compare("ending", condition)))


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
        _("How many purchases that earn as much as the last one did are missing to the cheapest reward, or to a full "
          "card; 0 for who has enough."),
        visits, _("are %(this)s short of a reward in %(program)s"),
        _("are not %(this)s short of a reward in %(program)s"), _("earned with a purchase in %(program)s"),
        _("never earned with a purchase in %(program)s"), unit="visits", params=(POINTS,), is_offered=has_points,
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
