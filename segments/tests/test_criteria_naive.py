"""Whatever a definition says, the statement finds exactly those whom a slow reading of plain rows finds."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.words import fold, words
from segments import criteria
from segments.tests.people import NOW, PEOPLE, SOL, TODAY, Person, Shop

pytestmark = pytest.mark.django_db
EACH = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def shop():
    return Shop()


# What a field is worth, slowly: None where nothing is known, a list where any of several may match.


def days_since(day: date | None) -> int | None:
    return None if day is None else (TODAY - day).days


def local_days(person: Person) -> list[date]:
    return sorted(one.local.date() for one in person.counted)


def net(person: Person, days: int = 100_000) -> int:
    """What somebody is worth, of the last days."""
    start = TODAY - timedelta(days=min(days, 10_000))
    bought = sum(one.amount - one.refunded for one in person.counted if one.local.date() > start)
    return bought - sum(amount for ago, amount in person.returned if TODAY - timedelta(days=ago) > start)


def lately(person: Person, days: int | None = None) -> list:
    start = TODAY - timedelta(days=days if days is not None else 10_000)
    return [one for one in person.counted if one.local.date() > start]


def birthday(person: Person) -> int | None:
    """Days until the next birthday, walking day by day; the 29th of February is the 28th where there is none."""
    text = person.card.get("birthday")
    if not text:
        return None
    for days in range(400):
        day = TODAY + timedelta(days=days)
        leap = day.year % 4 == 0
        if f"{day:%m-%d}" == ("02-28" if text == "02-29" and not leap else text):
            return days
    raise AssertionError(text)


def distance(person: Person) -> float | None:
    """The spherical law of cosines: another formula for the same kilometres."""
    if "latitude" not in person.card:
        return None
    one, two = (
        tuple(math.radians(float(part)) for part in spot)
        for spot in (SOL, (person.card["latitude"], person.card["longitude"]))
    )
    cosine = math.sin(one[0]) * math.sin(two[0]) + math.cos(one[0]) * math.cos(two[0]) * math.cos(one[1] - two[1])
    return 6371.0088 * math.acos(min(1.0, cosine))


def average(person: Person) -> float | None:
    count = len(person.counted)
    return None if not count else net(person) / count


def most(person: Person, params: dict, figure, otherwise) -> int | None:
    """The most of something on one receipt of the last days."""
    return max((figure(one) for one in lately(person, params.get("days"))), default=otherwise)


def overdue(person: Person) -> int | None:
    due = person.score and person.score["due_on"]
    return days_since(due) if due and due < TODAY else None


def newest(person: Person, channel: str | None) -> dict:
    """The newest answer of each pair."""
    return {(one[0], one[1]): one[2] for one in person.consents if channel in (None, one[0])}


SCORE = {"state": "state", "recency_score": "recency_score", "frequency_score": "frequency_score",
         "value_score": "value_score", "due_on": "due_on"}  # fmt: skip
CARD = ["gender", "language", "country", "birth_year", "phone", "email"]
KNOWN = {
    **{name: (lambda person, params, name=name: person.card.get(name)) for name in CARD},
    **{name: (lambda person, params, name=name: person.score and person.score[name]) for name in SCORE},
    "age": lambda person, params: TODAY.year - person.card["birth_year"] if "birth_year" in person.card else None,
    "city": lambda person, params: fold(person.card["city"]).strip() if person.card.get("city") else None,
    "tag": lambda person, params: [fold(one) for one in person.card.get("attributes", {}).get("tags", [])],
    "preferences": lambda person, params: person.card.get("preferences", []),
    "recency_days": lambda person, params: days_since(local_days(person)[-1]) if person.counted else None,
    "first_purchase_days": lambda person, params: days_since(local_days(person)[0]) if person.counted else None,
    "last_purchase_on": lambda person, params: local_days(person)[-1] if person.counted else None,
    "frequency": lambda person, params: len(person.counted),
    "value": lambda person, params: net(person),
    "average_purchase": lambda person, params: average(person),
    "purchases_in": lambda person, params: len(lately(person, params["days"])),
    "value_in": lambda person, params: net(person, params["days"]),
    "largest_purchase": lambda person, params: most(person, params, lambda one: one.amount, None),
    "basket_lines": lambda person, params: most(person, params, lambda one: len(one.items), 0),
    "days_to_birthday": lambda person, params: birthday(person),
    "joined_days": lambda person, params: person.joined,
    "joined_on": lambda person, params: TODAY - timedelta(days=person.joined),
    "days_overdue": lambda person, params: overdue(person),
    "distance_km": lambda person, params: distance(person),
    "consent": lambda person, params: any(newest(person, params.get("channel")).values()),
}  # fmt: skip
MATCHING = {
    "category": lambda one: {item[1] for item in one.items},
    "sku": lambda one: {item[0] for item in one.items},
    "channel": lambda one: {one.channel},
    "weekday": lambda one: {one.local.isoweekday()},
    "hour": lambda one: {one.local.hour},
}


def compares(known, op: str, value) -> bool:
    """One known thing against the value."""
    if op == "between":
        return value[0] <= known <= value[1]
    if op == "in":
        return known in value
    return {"eq": known == value, "lt": op == "lt" and known < value, "lte": op == "lte" and known <= value,
            "gt": op == "gt" and known > value, "gte": op == "gte" and known >= value}[op]  # fmt: skip


def condition_holds(part: dict, person: Person) -> bool:
    name, op, value = part["field"], part["op"], part["value"]
    if op == "ne":
        return not condition_holds({**part, "op": "eq"}, person)
    if name in MATCHING:
        bought = [
            one
            for one in lately(person, part.get("days"))
            if any(compares(found, op, value) for found in MATCHING[name](one))
        ]
        return len(bought) >= part.get("times", 1)
    if name == "name":
        return all(any(one.startswith(word) for one in words(person.card.get("name", ""))) for word in words(value))
    if name.startswith("attributes."):
        return attribute_holds(person.card.get("attributes", {}).get(name.partition(".")[2]), op, value)
    known = KNOWN[name](person, part)
    if isinstance(known, list):
        return bool(known) == value if op == "exists" else any(compares(one, op, plain(name, value)) for one in known)
    if op == "exists":
        return (known not in (None, "")) == value
    return known not in (None, "") and compares(known, op, plain(name, value))


def plain(name: str, value):
    """A value as it is compared: days are days, cities and tags are folded."""
    if isinstance(value, list):
        return [plain(name, one) for one in value]
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return fold(value) if name in {"city", "tag"} else value


def attribute_holds(known, op: str, value) -> bool:
    text = "" if known is None else str(known).lower() if isinstance(known, bool) else str(known)
    if op == "exists":
        return (text != "") == value
    return value.lower() in text.lower() if op == "contains" else compares(text, op, value)


def holds(part: dict, person: Person) -> bool:
    if "all" in part:
        return all(holds(one, person) for one in part["all"])
    if "any" in part:
        return any(holds(one, person) for one in part["any"])
    return not holds(part["not"], person) if "not" in part else condition_holds(part, person)


# Definitions, built at random out of values that lie on, beside and between what the people are.

VALUES = {
    "gender": ["male", "female", "x"], "language": ["es", "en"], "country": ["ES", "PT"], "city": ["madrid", "Lugo"],
    "tag": ["press", "PRÉSS"], "preferences": ["oat milk", "decaf"], "attributes.size": ["42", "x"],
    "attributes.vip": ["true"], "state": ["active", "late", "lost"], "category": ["Bread", "Cakes", "Tea"],
    "sku": ["B-1", "C-1"], "channel": ["store", "web"],
}  # fmt: skip
NUMBERS = {
    "age": [25, 36, 46], "birth_year": [1980, 1990], "recency_days": [0, 29, 60, 61],
    "first_purchase_days": [59, 60, 365],
    "frequency": [0, 1, 3], "value": [-400, -300, 0, 2150, 10_000], "average_purchase": [0, 700, 716, 717, 5000],
    "largest_purchase": [700, 5000], "basket_lines": [0, 1, 2, 3], "days_to_birthday": [0, 30, 296, 355],
    "joined_days": [0, 30, 31], "days_overdue": [1, 3, 200], "recency_score": [1, 3, 5], "value_score": [3, 5],
    "purchases_in": [0, 1, 2], "value_in": [-300, 0, 100, 2600], "hour": [0, 10, 13], "weekday": [1, 2, 6],
    "distance_km": [0, 900, 1000],
}  # fmt: skip
DAYS = {"last_purchase_on": ["2026-03-10", "2026-01-09"], "joined_on": ["2026-02-08"], "due_on": ["2026-03-07"]}
LIMITED = {"hour": ["eq", "ne", "in", "between"], "weekday": ["eq", "ne", "in"],
           "distance_km": ["lt", "lte", "gt", "gte", "between"]}  # fmt: skip
COUNTED = {"category", "sku", "channel", "weekday", "hour"}
OPTIONAL = COUNTED | {"largest_purchase", "basket_lines"}
LONG = st.sampled_from([1, 10, 11, 29, 30, 60, 61, 70, 71, 365, 366, 400])


@st.composite
def conditions(draw):
    """One condition that the vocabulary takes."""
    name = draw(st.sampled_from([*VALUES, *NUMBERS, *DAYS, "consent", "name", "email", "phone"]))
    if name in {"email", "phone"}:
        return {"field": name, "op": "exists", "value": draw(st.booleans())}
    if name == "name":
        return {"field": name, "op": "contains", "value": draw(st.sampled_from(["jose", "ana JO", "pérez", "x"]))}
    if name == "consent":
        channel = draw(st.sampled_from([{}, {"channel": "email"}, {"channel": "sms"}]))
        return {"field": name, "op": "eq", "value": draw(st.booleans()), **channel}
    one = criteria.field.FIELDS[name if not name.startswith("attributes.") else "attributes."]
    op = draw(st.sampled_from(LIMITED.get(name, [op for op in one.takes if op != "contains"])))
    pool = st.sampled_from((VALUES | NUMBERS | DAYS)[name])
    value = draw({"exists": st.booleans(), "in": st.lists(pool, min_size=1, max_size=3),
                  "between": st.tuples(pool, pool).map(lambda pair: sorted(pair))}.get(op, pool))  # fmt: skip
    return {"field": name, "op": op, "value": value, **draw(params(name))}


def params(name: str):
    """What a condition says beside its value; the location is put in later."""
    if name in {"purchases_in", "value_in"}:
        return st.fixed_dictionaries({"days": LONG})
    optional = {"days": LONG} if name in OPTIONAL else {}
    return st.fixed_dictionaries({}, optional=optional | ({"times": st.integers(1, 2)} if name in COUNTED else {}))


PARTS = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=4,
)


def placed(part: dict, shop: Shop) -> dict:
    """With the shop's own location where distances are measured from."""
    for group in ("all", "any"):
        if group in part:
            return {group: [placed(one, shop) for one in part[group]]}
    if "not" in part:
        return {"not": placed(part["not"], shop)}
    return {**part, "location": shop.spot.public_id} if part["field"] == "distance_km" else part


def found(shop: Shop, parts: list[dict]) -> set[int]:
    """Where those stand in PEOPLE whom the statement finds; nobody twice."""
    definition = {"version": 1, "all": [placed(part, shop) for part in parts]}
    read = criteria.parse(definition, merchant=shop.merchant)
    keys = list(criteria.customers(read, merchant=shop.merchant, at=NOW).values_list("pk", flat=True))
    assert len(keys) == len(set(keys))
    return {PEOPLE.index(shop.rows[key]) for key in keys}


def expected(parts: list[dict]) -> set[int]:
    return {place for place, person in enumerate(PEOPLE) if holds({"all": parts}, person)}


def every_condition():
    """Each field with each operator and each value that lies on, beside or between what the people are."""
    for name, pool in (VALUES | NUMBERS | DAYS).items():
        one = criteria.field.FIELDS[name if not name.startswith("attributes.") else "attributes."]
        more = {"purchases_in": [{"days": 30}, {"days": 61}], "value_in": [{"days": 6}, {"days": 30}]}.get(
            name, [{}, {"days": 60}] if name in OPTIONAL else [{}]
        )
        if name in COUNTED:
            more = [*more, {"times": 2}]
        for op in LIMITED.get(name, [op for op in one.takes if op != "contains"]):
            values = {"exists": [True, False], "in": [pool[:2], pool], "between": [[pool[0], pool[-1]], [pool[0]] * 2]}
            for value in values.get(op, pool):
                for params in more:
                    yield {"field": name, "op": op, "value": sorted(value) if op == "between" else value, **params}


def test_every_condition_finds_whom_a_slow_reading_finds(shop):
    wrong = [part for part in every_condition() if found(shop, [part]) != expected([part])]

    assert wrong == []


def test_any_definition_finds_whom_a_slow_reading_finds(shop):
    @EACH
    @given(parts=st.lists(PARTS, min_size=1, max_size=3))
    def check(parts):
        assert found(shop, parts) == expected(parts)

    check()


def test_opposite_finds_exactly_the_others(shop):
    @EACH
    @given(part=PARTS)
    def check(part):
        assert found(shop, [part]) ^ found(shop, [{"not": part}]) == set(range(len(PEOPLE)))

    check()
