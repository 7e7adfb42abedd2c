"""Building the demo shop, through the same imports as any other file."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_noop

from customers.merchants import shops
from customers.merchants.models import Merchant, Role, User
from customers.models import Import
from customers.models.imports import State
from loyalty_site import flows, imports
from rewards.models import Adjustment
from rewards.programs import create as make_program
from segments import scores

from . import people, rewards, segments, surveys, till, vouchers

SLUG = "bakery"
TIMEZONE = "America/New_York"
PASSWORD = "ficha-demo"  # noqa: S105 - printed on the console; this shop only
LOGINS = {
    "owner@demo.test": (Role.OWNER, "Olive Owner"),
    "manager@demo.test": (Role.MANAGER, "Max Manager"),
    "cashier@demo.test": (Role.STAFF, "Cass Cashier"),
}
LOCATIONS = {
    "Harbour Street (invented)": gettext_noop(
        "Invented for the demo: the stores with even numbers. The source names stores by number only."
    ),
    "Market Square (invented)": gettext_noop(
        "Invented for the demo: the stores with odd numbers. The source names stores by number only."
    ),
}
# What a reader must know about the data, shown on home in the reader's language.
MOVED = gettext_noop(
    "Demo shop. Purchases are real: bakery, deli and salad bar baskets from 84.51° Complete Journey 2.0 (R package "
    "completejourney, CC0), dates moved by whole weeks to end now. Names, phone numbers, who agreed to messages, the "
    "two locations, the points program, the rewards and who took them, points by hand, and the answers to the survey "
    "are invented."
)
AS_RECORDED = gettext_noop(
    "Demo shop. Purchases are real: bakery, deli and salad bar baskets from 84.51° Complete Journey 2.0 (R package "
    "completejourney, CC0), dates as recorded. Names, phone numbers, who agreed to messages, the two locations, the "
    "points program, the rewards and who took them, points by hand, and the answers to the survey are invented."
)
ACTIVE, HALF_A_YEAR = 420, timedelta(days=182)  # what the invented program is for
DATA = Path(__file__).parent / "data" / "bakery_deli_lines.csv"


class DemoFailed(Exception):
    """The demo's own files could not be read: a fault of the program."""


def build(*, at: datetime, as_recorded: bool = False) -> Merchant:
    """Open the demo shop with its logins, program, customers and twelve months of purchases.

    Dates are moved by whole weeks so that the history ends within the seven days before `at`; `as_recorded` leaves
    them in 2017. Interrupted, the next call goes on: what is there already counts as duplicate.
    """
    rows = list(read())
    weeks = 0 if as_recorded else weeks_to_move(rows, at=at)
    rows = [moved(row, weeks) for row in rows]
    merchant = Merchant.objects.filter(slug=SLUG).first() or open_shop()
    start = datetime.combine(first_day(rows), datetime.min.time(), ZoneInfo(TIMEZONE))
    if not merchant.programs.exists():
        start_program(merchant, start=start, at=at)
    households = list(dict.fromkeys(row["customer_id"] for row in rows))
    send(merchant, "customers", "invented people.csv", people.invent(households), at=at)
    people.ask(merchant, at=at)
    send(merchant, "purchases", "bakery_deli_lines.csv", rows, at=at)
    if not merchant.rewards.exists():
        rewards.offer(merchant, merchant.programs.get(), at=at)
    if not merchant.voucher_batches.exists():
        vouchers.make(merchant, at=at)
    if not Adjustment.objects.for_merchant(merchant).exists():
        till.simulate(merchant, merchant.programs.get(), at=at)
    scores.refresh(merchant=merchant, at=at)
    if not merchant.segments.exists():
        segments.make(merchant, at=at)
    if not merchant.surveys.exists():
        surveys.simulate(merchant, at=at)
    merchant.note = MOVED if weeks else AS_RECORDED
    merchant.save(update_fields=["note"])
    return merchant


def read() -> Iterable[dict[str, str]]:
    """The recorded lines."""
    with DATA.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def weeks_to_move(rows: list[dict[str, str]], *, at: datetime) -> int:
    """Whole weeks from the last recorded day to the week before `at`, ending yesterday at the latest."""
    last = max(date.fromisoformat(row["ts"][:10]) for row in rows)
    yesterday = at.astimezone(ZoneInfo(TIMEZONE)).date() - timedelta(days=1)
    return (yesterday - last).days // 7


def moved(row: dict[str, str], weeks: int) -> dict[str, str]:
    """A line at its new date and at one of the two invented locations."""
    moment = datetime.fromisoformat(row["ts"]) + timedelta(weeks=weeks)
    store = int(row["channel"].removeprefix("Store "))
    return {**row, "ts": moment.isoformat(), "location": list(LOCATIONS)[store % 2]}


def first_day(rows: list[dict[str, str]]) -> date:
    """The day on which the history begins."""
    return min(date.fromisoformat(row["ts"][:10]) for row in rows)


@transaction.atomic
def open_shop() -> Merchant:
    """The merchant with its logins and locations."""
    merchant, __ = shops.open_shop(
        name="Demo bakery",
        slug=SLUG,
        currency="USD",
        country="US",
        timezone=TIMEZONE,
        owner_email="owner@demo.test",
    )
    password = make_password(PASSWORD)
    for email, (role, name) in LOGINS.items():
        shops.give_place(merchant=merchant, email=email, role=role, name=name)
        User.objects.filter(email=email).update(password=password, name=name)
    for name, invented in LOCATIONS.items():
        shops.add_location(merchant=merchant, name=name, note=invented)
    return merchant


@transaction.atomic
def start_program(merchant: Merchant, *, start: datetime, at: datetime) -> None:
    """A points program that began with the history, so that the imported purchases earn."""
    program = make_program(
        merchant=merchant,
        name="Bakery points",
        rules=[{"name": "1 per dollar", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}],
        policies={"expiry": {"kind": "months", "months": 12}},
        point_value=5,
        objective={"metric": "active_customers", "target": ACTIVE, "by": (at + HALF_A_YEAR).date().isoformat()},
        starts_at=start,
        at=at,
    )
    flows.activate_program(program=program, at=at)


def send(merchant: Merchant, kind: str, filename: str, rows: Iterable[dict[str, str]], *, at: datetime) -> Import:
    """Send rows as a file of one kind and read it."""
    text = io.StringIO()
    rows = list(rows)
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    content = ContentFile(text.getvalue().encode(), name=filename)
    imported = imports.create(merchant=merchant, kind=kind, content=content, filename=filename, at=at)
    imported = imports.run(imported.pk, at=at)
    if imported.state != State.DONE or imported.rejected:
        raise DemoFailed(f"{filename}: {imported.state}, {imported.rejected} rejected. {imported.message}")
    return imported
