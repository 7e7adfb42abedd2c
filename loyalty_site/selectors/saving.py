"""The save list as people read it: whom to call, why, and how one may."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day as written_day
from customers.merchants.templatetags.ficha import money, whole
from customers.models import Consent, Customer
from loyalty_site.people_forms import MARKETING
from loyalty_site.selectors.home.ever import Figure
from segments.lifecycle import State
from segments.predictions import next_visit, save_list
from segments.predictions.save_list import Due, SaveList, Stake, Why

from .columns import harmless

AT_ONCE = 25
HEAD = (
    "customer", "external_id", "name", "state", "last_on", "expected_on", "expected_from", "expected_to", "own_gaps",
    "yearly_value", "p_alive", "at_stake", "phone", "sms", "email", "reason",
)  # fmt: skip


@dataclass(slots=True)
class Way:
    """A way in which a customer agreed to be spoken to; `href` dials, or opens a message."""

    channel: str
    label: str
    href: str
    text: str


@dataclass(slots=True)
class Row:
    """A customer on the list."""

    customer: Customer
    stake: Stake
    state: str
    last_on: date
    expected: str
    reason: str
    ways: list[Way]


@dataclass(slots=True)
class SavePage:
    """What the page shows besides its rows."""

    found: SaveList
    finding: str
    weighed: str
    figures: list[Figure]
    definitions: list[tuple[str, str]]


def save_page(merchant: Merchant, found: SaveList, *, today: date) -> SavePage:
    """The head of the page (one query)."""
    return SavePage(
        found=found,
        finding=finding(found, merchant.currency),
        weighed=weighed(found),
        figures=figures(save_list.due(merchant, today=today)) if found.as_of else [],
        definitions=definitions(),
    )


def finding(found: SaveList, currency: str) -> str:
    """What the list says."""
    if found.as_of is None:
        return _("Not known yet: the night's figures are not there.")
    if not found.stakes:
        return _("Nobody is slipping away: whoever brought something this year comes as usual")
    number = len(found.stakes)
    return ngettext(
        "%(number)s customer is slipping away, and %(worth)s of a year's sales",
        "%(number)s customers are slipping away, and %(worth)s of a year's sales",
        number,
    ) % {"number": whole(number), "worth": money(found.at_stake, currency)}


def weighed(found: SaveList) -> str:
    """What the order goes by, with its dates."""
    if found.since is None:
        return ""
    said = {"day": written_day(found.as_of), "since": written_day(found.since)}
    if found.weighed:
        return (
            _(
                "As of %(day)s, most at stake first: what each brought since %(since)s, times the probability that "
                "they are still customers."
            )
            % said
        )
    return (
        _(
            "As of %(day)s, most at stake first: what each brought since %(since)s, whole. It is not weighed by the "
            "probability that they are still customers: the models of customer value do not hold here yet."
        )
        % said
    )


def figures(found: Due) -> list[Figure]:
    """Whose visit is expected, and when."""
    says = next_visit.definitions()
    unknown = _("%(number)s more: nobody knows yet") % {"number": whole(found.unknown)} if found.unknown else ""
    return [
        Figure(_("Expected within seven days"), whole(found.soon), says["expected_on"], beside=_("today included")),
        Figure(pgettext("visits", "Expected later"), whole(found.later), says["expected_on"]),
        Figure(pgettext("visits", "Overdue"), whole(found.overdue), says["expected_on"],
               beside=_("expected before today, and not lost")),
        Figure(_("Not expected any more"), whole(found.lost), says["not_expected"], beside=unknown),
    ]  # fmt: skip


def rows(merchant: Merchant, stakes: Iterable[Stake], *, day: date) -> list[Row]:
    """Customers of a page of the list (four queries)."""
    stakes = list(stakes)
    keys = [one.customer for one in stakes]
    cards = Customer.objects.for_merchant(merchant).in_bulk(keys)
    agreed, why = consents(keys), save_list.reasons(merchant, keys, day=day)
    return [
        row(cards[one.customer], one, why[one.customer], agreed.get(one.customer, set()))
        for one in stakes
        if one.customer in cards and one.customer in why
    ]


def row(customer: Customer, stake: Stake, why: Why, agreed: set[str]) -> Row:
    """One of them."""
    return Row(
        customer=customer,
        stake=stake,
        state=State(stake.state).label,
        last_on=why.standing.rhythm.last_on,
        expected=written_day(why.expected.on) if why.expected else "",
        reason=why.standing.reason,
        ways=ways(customer, agreed),
    )


def consents(customers: list[int]) -> dict[int, set[str]]:
    """The channels through which customers agreed to news and offers; the newest word of each counts (one query)."""
    said: dict[tuple[int, str], bool] = {}
    found = Consent.objects.filter(customer__among=customers, purpose=MARKETING).order_by("recorded_at", "id")
    for customer, channel, granted in found.values_list("customer", "channel", "granted"):
        said[customer, channel] = granted
    agreed: dict[int, set[str]] = {}
    for (customer, channel), granted in said.items():
        if granted:
            agreed.setdefault(customer, set()).add(channel)
    return agreed


def ways(customer: Customer, agreed: set[str]) -> list[Way]:
    """How this customer may be reached."""
    phone, email = customer.phone, customer.email
    found = [
        Way("phone", _("Call"), f"tel:{phone}", phone) if phone and "phone" in agreed else None,
        Way("sms", _("Text"), f"sms:{phone}", phone) if phone and "sms" in agreed else None,
        Way("email", _("Write"), f"mailto:{quote(email, safe='@')}", email) if email and "email" in agreed else None,
    ]
    return [one for one in found if one]


def table(merchant: Merchant, found: SaveList) -> Iterator[tuple]:
    """The list for a spreadsheet; money in minor units, and only what a customer agreed to (four queries)."""
    yield HEAD
    keys = [one.customer for one in found.stakes]
    if not keys:
        return
    cards = {one.pk: one for one in Customer.objects.for_merchant(merchant).filter(pk__among=keys)}
    agreed, why = consents(keys), save_list.reasons(merchant, keys, day=found.as_of)
    for one in found.stakes:
        if one.customer in cards and one.customer in why:
            yield line(cards[one.customer], one, why[one.customer], agreed.get(one.customer, set()))


def line(customer: Customer, stake: Stake, why: Why, agreed: set[str]) -> tuple:
    """A row of the spreadsheet in the order of HEAD."""
    reached = {one.channel: one.text for one in ways(customer, agreed)}
    expected = why.expected
    cells = (
        customer.public_id, customer.external_id or "", customer.name, stake.state,
        why.standing.rhythm.last_on, *((expected.on, expected.first, expected.last) if expected else ("", "", "")),
        why.standing.is_own, stake.yearly, "" if stake.p_alive is None else round(stake.p_alive, 6), stake.at_stake,
        *(reached.get(channel, "") for channel in ("phone", "sms", "email")), why.standing.reason,
    )  # fmt: skip
    return tuple(harmless(cell) for cell in cells)


def definitions() -> list[tuple[str, str]]:
    """The terms of the page and what they mean."""
    list_says, visit_says = save_list.definitions(), next_visit.definitions()
    return [
        (_("The list"), list_says["save_list"]),
        (_("Brought in a year"), list_says["yearly_value"]),
        (_("At stake"), list_says["at_stake"]),
        (_("Expected"), f"{visit_says['expected_on']} {visit_says['range']}"),
        (_("Not expected any more"), f"{visit_says['not_expected']} {visit_says['unknown']}"),
        (_("Call, text, write"), _("Offered where the customer agreed to news and offers by that way. Nobody else may "
                                   "be written to; at the counter they can be asked.")),
    ]  # fmt: skip
