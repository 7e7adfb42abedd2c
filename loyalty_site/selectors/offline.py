"""What a device keeps so that the counter can go on without a network."""

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.translation import get_language

from customers.merchants.models import StaffMember
from customers.merchants.money import DECIMALS
from customers.merchants.templatetags.ficha import points
from customers.models import Customer, Purchase
from loyalty_site.forms import decimal_mark, example
from loyalty_site.offline_forms import QueuedForm, is_plain
from loyalty_site.selectors import people
from rewards import ledger
from rewards.models import Membership
from rewards.models.programs import Kind

LATELY, LOOKED_AT, KEPT = timedelta(days=90), 1_000, 250
DIGITS = 4  # of a phone: by these it is found, and no more of it is kept
FILES = [
    "ficha.css", "parts.css", "counter.css", "mark.svg", "offline/offline.css",
    "offline/store.js", "offline/queue.js", "offline/parts.js", "offline/counter.js", "offline/till.js",
    "offline/list.js", "offline/leaving.js",
]  # fmt: skip
PAGES = ["base.html", "room.html", "pages/_counter_offline.html", "pages/counter_offline.html"]
PAGES += ["pages/counter_queue.html"]


def customers(place: StaffMember, *, where: str | None, at: datetime) -> list[dict]:
    """The last customers served at the location `where`, or at the shop, as a device keeps them (five queries).

    Names, what tells people of one name apart, and what each holds in words. No phone or e-mail as a whole.
    """
    bought = Purchase.objects.for_merchant(place.merchant_id).standing()
    bought = bought.filter(customer__isnull=False, occurred_at__gte=at - LATELY)
    if where:
        bought = bought.filter(location__public_id=where)
    latest = bought.order_by("-occurred_at", "-id").values_list("customer", flat=True)[:LOOKED_AT]
    found = Customer.objects.in_bulk(list(dict.fromkeys(latest))[:KEPT])
    held = holdings(list(found), at=at)
    return [row(one, held[one.customer.pk]) for one in people.masked(found.values())]


def row(one: people.Person, held: list[str]) -> dict:
    """A customer as a device keeps one."""
    return {
        "id": one.customer.public_id,
        "name": str(one.customer),
        "card": one.customer.card_code,
        "phone": one.phone or "",
        "digits": (one.customer.phone or "")[-DIGITS:],
        "held": held,
        "preferences": one.customer.preferences,
    }


def holdings(keys: list[int], *, at: datetime) -> dict[int, list[str]]:
    """What each customer can spend, in words, a line for each program (three queries)."""
    members = Membership.objects.filter(customer__in=keys).exclude(program__kind=Kind.MEMBERSHIP)
    members = list(members.select_related("program").order_by("program__name"))
    found = ledger.balances([member.account_id for member in members], at=at, now=at)
    held = defaultdict(list)
    for member in members:
        available = points(found[member.account_id].available, member.program.unit)
        held[member.customer_id].append(f"{member.program.name}: {available}")
    return held


def amounts(place: StaffMember) -> dict:
    """How an amount is typed at this shop, for a device that has to check it alone."""
    decimals, mark = DECIMALS[place.merchant.currency], decimal_mark(place.merchant)
    cents = rf"([.,][0-9]{{1,{decimals}}})?" if decimals else ""
    return {"pattern": r"[0-9]{1,9}" + cents, "example": example(decimals, mark)}


def shell(place: StaffMember, form: QueuedForm) -> dict:
    """What the worker keeps of the pages: files by their addresses, under a version that changes with any of it; and
    the fields that a form may have for its purchase to be queued.
    """
    fields = {name: str(field.initial) for name, field in sorted(form.fields.items()) if is_plain(name)}
    locations = [(one.public_id, one.name) for one in form.locations]
    facts = [code(), fields, get_language(), str(place), place.user.theme]
    facts += [place.merchant.name, place.merchant.currency, locations]
    return {
        "version": hashlib.sha256(repr(facts).encode()).hexdigest()[:16],
        "files": [static(name) for name in FILES],
        "fields": list(fields),
    }


@lru_cache(maxsize=1)
def code() -> str:
    """Changes with every release of the pages that a device keeps, and with their files."""
    paths = [finders.find(name) for name in FILES] + [settings.BASE_DIR / "templates" / name for name in PAGES]
    content = b"".join(Path(path).read_bytes() for path in paths)
    return settings.VERSION + hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=1)
def worker() -> str:
    """The program of the worker."""
    return Path(finders.find("offline/worker.js")).read_text()
