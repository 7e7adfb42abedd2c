"""The page on the life cycle: its finding, who stands where, and how they moved from month to month."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import month as written_month
from customers.merchants.templatetags.ficha import percent
from loyalty_site import charts
from segments import lifecycle
from segments.lifecycle import Group, Lifecycle, State
from segments.lifecycle.report import last_day
from segments.overview import share

from .columns import harmless
from .rfv import number

HEAD = ("customer", "external_id", "state", "recency_days", "visits", "gap_days", "own_gap")
FLOW_HEAD = ("month", "before", "now", "customers")


@dataclass(slots=True)
class StateRow:
    """A state with its figures; `query` finds its customers, empty where there are none."""

    state: State
    definition: str
    group: Group
    share: float | None
    revenue_share: float | None
    query: str


@dataclass(slots=True)
class FlowCell:
    """How many went from one state to another; `query` finds them."""

    text: str
    level: int
    title: str
    stayed: bool
    query: str


@dataclass(slots=True)
class FlowRow:
    """Where those went who stood at one state, or had not bought yet."""

    name: str
    total: int
    cells: list[FlowCell]


@dataclass(slots=True)
class MonthRow:
    """How many stood at each state at the end of a month."""

    month: date
    partial: bool
    counts: list[int]


@dataclass(slots=True)
class LifecyclePage:
    """What the page shows; `month` is the one whose flows are shown, None in an empty shop."""

    found: Lifecycle
    finding: str
    rhythm: str
    states: list[StateRow]
    month: date | None
    partial: bool
    flows: list[FlowRow]
    months: list[MonthRow]
    definitions: list[tuple[str, str]]


def lifecycle_page(
    merchant: Merchant, *, day: date, today: date, choose: Callable[[list[date]], date | None]
) -> LifecyclePage:
    """The page for a day; `choose` picks one of the months with flows (four queries)."""
    found = lifecycle.lifecycle(merchant, day=day)
    month = choose(found.months) if found.customers else None
    return LifecyclePage(
        found=found,
        finding=finding(found),
        rhythm=rhythm(found),
        states=state_rows(found, suffix=f"_on_{day.isoformat()}" if day != today else ""),
        month=month,
        partial=month is not None and month == found.partial_month,
        flows=flow_rows_of(found, month) if month else [],
        months=[month_row(found, one) for one in found.months] if month else [],
        definitions=definitions(),
    )


def finding(found: Lifecycle) -> str:
    """What the states say: how many are on their way out, and what they brought."""
    if not found.customers:
        return _("Not known yet: it needs customers with purchases.")
    going = [found.groups[State.LATE], found.groups[State.AT_RISK]]
    count = sum(group.customers for group in going)
    said = {
        "customers": number(found.customers),
        "going": number(count),
        "share": percent(share(sum(group.revenue for group in going), found.revenue) or 0),
    }
    return (
        ngettext(
            "Of %(customers)s customers, %(going)s is late or at risk, who brought %(share)s of the revenue",
            "Of %(customers)s customers, %(going)s are late or at risk, who brought %(share)s of the revenue",
            count,
        )
        % said
    )


def rhythm(found: Lifecycle) -> str:
    """The shop's middle gap in words."""
    if found.twice_gap is None:
        return _("The shop's own rhythm is not known yet: nobody came on two days. Until then nobody is late.")
    gap = found.twice_gap / 2
    return ngettext(
        "Customers with fewer than three visits are judged by the shop's own rhythm: every %(days)s day.",
        "Customers with fewer than three visits are judged by the shop's own rhythm: every %(days)s days.",
        1 if gap == 1 else 2,
    ) % {"days": number_format(gap, decimal_pos=0 if gap.is_integer() else 1)}


def state_rows(found: Lifecycle, *, suffix: str) -> list[StateRow]:
    """Each state with its shares of the whole."""
    says = lifecycle.definitions()
    return [
        StateRow(
            state, says[state], group, share(group.customers, found.customers), share(group.revenue, found.revenue),
            f"lifecycle={state}{suffix}" if group.customers else "",
        )
        for state, group in found.groups.items()
    ]  # fmt: skip


def flow_rows_of(found: Lifecycle, month: date) -> list[FlowRow]:
    """The flows of one month: where they stood before down, where they stand at its end across."""
    counts = {(one.before, one.now): one.customers for one in found.flows if one.month == month}
    top = max((count for (before, now), count in counts.items() if before != now), default=0)
    return [
        FlowRow(
            before.label if before else _("None yet"),
            sum(counts.get((before, now), 0) for now in State),
            [flow_cell(before, now, counts.get((before, now), 0), found, month=month, top=top) for now in State],
        )
        for before in (None, *State)
    ]


def flow_cell(before: State | None, now: State, count: int, found: Lifecycle, *, month: date, top: int) -> FlowCell:
    """One way from state to state; who stays where they were takes no part in the scale."""
    end = min(last_day(month), found.day)
    was = f"lifecycle_before={before}_on_{month - timedelta(days=1)}" if before else f"cohort={month:%Y-%m}"
    return FlowCell(
        text=number(count) if count else "",
        level=0 if before == now else charts.level(count, top),
        title=_("%(month)s, from “%(before)s” to “%(now)s”: %(customers)s customers")
        % {
            "month": written_month(month), "before": before.label if before else _("None yet"), "now": now.label,
            "customers": number(count),
        },
        stayed=before == now,
        query=f"{was}&lifecycle={now}_on_{end}" if count else "",
    )  # fmt: skip


def month_row(found: Lifecycle, month: date) -> MonthRow:
    """Who stood where at the end of a month."""
    counts: Counter[State] = Counter()
    for one in found.flows:
        if one.month == month:
            counts[one.now] += one.customers
    return MonthRow(month, month == found.partial_month, [counts[state] for state in State])


def definitions() -> list[tuple[str, str]]:
    """The terms of the page and what they mean."""
    says = lifecycle.definitions()
    return [
        (_("Gap"), says["gap"]),
        *((state.label, says[state]) for state in State),
        (_("Revenue"), _("What these customers bought since their first purchase, less what came back.")),
        (_("From month to month"), says["flows"]),
    ]


def customer_rows(merchant: Merchant, *, day: date) -> Iterator[tuple]:
    """Everybody with their state for a spreadsheet, as they are read."""
    yield HEAD
    for one in lifecycle.rows(merchant, day=day):
        yield tuple("" if cell is None else harmless(cell) for cell in asdict(one).values())


def flow_rows(merchant: Merchant, *, day: date) -> Iterator[tuple]:
    """The flows of all months on the page for a spreadsheet; `before` is empty for who had not bought yet."""
    yield FLOW_HEAD
    for one in lifecycle.lifecycle(merchant, day=day).flows:
        yield (f"{one.month:%Y-%m}", str(one.before or ""), str(one.now), one.customers)
