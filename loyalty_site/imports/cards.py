"""Which cards a part of a file names, found by look-ups that do not grow with it."""

from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Lower, Upper

from customers import identity
from customers.identity import InvalidEmail, InvalidPhone
from customers.merchants.models import Merchant
from customers.models import Customer
from customers.reader.receipts import Identity

IDENTIFIERS = ("external_id", "phone", "email", "card_code")  # the first that is known decides
STORED_FOLDED = {"email": Lower("email"), "card_code": Upper("card_code")}
FOLD = {"external_id": str, "phone": str, "email": str.lower, "card_code": str.upper}


@dataclass(frozen=True, slots=True)
class Bad:
    """An identifier that cannot be used: which, what it says, and why."""

    field: str
    value: str
    message: object


class Cards:
    """The cards of the people in a part of a file, by each of their identifiers: four queries at the most."""

    def __init__(self, merchant: Merchant, people: list[Identity]):
        self.merchant = merchant
        self.cleaned: dict[tuple, Identity | Bad] = {}
        self.known: dict[str, dict[str, int]] = {name: {} for name in IDENTIFIERS}
        for person in people:
            if (key := named(person)) not in self.cleaned:
                self.cleaned[key] = self.clean(person)
        self.people = [person for person in self.cleaned.values() if isinstance(person, Identity)]
        self.look_up()

    def clean(self, person: Identity) -> Identity | Bad:
        """The identifiers as they are compared; the first that cannot be used is Bad."""
        try:
            return Identity(
                external_id=person.external_id,
                phone=identity.phone(person.phone, country=self.merchant.country) if person.phone else None,
                email=identity.email(person.email).lower() if person.email else None,
                card_code=person.card_code.upper() if person.card_code else None,
                name=person.name,
            )
        except InvalidPhone as refusal:
            return Bad("phone", person.phone, str(refusal))
        except InvalidEmail as refusal:
            return Bad("email", person.email, str(refusal))

    def look_up(self) -> None:
        """Find who is known by each identifier."""
        mine = Customer.objects.for_merchant(self.merchant)
        for name, known in self.known.items():
            wanted = {getattr(person, name) for person in self.people} - {None}
            if wanted:
                same = mine.annotate(same=STORED_FOLDED.get(name, F(name))).filter(same__among=wanted)
                known.update(same.values_list("same", "pk"))

    def of(self, person: Identity) -> Identity | Bad:
        """A person of the file, cleaned."""
        return self.cleaned[named(person)]

    def key(self, person: Identity) -> int | None:
        """The primary key of a cleaned person's card, None where there is none."""
        for name in IDENTIFIERS:
            value = getattr(person, name)
            if value and value in self.known[name]:
                return self.known[name][value]
        return None


def named(person: Identity) -> tuple:
    """What tells two people of a file apart."""
    return (person.external_id, person.phone, person.email, person.card_code)


def folded(given: dict) -> dict[str, str]:
    """The identifiers among some fields, as they are compared."""
    return {name: FOLD[name](value) for name in IDENTIFIERS if (value := given.get(name))}
