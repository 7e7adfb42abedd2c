"""What leans on a segment: rules, rewards and other segments."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from customers.merchants.models import Merchant
from rewards.models import ProgramVersion, Reward
from rewards.models.rewards import RewardStatus
from segments.models import Segment

PREFIX = "seg_"
PROGRAM, REWARD, SEGMENT = "program", "reward", "segment"


@dataclass(frozen=True, slots=True)
class Use:
    """Something that would miss the segment: a program by one of its rules, a reward, another segment."""

    kind: str
    public_id: str
    name: str
    rule: str = ""


def uses_of(segment: Segment, *, at: datetime) -> list[Use]:
    """What leans on one segment (three queries)."""
    return uses(segment.merchant, at=at).get(segment.public_id, [])


def uses(merchant: Merchant, *, at: datetime) -> dict[str, list[Use]]:
    """What leans on each segment, by its id (three queries): what is over or put away leans on nothing."""
    found: dict[str, list[Use]] = defaultdict(list)
    for public_id, use in [*by_programs(merchant, at), *by_rewards(merchant), *by_segments(merchant)]:
        if use not in found[public_id]:
            found[public_id].append(use)
    return dict(found)


def by_programs(merchant: Merchant, at: datetime) -> Iterator[tuple[str, Use]]:
    """The rules of what programs promise now, and of what they will."""
    versions = ProgramVersion.objects.filter(program__merchant=merchant, program__in=merchant.programs.not_closed(at))
    promised: dict[int, list[ProgramVersion]] = {}
    for version in versions.select_related("program").order_by("program", "number"):
        begun = version.valid_from <= at
        promised[version.program_id] = [version] if begun else [*promised.get(version.program_id, []), version]
    for version in (one for versions in promised.values() for one in versions):
        for rule in version.rules:
            for public_id in (rule.get("when") or {}).get("audiences", ()):
                yield public_id, Use(PROGRAM, version.program.public_id, version.program.name, rule["name"])


def by_rewards(merchant: Merchant) -> Iterator[tuple[str, Use]]:
    """Rewards for some customers only."""
    offered = Reward.objects.for_merchant(merchant).exclude(status=RewardStatus.ARCHIVED).filter(audience__isnull=False)
    for reward in offered.select_related("audience").order_by("name", "pk"):
        yield reward.audience.public_id, Use(REWARD, reward.public_id, reward.name)


def by_segments(merchant: Merchant) -> Iterator[tuple[str, Use]]:
    """Segments that ask about others."""
    for segment in Segment.objects.for_merchant(merchant).living().order_by("audience__name"):
        for public_id in asked(segment.definition):
            yield public_id, Use(SEGMENT, segment.public_id, segment.name)


def asked(definition) -> Iterator[str]:
    """The ids of segments in a definition, wherever they stand."""
    if isinstance(definition, str) and definition.startswith(PREFIX):
        yield definition
    elif isinstance(definition, dict):
        yield from asked(list(definition.values()))
    elif isinstance(definition, list):
        for part in definition:
            yield from asked(part)
