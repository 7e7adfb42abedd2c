"""Segments that most shops can use: a name, why one would, and criteria; and those of parts of the board of RFV."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Missing
from rewards.models import Program
from rewards.models.programs import Kind

from . import criteria, lists
from .criteria import BadCriteria
from .models import Segment
from .rfv.regions import Place


class NotReady(Missing):
    message = _("There is no ready segment of this name for this shop.")


@dataclass(frozen=True, slots=True)
class Ready:
    """`conditions` makes the criteria's conditions; it gets the id of the shop's program if it `needs_program`."""

    key: str
    name: str | Promise
    reason: str | Promise
    conditions: Callable[[str], list[dict]]
    needs_program: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A ready segment as this shop could use it."""

    ready: Ready
    definition: dict
    sentence: str


def is_(field: str, op: str, value, **more) -> dict:
    """One condition."""
    return {"field": field, "op": op, "value": value, **more}


READY = [
    Ready(
        "new", _("New"), _("Greet them by name: who comes a second time within weeks mostly stays."),
        lambda program: [is_("first_purchase_days", "lte", 30)],
    ),
    Ready(
        "once", _("Came once"), _("The second visit decides most. Give them a reason while they still remember you."),
        lambda program: [is_("frequency", "eq", 1), is_("recency_days", "between", [31, 120])],
    ),
    Ready(
        "promising", _("Promising"), _("Two or three visits since they found you lately: the next ones make a habit."),
        lambda program: [is_("frequency", "between", [2, 3]), is_("first_purchase_days", "lte", 90)],
    ),
    Ready(
        "champions", _("Champions"), _("They come most, and came lately. Thank them, and ask them to bring somebody."),
        lambda program: [is_("recency_score", "gte", 4), is_("frequency_score", "gte", 4)],
    ),
    Ready(
        "big_baskets", _("Large baskets, seldom"), _("Worth most although they come seldom: one visit more is worth a "
                                                     "lot."),
        lambda program: [is_("value_score", "eq", 5), is_("frequency_score", "lte", 3)],
    ),
    Ready(
        "late", _("Late"), _("Later than their own rhythm, not gone yet: a word now costs least."),
        lambda program: [is_("lifecycle", "eq", "late")],
    ),
    Ready(
        "at_risk", _("At risk"), _("Away for twice their own rhythm. Write before they have found another shop."),
        lambda program: [is_("lifecycle", "eq", "at_risk")],
    ),
    Ready(
        "cannot_lose", _("Cannot lose"), _("Those who came most, and stay away. Call them: nobody is dearer to "
                                           "replace."),
        lambda program: [is_("recency_score", "lte", 2), is_("frequency_score", "eq", 5)],
    ),
    Ready(
        "win_back", _("Win back"), _("Regulars who are lost by their own rhythm. One good offer, then let it go."),
        lambda program: [is_("lifecycle", "eq", "lost"), is_("frequency", "gte", 4)],
    ),
    Ready(
        "birthday", _("Birthday soon"), _("A wish in time is remembered all year."),
        lambda program: [is_("days_to_birthday", "lte", 30)],
    ),
    Ready(
        "one_short", _("One visit short of a reward"), _("Tell them: who sees the goal comes sooner."),
        lambda program: [is_("visits_missing", "eq", 1, program=program)], True,
    ),
    Ready(
        "ending", _("Points end soon"), _("They lose points within 30 days. Remind them, and they come to use them."),
        lambda program: [is_("points_ending", "gte", 1, program=program, days=30)], True,
    ),
    Ready(
        "promoters", _("Promoters who spend little"), _("They recommend you and spend little themselves: what they "
                                                        "bring shows elsewhere. Thank them for it."),
        lambda program: [is_("nps", "gte", 9), is_("value_score", "lte", 2)],
    ),
    Ready(
        "unreachable", _("Regulars out of reach"), _("No phone and no e-mail. Ask for one at the counter, and say what "
                                                     "for."),
        lambda program: [
            is_("frequency", "gte", 4), is_("phone", "exists", False), is_("email", "exists", False),
        ],
    ),
]  # fmt: skip


def offered(merchant: Merchant) -> list[Offer]:
    """The ready segments that this shop can use and does not yet, in their order."""
    used = list(Segment.objects.for_merchant(merchant).living().values_list("definition", flat=True))
    return [offer for offer in possible(merchant) if offer.definition not in used]


def possible(merchant: Merchant, only: str | None = None) -> Iterable[Offer]:
    """Those that make sense here: without points none that asks for points, without surveys none about opinions."""
    points = Program.objects.for_merchant(merchant).taking_members().exclude(kind=Kind.MEMBERSHIP)
    program = points.order_by("pk").values_list("public_id", flat=True).first() or ""
    for ready in READY:
        if only not in (None, ready.key) or (ready.needs_program and not program):
            continue
        definition = {"version": criteria.VERSION, "all": ready.conditions(program)}
        try:
            found = criteria.parse(definition, merchant=merchant)
        except BadCriteria:  # this shop has nothing that it could ask about
            continue
        yield Offer(ready, definition, criteria.sentence(found, merchant=merchant))


def use(*, merchant: Merchant, key: str, at: datetime) -> Segment:
    """Make a ready segment the shop's own. Raises NotReady, and what lists.create raises."""
    offer = next(iter(possible(merchant, only=key)), None)
    if offer is None:
        raise NotReady
    ready = offer.ready
    return lists.create(
        merchant=merchant, name=str(ready.name), definition=offer.definition, reason=str(ready.reason), at=at
    )


def of_places(places: Iterable[Place]) -> dict:
    """The criteria of some cells of the board: recency and frequency as they are scored by night."""
    by_recency: dict[int, list[int]] = {}
    for recency, frequency in sorted(places):
        by_recency.setdefault(recency, []).append(frequency)
    blocks: dict[tuple[int, ...], list[int]] = {}
    for recency, frequencies in by_recency.items():
        blocks.setdefault(tuple(frequencies), []).append(recency)
    parts = [
        [is_("recency_score", "in", recencies), is_("frequency_score", "in", list(frequencies))]
        for frequencies, recencies in blocks.items()
    ]
    if len(parts) == 1:
        return {"version": criteria.VERSION, "all": parts[0]}
    return {"version": criteria.VERSION, "all": [{"any": [{"all": part} for part in parts]}]}
