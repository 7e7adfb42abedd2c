"""The page on recency, frequency and value: its finding, the board, its regions, and value beside."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.money import major
from customers.merchants.templatetags.ficha import half_up, money, percent
from loyalty_site import charts
from segments import rfv
from segments.overview import share
from segments.rfv import Board, Cell, Perceived, Region, ValueGroup

from .columns import harmless

SCORES = (1, 2, 3, 4, 5)
HEAD = (
    "customer", "external_id", "recency_days", "frequency", "value", "recency_score", "frequency_score", "value_score",
)  # fmt: skip
BOARD_HEAD = (
    "recency_score", "frequency_score", "region", "customers", "share", "revenue", "average_value_score",
    "before", "joined", "left",
)  # fmt: skip


@dataclass(slots=True)
class Square:
    """A cell of the board as the table shows it; `query` finds its customers, empty where there are none.

    `where` is the cell for the form that makes a segment of it, and `called` how it is offered there.
    """

    text: str
    level: int
    title: str
    region: Region
    query: str
    where: str
    called: str


@dataclass(slots=True)
class Line:
    """A row of the board: everybody with one score of frequency, long ago on the left."""

    frequency: int
    squares: list[Square]


@dataclass(slots=True)
class RegionRow:
    """A region of the board with its figures."""

    region: Region
    cell: Cell
    share: float | None
    revenue_share: float | None
    average: str
    query: str
    perceived: Perceived


@dataclass(slots=True)
class ValueRow:
    """Everybody with one score of value."""

    group: ValueGroup
    share: float | None
    revenue_share: float | None


@dataclass(slots=True)
class BoardPage:
    """What the page shows; `board` without customers is an empty shop, or a day before its first purchase."""

    board: Board
    finding: str
    lines: list[Line]
    regions: list[RegionRow]
    values: list[ValueRow]
    strongest: str
    asked: bool
    simulated: bool
    definitions: list[tuple[str, str]]


def board_page(merchant: Merchant, *, day: date, today: date, show: str) -> BoardPage:
    """The page for a day and a figure (one query); of today with what customers think (one more, two where some said).

    What they thought on an earlier day is not kept.
    """
    board = rfv.board(merchant, day=day)
    thought = rfv.perceived(merchant) if day == today else {}
    suffix = f"_on_{day.isoformat()}" if day != today else ""
    return BoardPage(
        board=board,
        finding=finding(board),
        lines=lines(board, show=show, currency=merchant.currency, suffix=suffix),
        regions=[region_row(one, board, suffix, thought.get(one.key, Perceived())) for one in rfv.REGIONS],
        values=[
            ValueRow(one, share(one.customers, board.customers), share(one.revenue, board.revenue))
            for one in board.values
        ],
        asked=bool(thought),
        simulated=bool(thought) and rfv.is_simulated(merchant),
        strongest=strongest(board, show=show, currency=merchant.currency),
        definitions=definitions(),
    )


def finding(board: Board) -> str:
    """What the board says: who carries the shop, and who of the best stays away."""
    if not board.customers:
        return _("Not known yet: it needs customers with purchases.")
    best, away = board.regions["champions"], board.regions["cannot_lose"]
    said = {
        "customers": number(board.customers),
        "champions": number(best.customers),
        "share": percent(share(best.revenue, board.revenue) or 0),
        "away": number(away.customers),
    }
    first = ngettext(
        "%(champions)s of %(customers)s customers is a champion and brings %(share)s of the revenue",
        "%(champions)s of %(customers)s customers are champions and bring %(share)s of the revenue",
        best.customers,
    )
    if not away.customers:
        return first % said
    second = ngettext(
        "%(away)s you cannot lose stays away", "%(away)s you cannot lose stay away", away.customers
    )  # fmt: skip
    return _("%(first)s; %(second)s") % {"first": first % said, "second": second % said}


def lines(board: Board, *, show: str, currency: str, suffix: str) -> list[Line]:
    """The board from top to bottom, most frequent first."""
    top = max((figure(cell, show) for cell in board.cells.values()), default=0)
    return [
        Line(f, [square(board, r, f, show=show, top=top, currency=currency, suffix=suffix) for r in SCORES])
        for f in reversed(SCORES)
    ]


def square(board: Board, r: int, f: int, *, show: str, top, currency: str, suffix: str) -> Square:
    """One cell."""
    cell, region = board.cells[r, f], rfv.region_of(r, f)
    return Square(
        text=written(cell, show, currency, compared=board.then is not None),
        level=charts.level(figure(cell, show), top),
        title=explained(cell, r, f, region, currency),
        region=region,
        query=f"rfv={r}-{f}{suffix}" if cell.customers else "",
        where=f"{r}-{f}",
        called=_("%(region)s: recency %(recency)d, frequency %(frequency)d (%(customers)s)")
        % {"region": region.name, "recency": r, "frequency": f, "customers": number(cell.customers)},
    )


def figure(cell: Cell, show: str):
    """The number that decides the strength of a cell's colour; for the movement, how many came or went."""
    if show == "value":
        return cell.average_value_score or 0
    return {"customers": cell.customers, "revenue": cell.revenue, "moved": cell.joined + cell.left}[show]


def written(cell: Cell, show: str, currency: str, *, compared: bool) -> str:
    """A cell's figure; revenue in whole units, because five columns leave no room for cents."""
    if show == "moved":
        return f"+{number(cell.joined)} −{number(cell.left)}" if compared else _("not known yet")
    if show == "value":
        return average(cell)
    return number(half_up(major(cell.revenue, currency)) if show == "revenue" else cell.customers)


def average(cell: Cell) -> str:
    """The mean score of value with one decimal; a sign for nobody."""
    score = cell.average_value_score
    return (
        "–" if score is None else number_format(half_up(Decimal(score.numerator) / score.denominator, 1), decimal_pos=1)
    )


def explained(cell: Cell, r: int, f: int, region: Region, currency: str) -> str:
    """What a pointer learns of a cell."""
    return _(
        "%(region)s: recency %(recency)d, frequency %(frequency)d: %(customers)s customers, %(revenue)s, "
        "mean value score %(average)s; %(before)s when the month began"
    ) % {
        "region": region.name, "recency": r, "frequency": f, "customers": number(cell.customers),
        "revenue": money(cell.revenue, currency), "average": average(cell), "before": number(cell.before),
    }  # fmt: skip


def strongest(board: Board, *, show: str, currency: str) -> str:
    """What the darkest square stands for."""
    top = max(board.cells.values(), key=lambda cell: figure(cell, show), default=None)
    if top is None or figure(top, show) <= 0:
        return ""
    return money(top.revenue, currency) if show == "revenue" else written(top, show, currency, compared=True)


def region_row(region: Region, board: Board, suffix: str, thought: Perceived) -> RegionRow:
    """A region with its shares of the whole."""
    cell = board.regions[region.key]
    return RegionRow(
        region, cell, share(cell.customers, board.customers), share(cell.revenue, board.revenue), average(cell),
        f"rfv={region.key}{suffix}" if cell.customers else "", thought,
    )  # fmt: skip


def number(count) -> str:
    """A count as people write it."""
    return number_format(count, decimal_pos=0, force_grouping=True)


def definitions() -> list[tuple[str, str]]:
    """The terms of the page and what they mean; money is shown as money here."""
    says = rfv.definitions()
    return [
        (_("Recency"), says["recency_days"]),
        (_("Frequency"), says["frequency"]),
        (_("Value"), _("What these purchases are worth, less what came back.")),
        (_("Score"), says["scores"]),
        (_("Value score"), _("The mean of the customers' scores of value, from 1 to 5.")),
        (
            _("Worth the money"),
            _(
                "What customers answered when a survey asked whether it is worth the money: the mean of the newest "
                "answer of each, from 1 to 5, by the scores of the last night."
            ),
        ),
        (_("At the end of the month before"), says["before"]),
        (_("Came, left"), f"{says['joined']} {says['left']}"),
        (_("Names of regions"), says["regions"]),
    ]


def customer_rows(merchant: Merchant, *, day: date) -> Iterator[tuple]:
    """Everybody with their scores for a spreadsheet, as they are read; money in minor units."""
    yield HEAD
    for one in rfv.rows(merchant, day=day):
        yield tuple("" if cell is None else harmless(cell) for cell in asdict(one).values())


def board_rows(board: Board) -> Iterator[tuple]:
    """The board for a spreadsheet; shares of 1, money in minor units, empty where nothing is known."""
    yield BOARD_HEAD
    for (r, f), cell in board.cells.items():
        mean, part = cell.average_value_score, share(cell.customers, board.customers)
        moved = (cell.before, cell.joined, cell.left) if board.then else ("", "", "")
        yield (
            r, f, rfv.region_of(r, f).key, cell.customers, "" if part is None else round(part, 6), cell.revenue,
            "" if mean is None else round(float(mean), 6), *moved,
        )  # fmt: skip
