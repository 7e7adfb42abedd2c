"""What brings first-timers back, as people read it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.merchants.templatetags.ficha import percent, whole
from loyalty_site import charts
from segments.predictions import first_baskets
from segments.predictions.first_baskets import ENOUGH, Compared, FirstBaskets

from .columns import harmless
from .rfv import number

SHOWN = 8  # in the chart, from either end
HEAD = (
    "kind", "item", "customers", "returned", "share", "share_low", "share_high", "others", "others_returned",
    "others_share", "difference", "difference_low", "difference_high", "sure",
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """An item in the table."""

    one: Compared
    kind: str
    share: str
    between: str
    others: str
    difference: str
    difference_between: str


@dataclass(slots=True)
class BasketsPage:
    """What the page shows; `chart` is None where nothing could be compared."""

    found: FirstBaskets
    finding: str
    about: str
    chart: charts.Chart | None
    rows: list[Row]
    definitions: list[tuple[str, str]]


def baskets_page(found: FirstBaskets) -> BasketsPage:
    """The page of a comparison (no query)."""
    return BasketsPage(
        found=found,
        finding=finding(found),
        about=about(found),
        chart=drawn(found) if found.compared else None,
        rows=[row(one) for one in found.compared],
        definitions=definitions(),
    )


def finding(found: FirstBaskets) -> str:
    """What is sure; otherwise that nothing is, and why."""
    if not found.customers:
        return _("Not known yet: it needs purchases that name their products.")
    if not found.compared:
        return _("Not known yet: it needs %(enough)d new customers with the same thing in their first basket.") % {
            "enough": ENOUGH
        }
    if not found.sure and any(one.is_sure for one in found.compared):
        return _("Nothing is sure to bring people back; what surely goes with fewer returns stands below.")
    if not found.sure:
        return _("Nothing is sure: no difference is larger than chance makes among so many.")
    best = found.sure[0]
    return _(
        "Who had %(item)s in the first basket came back more often: %(share)s, against %(others)s of the others"
    ) % {"item": best.name, "share": percent(best.share), "others": percent(best.others_share)}


def about(found: FirstBaskets) -> str:
    """Whom the comparison is about."""
    if not found.customers:
        return ""
    return _(
        "%(known)s of %(all)s customers who first came in the time compared have a first basket that names its "
        "products; %(share)s of them came again within 90 days."
    ) % {
        "known": whole(found.customers),
        "all": whole(found.all_customers),
        "share": percent(found.returned / found.customers),
    }


def row(one: Compared) -> Row:
    """An item with both shares, their difference, and how sure they are."""
    return Row(
        one=one,
        kind=_("category") if one.item.kind == "category" else _("product"),
        share=percent(one.share),
        between=between(*one.interval),
        others=percent(one.others_share),
        difference=points(one.difference),
        difference_between=_("%(low)s to %(high)s") % dict(
            zip(("low", "high"), map(points, one.difference_interval), strict=True)
        ),
    )  # fmt: skip


def between(low: float, high: float) -> str:
    """The ends of an interval of a share."""
    return _("%(low)s to %(high)s") % {"low": percent(low), "high": percent(high)}


def points(difference: float) -> str:
    """A difference in percentage points, with its sign."""
    rounded = round(difference * 100)
    return ("+" if rounded > 0 else "−" if rounded < 0 else "") + number(abs(rounded))


def drawn(found: FirstBaskets) -> charts.Chart:
    """The shares of those who came back, the most telling first."""
    every = found.compared
    shown = every if len(every) <= 2 * SHOWN else [*every[:SHOWN], *every[-SHOWN:]]
    return charts.dots(
        charts.Words(
            "baskets",
            finding(found),
            _("For each thing in the first basket: the share of customers who came again within 90 days, with its "
              "interval."),
        ),
        estimates=[charts.Estimate(short(one.name), one.share, *one.interval) for one in shown],
        write=lambda share: percent(float(share)),
        head=[_("In the first basket"), _("Came again"), _("at least"), _("at most")],
        long_labels=True,
    )  # fmt: skip


def short(name: str) -> str:
    """A name that fits beside a chart."""
    return name if len(name) <= 16 else name[:15] + "…"


def table(found: FirstBaskets) -> Iterator[tuple]:
    """The comparison for a spreadsheet; shares of 1."""
    yield HEAD
    for one in found.compared:
        yield tuple(harmless(cell) for cell in plain(one).values())


def plain(one: Compared) -> dict:
    """An item as the API has it, in the order of HEAD."""
    low, high = (round(end, 6) for end in one.interval)
    less, more = (round(end, 6) for end in one.difference_interval)
    cells = (
        one.item.kind, one.name, one.customers, one.returned, round(one.share, 6), low, high, one.others,
        one.others_returned, round(one.others_share, 6), round(one.difference, 6), less, more, one.is_sure,
    )  # fmt: skip
    return dict(zip(HEAD, cells, strict=True))


def definitions() -> list[tuple[str, str]]:
    """The terms of the page and what they mean."""
    says = first_baskets.definitions()
    return [
        (_("Came again"), says["returned"]),
        (_("With it"), says["with_it"]),
        (_("The others"), says["others"]),
        (_("Which are shown"), says["which"]),
        (_("At least, at most"), says["interval"]),
        (_("Sure"), says["sure"]),
    ]
