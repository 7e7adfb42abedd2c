"""The log of decisions in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import Customer, LogEntry
from rewards.models import Watch
from rewards.models.alerts import AlertKind, SelfCredit

from . import actors


@dataclass(slots=True)
class Written:
    """An entry with the names in it; `about` says what it was about, `customer` is a card that it names."""

    entry: LogEntry
    by: str
    about: list[str]
    customer: Customer | None


def entries(merchant: Merchant) -> QuerySet[LogEntry]:
    """The log, the newest first."""
    return LogEntry.objects.for_merchant(merchant).order_by("-at", "-pk")


def written(merchant: Merchant, page: Iterable[LogEntry]) -> list[Written]:
    """A page of the log (three queries)."""
    page = list(page)
    people = actors.names(merchant, {name for one in page for name in (one.actor, one.about.get("person", ""))})
    wanted = {one.about["customer"] for one in page if "customer" in one.about}
    cards = {card.public_id: card for card in Customer.objects.for_merchant(merchant).filter(public_id__in=wanted)}
    return [
        Written(one, people.get(one.actor, ""), about(one, people), cards.get(one.about.get("customer")))
        for one in page
    ]


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
