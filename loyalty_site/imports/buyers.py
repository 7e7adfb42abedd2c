"""Whose each receipt of a file is: found, or enrolled where nobody has the card."""

from collections import ChainMap

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.reader.receipts import Identity, Receipt
from loyalty_site import flows

from .cards import FOLD, IDENTIFIERS, Bad, Cards
from .outcome import Outcome

UNKNOWN_CARD = _("Nobody has this card. Enrol the customer first, or give a phone, an e-mail or an id.")
REFUSED = object()


class Buyers(Cards):
    """The customers of a part of a file; those who are new are enrolled at once.

    A new card takes all identifiers that the row gives, without those that somebody has. A card code alone makes no
    card: it must be known.
    """

    def __init__(self, outcome: Outcome, people: list[Identity]):
        super().__init__(outcome.imported.merchant, people)
        self.outcome = outcome
        for name, known in outcome.dry_cards.items():
            self.known[name] = ChainMap(self.known[name], known)
        self.enrol([person for person in self.people if self.key(person) is None and makes_a_card(person)])

    def enrol(self, people: list[Identity]) -> None:
        """Make cards for people whom no identifier finds, each once."""
        fresh, taken = [], set()
        for person in people:
            names = set(identifiers(person).items())
            if not taken & names:
                fresh.append(person)
                taken |= names
        self.outcome.new_customers += len(fresh)
        if self.outcome.imported.dry_run:
            self.promise(fresh)
        elif fresh:
            cards = [self.card(person) for person in fresh]
            for customer in flows.enrol_many(merchant=self.merchant, cards=cards, at=self.outcome.at):
                self.note(customer, customer.pk)

    def card(self, person: Identity) -> dict:
        """The fields of a new card."""
        return {"name": person.name or "", "imported": self.outcome.imported, **identifiers(person)}

    def promise(self, people: list[Identity]) -> None:
        """Remember the cards that a dry run would make, for whatever part of the file names them next."""
        for person in people:
            token = tuple(identifiers(person).items())
            for name, value in identifiers(person).items():
                self.outcome.dry_cards[name][value] = token
            self.note(person, token)

    def note(self, person: Identity | Customer, key: object) -> None:
        """Let a new card be found by what it is known by."""
        for name, value in identifiers(person).items():
            self.known[name][FOLD[name](value)] = key

    def find(self, receipt: Receipt) -> object:
        """The customer's key for a receipt, None for an anonymous sale, or REFUSED after noting why."""
        if receipt.customer.is_anonymous:
            return None
        person = self.of(receipt.customer)
        if isinstance(person, Bad):
            return self.refuse(receipt, person)
        found = self.key(person)
        if found is not None:
            return found
        return self.refuse(receipt, Bad("card_code", person.card_code, UNKNOWN_CARD))

    def refuse(self, receipt: Receipt, bad: Bad) -> object:
        """Reject a receipt because of whom it names."""
        field = "customer" if bad.field == "external_id" else bad.field
        self.outcome.reject(receipt.rows, line=receipt.first_line, field=field, value=bad.value, message=bad.message)
        return REFUSED


def identifiers(person: Identity | Customer) -> dict[str, str]:
    """What a person or card is known by."""
    return {name: value for name in IDENTIFIERS if (value := getattr(person, name))}


def makes_a_card(person: Identity) -> bool:
    """Whether the identifiers can make a card; a card code alone cannot."""
    return bool(person.external_id or person.phone or person.email)
