"""Customers from a file: the new are enrolled, the known brought up to date, the unchanged are duplicates."""

from collections import defaultdict
from dataclasses import dataclass

from customers import attributes, profiles
from customers.merchants.refusals import Refusal
from customers.models import Customer
from customers.profiles import DuplicateCustomer
from customers.reader.receipts import Identity
from loyalty_site import flows

from .cards import IDENTIFIERS, Cards, folded
from .outcome import Outcome


def settle(outcome: Outcome, records: list[dict]) -> None:
    """Settle a part of a file of customers: first the new cards, so that a change cannot take what they are given."""
    known = Known(outcome, records)
    fresh, changes, defined = [], [], attributes.defined(outcome.imported.merchant)
    for record in records:
        fields = {name: value for name, value in record.items() if name != "line"}
        try:
            fields = profiles.clean(merchant=outcome.imported.merchant, fields=fields, defined=defined)
            card = known.find(fields)
        except Refusal as refusal:
            reject(outcome, record["line"], record, refusal)
            continue
        if card is None:
            fresh.append(fields)
            known.promise(fields, Promise(external_id=fields.get("external_id")))
            outcome.accept(1, customer=tuple(folded(fields).items()) or record["line"])
            outcome.new_customers += 1
        elif isinstance(card, Promise):
            outcome.duplicates += 1
        else:
            known.promise(fields, Promise(card.external_id or fields.get("external_id"), card.pk))
            changes.append((record["line"], card, fields))
    if fresh and not outcome.imported.dry_run:
        cards = [{**fields, "imported": outcome.imported} for fields in fresh]
        flows.enrol_many(merchant=outcome.imported.merchant, cards=cards, at=outcome.at)
    for line, customer, fields in changes:
        bring_up_to_date(outcome, known, line, customer, fields)


def bring_up_to_date(outcome: Outcome, known: "Known", line: int, customer: Customer, fields: dict) -> None:
    """Change what the file says otherwise; attributes are added to those there are."""
    if "attributes" in fields:
        fields["attributes"] = {**customer.attributes, **fields["attributes"]}
    changed = {name: value for name, value in fields.items() if getattr(customer, name) != value}
    if not changed or customer.pk in outcome.settled:
        outcome.settled.add(customer.pk)
        outcome.duplicates += 1
        return
    try:
        if outcome.imported.dry_run:
            known.pretend(customer, changed)
        else:
            profiles.update(customer=customer, fields=changed, at=outcome.at)
    except Refusal as refusal:
        reject(outcome, line, changed, refusal)
        return
    outcome.settled.add(customer.pk)
    outcome.accept(1, customer=customer.pk)


def reject(outcome: Outcome, line: int, fields: dict, refusal: Refusal) -> None:
    """Reject a row because of the field that the refusal names."""
    field = refusal.field or ""
    given = fields.get(field) or fields.get("attributes", {}).get(field.removeprefix("attributes."))
    outcome.reject(1, line=line, field=field, value=str(given or ""), message=refusal)


@dataclass(frozen=True, slots=True)
class Promise:
    """A card that an earlier row of the file made or settled: whatever comes later about it is a repetition."""

    external_id: str | None = None
    key: int | None = None


class Known:
    """The cards that a part of a file names by any identifier, and those that its earlier rows make."""

    def __init__(self, outcome: Outcome, records: list[dict]):
        people = [Identity(**{name: record.get(name) for name in IDENTIFIERS}) for record in records]
        self.imported = outcome.imported
        self.promised = outcome.dry_cards if outcome.imported.dry_run else defaultdict(dict)
        self.settled = outcome.settled
        self.keys = Cards(outcome.imported.merchant, people).known
        wanted = {key for found in self.keys.values() for key in found.values()}
        self.customers = Customer.objects.select_related("merchant").in_bulk(wanted)
        self.nameless = self.made_before([record.get("name") for record in records if not folded(record)])

    def made_before(self, names: list[str | None]) -> set[str]:
        """Those of the names, known by nothing else, for which the same file made a card when it was sent before."""
        if not names:
            return set()
        same = Customer.objects.for_merchant(self.imported.merchant).filter(
            imported__fingerprint=self.imported.fingerprint, name__in=[name for name in names if name]
        )
        return set(same.exclude(imported=self.imported).values_list("name", flat=True))

    def find(self, fields: dict) -> Customer | Promise | None:
        """The card that the first known identifier names; a Promise for one that the file had before.

        Raises DuplicateCustomer where a phone, e-mail or card belongs to somebody with another id.
        """
        for name, value in folded(fields).items():
            card = self.promised[name].get(value)
            if card is None and value in self.keys[name]:
                card = self.customers[self.keys[name][value]]
            if card is None:
                continue
            if fields.get("external_id") and card.external_id not in {None, fields["external_id"]}:
                raise DuplicateCustomer(field=name)
            return card if isinstance(card, Promise) or not self.had(card) else Promise(card.external_id, card.pk)
        return Promise() if not folded(fields) and fields.get("name") in self.nameless else None

    def had(self, card: Customer) -> bool:
        """Whether an earlier row of the file made or settled a card."""
        return card.imported_id == self.imported.pk or card.pk in self.settled

    def promise(self, fields: dict, card: Promise) -> None:
        """Remember what a card is about to be known by: what one row is given, no later one can take."""
        for name, value in folded(fields).items():
            self.promised[name].setdefault(value, card)

    def pretend(self, customer: Customer, changes: dict) -> None:
        """What `profiles.update` would do, in a dry run. Raises DuplicateCustomer."""
        for name, value in folded(changes).items():
            if (card := self.promised[name].get(value)) and card.key != customer.pk:
                raise DuplicateCustomer(field=name)
        profiles.refuse_duplicates(merchant=customer.merchant, fields=changes, except_for=customer)
