"""A survey as customers see it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import money, points
from loyalty_site.selectors import joining
from loyalty_site.selectors.programs import places_in, read
from rewards import rules
from rewards.earning import Earned
from rewards.models import ProgramVersion
from rewards.models.programs import Kind
from rewards.rules.triggers import SURVEY


def promised(merchant: Merchant, *, at: datetime) -> list[str]:
    """What programs that run give for an answer, in their rules' words (two queries; locations one more)."""
    with timezone.override(ZoneInfo(merchant.timezone)):
        found = [one.program for one in joining.promises(merchant, at=at)]
        return [said for program in found for said in thanks_of(list(program.versions.all())[-1], merchant)]


def thanks_of(version: ProgramVersion, merchant: Merchant) -> list[str]:
    """The rules of a version for answers to surveys, in words."""
    thanking = [rule for rule in read(version).rules if rule.trigger == SURVEY]
    if not thanking:
        return []
    places, unit, currency = places_in(merchant, [version]), version.program.unit, merchant.currency
    write = {"money": lambda minor: money(minor, currency), "points": lambda count: points(count, unit)}
    return [rules.sentence(rule, places=places, **write) for rule in thanking]


def thanked(earned: list[Earned]) -> list[str]:
    """What was given for an answer, in the units of each program."""
    given = [one for one in earned if one.points and one.program.kind != Kind.MEMBERSHIP]
    return [points(one.points, one.program.unit) for one in given]
