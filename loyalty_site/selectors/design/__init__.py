"""The living page of the look: every shared part with example data, none of which is a shop's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant, Role, StaffMember, User
from customers.merchants.templatetags.ficha import percent
from loyalty_site import charts
from loyalty_site.design_forms import ExampleForm
from loyalty_site.selectors.cards import Gain, StampCard
from loyalty_site.selectors.home.ever import whole
from loyalty_site.selectors.home.lately import Tile
from rewards.models import Program
from segments.cohorts import Retention

from . import drawings

COLOURS = "paper surface ink muted line accent accent-soft good bad warn info".split()
ICONS = "home counter customers retention imports programs settings more".split()


@dataclass(slots=True)
class Row:
    """Somebody in the example of a list; `spark` is the shape of their last months."""

    name: str
    city: str
    tag: str
    purchases: int
    value: int
    last: datetime | None
    spark: object


@dataclass(slots=True)
class Showcase:
    """What the page shows."""

    at: datetime
    colours: list[str]
    icons: list[str]
    messages: list[Message]
    figures: list[Tile]
    gains: list[Gain]
    card: StampCard
    people: list[Row]
    page: Page
    form: ExampleForm
    line: charts.Chart
    curve: charts.Chart
    bars: charts.Chart
    dots: charts.Chart
    cohorts: Retention
    heat: charts.heat.HeatMap


def example_place(user: User) -> StaffMember:
    """A place at a shop that is in no database, for the parts that name the shop."""
    shop = Merchant(name=_("Example shop"), slug="example", currency="EUR", country="ES", timezone="Europe/Madrid")
    return StaffMember(merchant=shop, user=user, role=Role.OWNER)


def showcase(place: StaffMember, *, at: datetime) -> Showcase:
    """Every part (no query)."""
    found = drawings.cohorts(at.date())
    return Showcase(
        at=at,
        colours=COLOURS,
        icons=ICONS,
        messages=messages(),
        figures=figures(),
        gains=gains(at),
        card=StampCard(6, 10),
        people=people(at),
        page=Paginator(range(140), 50).page(2),
        form=ExampleForm.with_errors(),
        line=drawings.line(),
        curve=drawings.curve(),
        bars=drawings.bars(),
        dots=drawings.dots(),
        cohorts=found,
        heat=charts.heat_map(found, show="share", currency=place.merchant.currency),
    )


def messages() -> list[Message]:
    """A toast of each kind."""
    return [
        Message(constants.SUCCESS, _("Example: the card is changed.")),
        Message(constants.INFO, _("Example: the file is being read.")),
        Message(constants.WARNING, _("Example: the mail is not set up, so nobody was told.")),
        Message(constants.ERROR, _("Example: the card was not deleted, because something was bought with it.")),
    ]


def figures() -> list[Tile]:
    """A figure that rose, one that fell, one that stayed, and one that is not known."""
    says = _("An example has no meaning; a figure of the shop says here how it is counted.")
    rose, fell = {"percent": percent(0.12), "before": whole(1102)}, {"percent": percent(0.03), "before": whole(90)}
    more = _("▲ %(percent)s more than the 30 days before (%(before)s)") % rose
    less = _("▼ %(percent)s less than the 30 days before (%(before)s)") % fell
    shape = charts.spark(_("Example of seven weeks"), [3, 5, 4, 8, 7, 9, 12])
    return [
        Tile(_("Example that rose"), whole(1234), says, more, "good"),
        Tile(_("Example that fell"), whole(87), says, less, "bad"),
        Tile(_("Example that stayed"), percent(0.42), says, _("= the same as the 30 days before"), spark=shape),
        Tile(_("Example not known"), None, says, missing=_("It says here what it needs.")),
    ]


def gains(at: datetime) -> list[Gain]:
    """What a purchase earned, and one that earned nothing."""
    program = Program(name=_("Example program"), unit="points")
    return [
        Gain(program, 12, [_("Example of a reason: 1 for each full euro.")], at + timedelta(days=14)),
        Gain(program, 0, []),
    ]


def people(at: datetime) -> list[Row]:
    """Three people who are nobody."""
    shapes = [[1, 2, 4, 3, 6], [4, 4, 2, 1, 0], []]
    lines = [charts.spark(_("Purchases of five months"), shape) for shape in shapes]
    return [
        Row(_("Example One"), "Madrid", _("regular"), 41, 98_550, at - timedelta(hours=5), lines[0]),
        Row(_("Example Two"), "Sevilla", "", 3, 2_400, at - timedelta(days=80), lines[1]),
        Row(_("Example Three"), "", "", 0, 0, None, lines[2]),
    ]
