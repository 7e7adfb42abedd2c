"""The log in words: what was decided about people and alarms, and what happened with PINs at the till."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.models import Merchant, PinEvent, PinEventKind
from customers.models import Customer, LogEntry
from rewards.models import Watch
from rewards.models.alerts import AlertKind, SelfCredit

from . import actors

KINDS = ["all", DECIDED := "decided", PINS := "pins"]
AT_THE_TILL = {
    PinEventKind.SET: gettext_lazy("chose a PIN"),
    PinEventKind.CLEARED: gettext_lazy("cleared a PIN"),
    PinEventKind.WRONG: gettext_lazy("typed a wrong PIN"),
    PinEventKind.STOOD: gettext_lazy("took over the till"),
    PinEventKind.LOCKED: gettext_lazy("locked the till"),
}
THEIR_OWN = {PinEventKind.SET, PinEventKind.STOOD, PinEventKind.LOCKED}  # done by whose PIN it is, whoever is signed in


@dataclass(slots=True)
class Written:
    """An entry with the names in it; `about` says what it was about, `customer` is a card that it names."""

    at: datetime
    by: str
    deed: str
    about: list[str]
    customer: Customer | None


def entries(merchant: Merchant, kind: str) -> QuerySet:
    """What is in the log, the newest first: when, its key, and whether it is a decision or an event of a PIN.

    Both are kept where they are written, so this is a union of keys; `written` reads the rows of one page.
    """
    decided = LogEntry.objects.for_merchant(merchant).values_list("at", "pk", Value(DECIDED))
    pins = PinEvent.objects.filter(place__merchant=merchant).values_list("at", "pk", Value(PINS))
    found = {DECIDED: decided, PINS: pins}
    return (found[kind] if kind in found else decided.union(pins, all=True)).order_by("-at", "-pk")


def written(merchant: Merchant, page: Iterable[tuple]) -> list[Written]:
    """A page of the log (five queries at most)."""
    keys = [(of, pk) for __, pk, of in page]
    decided = LogEntry.objects.in_bulk([pk for of, pk in keys if of == DECIDED])
    events = PinEvent.objects.select_related("place__user").in_bulk([pk for of, pk in keys if of == PINS])
    people = actors.names(
        merchant,
        {name for one in decided.values() for name in (one.actor, one.about.get("person", ""))}
        | {event.actor for event in events.values()},
    )
    wanted = {one.about["customer"] for one in decided.values() if "customer" in one.about}
    cards = Customer.objects.for_merchant(merchant).filter(public_id__in=wanted)
    named = {card.public_id: card for card in cards} if wanted else {}
    return [
        decision(decided[pk], people, named) if of == DECIDED else at_the_till(events[pk], people) for of, pk in keys
    ]


def decision(entry: LogEntry, people: dict[str, str], cards: dict[str, Customer]) -> Written:
    """A decision in words."""
    by, card = people.get(entry.actor, ""), cards.get(entry.about.get("customer"))
    return Written(entry.at, by, entry.get_deed_display(), about(entry, people), card)


def at_the_till(event: PinEvent, people: dict[str, str]) -> Written:
    """What happened with a PIN in words. Who typed a wrong one nobody knows: it was at the till of who is signed in."""
    whose, signed_in = str(event.place), people.get(event.actor, "")
    said = AT_THE_TILL[event.kind]
    if event.kind not in THEIR_OWN:
        return Written(event.at, signed_in, said, [whose], None)
    lent = signed_in and event.actor != event.place.public_id
    return Written(event.at, whose, said, [_("signed in: %(name)s") % {"name": signed_in}] if lent else [], None)


def about(entry: LogEntry, people: dict[str, str]) -> list[str]:
    """What an entry was about: a person, a kind of alert, a note, or numbers that changed."""
    named = entry.about
    said = [people.get(named.get("person", ""), "")]
    if "kind" in named:
        said.insert(0, str(dict(AlertKind.choices).get(named["kind"], named["kind"])))
    if named.get("note"):
        said.append(f"“{named['note']}”")
    said += [changed(name, *pair) for name, pair in named.items() if isinstance(pair, list)]
    return [part for part in said if part]


def changed(name: str, before, after) -> str:
    """A setting of the watch that changed, in words."""
    labels = dict(SelfCredit.choices)
    named = {"name": Watch._meta.get_field(name).verbose_name}
    return _("%(name)s: %(before)s → %(after)s") % {
        **named,
        "before": labels.get(before, before),
        "after": labels.get(after, after),
    }
