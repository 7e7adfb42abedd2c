"""A small shop for the tests of criteria: its people on record, and the same as plain rows for a slow reading."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from customers import audiences, profiles
from customers.merchants import shops
from customers.models import Customer
from customers.purchases import LineDraft
from customers.tests import factories
from segments.models import CustomerScore

NOW = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)  # half past eleven in the evening in Madrid
TODAY = date(2026, 3, 10)
ZONE = ZoneInfo("Europe/Madrid")
SOL, CHARTRES = ("40.416775", "-3.703790"), ("48.446400", "1.489200")


@dataclass
class Bought:
    """A purchase: days ago and the hour in UTC, minor units, and what stands on it."""

    ago: int
    amount: int
    hour: int = 12
    channel: str = "store"
    here: bool = False
    items: tuple[tuple[str, str], ...] = ()
    refunded: int = 0

    @property
    def at(self) -> datetime:
        return datetime(2026, 3, 10, self.hour, tzinfo=UTC) - timedelta(days=self.ago)

    @property
    def local(self) -> datetime:
        return self.at.astimezone(ZONE)

    @property
    def counts(self) -> bool:
        return self.amount == 0 or self.refunded < self.amount


@dataclass
class Person:
    """A card and its history."""

    card: dict = field(default_factory=dict)
    bought: tuple[Bought, ...] = ()
    returned: tuple[tuple[int, int], ...] = ()  # days ago, minor units
    consents: tuple[tuple[str, str, bool], ...] = ()
    score: dict | None = None
    listed: bool = False
    joined: int = 400  # days ago

    @property
    def counted(self) -> list[Bought]:
        return [one for one in self.bought if one.counts]


def score(state: str, r: int, f: int, v: int, due: int | None = None) -> dict:
    """A night's copy; `due` in days from today."""
    due_on = None if due is None else TODAY + timedelta(days=due)
    return {"state": state, "recency_score": r, "frequency_score": f, "value_score": v, "due_on": due_on}


BREAD, CAKE = ("B-1", "Bread"), ("C-1", "Cakes")
PEOPLE = [
    Person(),
    Person(
        {"name": "José Pérez", "gender": "male", "birth_year": 1980, "birthday": "03-10", "city": "Madrid",
         "postal_code": "28013", "country": "ES", "language": "es", "phone": "600111222",
         "latitude": SOL[0], "longitude": SOL[1], "attributes": {"size": "42", "tags": ["Press"]},
         "preferences": ["oat milk"]},
        (Bought(0, 1250, hour=9, items=(BREAD,)), Bought(10, 900, items=(BREAD, CAKE)), Bought(70, 0, channel="web")),
        consents=(("email", "marketing", True), ("sms", "marketing", False)),
        score=score("active", 5, 5, 4, 8), listed=True, joined=0,
    ),
    Person(
        {"name": "Ana Joséphine", "birth_year": 2001, "birthday": "02-29", "city": "MADRÍD ", "postal_code": "28",
         "email": "ana@a.test", "attributes": {"size": 42, "note": "50% off_"}, "preferences": []},
        (Bought(60, 5000, here=True), Bought(61, 5000, channel="web", hour=23)),
        consents=(("email", "marketing", True), ("email", "marketing", False)), score=score("late", 2, 4, 5, -3),
        joined=30,
    ),
    Person(
        {"gender": "female", "birthday": "12-31", "latitude": CHARTRES[0], "longitude": CHARTRES[1],
         "attributes": {"size": "", "vip": True}, "preferences": ["Oat milk", "decaf"]},
        (Bought(400, 1000, refunded=1000),), returned=((5, 300),), joined=31,
    ),
    Person(
        {"birth_year": 1990, "birthday": "04-09", "city": "Lugo", "country": "PT"},
        (Bought(365, 2000, items=(CAKE,)), Bought(30, 3000, refunded=500, items=(BREAD, BREAD, CAKE)),
         Bought(29, 100, items=(BREAD,))),
        returned=((400, 100),), consents=(("sms", "reminders", True),), score=score("new", 3, 2, 3), listed=True,
    ),
    Person({}, (Bought(59, 700, channel="web", here=True),), score=score("lost", 1, 1, 1, -200)),
]  # fmt: skip


class Shop:
    """The people on record, and where each of them stands in PEOPLE."""

    def __init__(self):
        self.merchant = factories.merchant()
        self.spot = shops.add_location(merchant=self.merchant, name="Sol")
        shops.change_location(location=self.spot, name="Sol", latitude=SOL[0], longitude=SOL[1])
        self.list = audiences.create(merchant=self.merchant, name="By hand", at=NOW)
        self.rows: dict[int, Person] = {}
        for person in PEOPLE:
            self.enrol(person)
        listed = [key for key, person in self.rows.items() if person.listed]
        audiences.add(audience=self.list, customers=listed, at=NOW)

    def enrol(self, person: Person) -> None:
        """One of them with everything."""
        card = {"name": "", **person.card}
        made = profiles.register(
            merchant=self.merchant, fields=card, consents=[], at=NOW - timedelta(days=person.joined)
        )
        self.rows[made.pk] = person
        for number, (channel, purpose, granted) in enumerate(person.consents):
            given = {"channel": channel, "purpose": purpose, "granted": granted}
            profiles.give_consents(customer=made, consents=[given], at=NOW - timedelta(days=9 - number))
        for one in person.bought:
            self.record(made, one)
        for ago, amount in person.returned:
            factories.refund(self.merchant, buyer=made, amount=amount, at=NOW - timedelta(days=ago))
        if person.score:
            worth = {"p_alive": None, "clv_12m": None, "clv_status": "unidentified"}
            CustomerScore.objects.create(customer=made, merchant=self.merchant, as_of=TODAY, **person.score, **worth)

    def record(self, buyer: Customer, one: Bought) -> None:
        """A purchase, and what came back of it."""
        lines = [LineDraft(0 if number else one.amount, sku=sku, category=category, name=category.lower())
                 for number, (sku, category) in enumerate(one.items)]  # fmt: skip
        bought = factories.purchase(
            self.merchant, buyer, amount=one.amount, at=one.at, channel=one.channel, lines=lines,
            location_id=self.spot.pk if one.here else None,
        )  # fmt: skip
        if one.refunded:
            factories.refund(self.merchant, bought, amount=one.refunded, at=NOW)
