"""What a customer is found by while somebody types: beginnings of words, and a phone from its end.

Every card has a row of `CustomerWord` for each word of its name, for its phone backwards (behind #), for each of its
tags (behind =) and for its city (behind @). One index on them answers a hundred thousand customers as quickly as a
hundred. A column to search with LIKE '%...%' would read every card, and full-text search is another dialect on each
database.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Lookup, Q, QuerySet

from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.models import Customer, CustomerWord

ENOUGH_DIGITS = 4
LONGEST = 40
FIELDS = ("name", "phone", "city", "attributes")
LAST = "\U0010ffff"


class Begins(Lookup):
    """A text begins so, by an index: a pattern on PostgreSQL, a range on SQLite, whose LIKE reads every row."""

    lookup_name = "begins"

    def as_sql(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        return f"({left} >= %s AND {left} < %s)", [*params, self.rhs, *params, self.rhs + LAST]

    def as_postgresql(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        return f"{left} LIKE %s", [*params, re.sub(r"([\\%_])", r"\\\1", self.rhs) + "%"]


CustomerWord._meta.get_field("word").register_lookup(Begins)


def fold(text: str) -> str:
    """A text as it is compared: without accents and case, so that jose finds José."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """The folded words of a text, cut where nobody types on."""
    return [word[:LONGEST] for word in re.split(r"[\W_]+", fold(text)) if word]


def phone_word(digits: str) -> str:
    """Digits from the end of a phone on."""
    return "#" + digits[::-1][:LONGEST]


def tag_word(tag: str) -> str:
    """A tag as it is looked up."""
    return "=" + fold(tag)[:LONGEST]


def city_word(city: str) -> str:
    """A city as it is looked up."""
    return "@" + " ".join(fold(city).split())[:LONGEST]


def of(customer: Customer) -> set[str]:
    """What a card is found by."""
    found = set(words(customer.name))
    if customer.phone:
        found.add(phone_word(re.sub(r"\D", "", customer.phone)))
    if customer.city.strip():
        found.add(city_word(customer.city))
    return found | {tag_word(tag) for tag in tags(customer.attributes)}


def tags(attributes: dict) -> list[str]:
    """The tags among the attributes; whatever else an API client keeps under that name is none."""
    found = attributes.get("tags", []) if isinstance(attributes, dict) else []
    return [tag for tag in found if isinstance(tag, str) and tag] if isinstance(found, list) else []


def add(people: Iterable[Customer]) -> None:
    """Write the words of new cards (one statement, or one for each 500)."""
    found = [(person.pk, person.merchant_id, word) for person in people for word in sorted(of(person))]
    rows.insert(CustomerWord, ["customer", "merchant", "word"], found)


def replace(people: Iterable[Customer]) -> None:
    """Write the words of changed cards anew."""
    people = list(people)
    CustomerWord.objects.filter(customer__in=people).delete()
    add(people)


def found(*, merchant: Merchant, text: str) -> QuerySet:
    """The `customer` keys where every typed word begins one of the name's, or whose phone ends with the digits.

    The longest word is looked up, the others narrow it; a phone is looked up apart, because with OR SQLite would read
    every row.
    """
    mine = CustomerWord.objects.filter(merchant=merchant)
    typed = sorted(words(text), key=len, reverse=True)
    if not typed:
        return mine.none().values("customer")
    named = mine.filter(word__begins=typed[0]).values("customer").distinct()
    for word in typed[1:]:
        named = named.filter(customer__in=mine.filter(word__begins=word).values("customer"))
    digits = re.sub(r"\D", "", text)
    if len(digits) < ENOUGH_DIGITS or re.search(r"[^\W\d_]", text):
        return named
    return named.union(mine.filter(word__begins=phone_word(digits)).values("customer"))


def matching(*, merchant: Merchant, text: str) -> Q:
    """The condition that a card is found by what was typed."""
    return Q(pk__in=found(merchant=merchant, text=text))


def ending(*, merchant: Merchant, digits: str) -> QuerySet:
    """The `customer` keys of phones that end with these digits."""
    return CustomerWord.objects.filter(merchant=merchant, word__begins=phone_word(digits)).values("customer")


def exactly(*, merchant: Merchant, word: str) -> QuerySet:
    """The `customer` keys of cards with this very word: a tag, a city."""
    return CustomerWord.objects.filter(merchant=merchant, word=word).values("customer")
