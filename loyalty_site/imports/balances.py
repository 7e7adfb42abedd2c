"""Opening balances from a file: points that customers bring along from another system."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from customers.models import Import
from customers.models.imports import State
from customers.reader.receipts import Identity
from rewards import earning, expiry, ledger, programs
from rewards.ledger import Posting
from rewards.models import Membership, Program
from rewards.models.ledger import EntryKind
from rewards.models.programs import Kind

from .cards import IDENTIFIERS, Bad, Cards
from .outcome import Outcome

UNKNOWN_PROGRAM = _("There is no program of this name. Write the name as on the program's page.")
WHICH_PROGRAM = _("Say which program the points belong to: the shop does not have exactly one.")
UNKNOWN_CUSTOMER = _("Nobody has this id, phone, e-mail or card. Import the customers first.")
NOT_A_MEMBER = _("This customer is not a member of the program. Enrol the customer first.")
NO_CURRENCY = _("This program is a membership, which has no points. Name another program.")
NO_POINTS = _("Opening points must be at least 1.")
OVER = _("These points have expired already. Leave the row out, or correct the date.")


def settle(outcome: Outcome, records: list[dict]) -> None:
    """Post a part of a file of balances; each customer and program once per file, whatever else is posted."""
    found = Finder(outcome, records)
    postings: list[Posting] = []
    for record in records:
        try:
            posting = found.posting(record)
        except BadRecord as bad:
            outcome.reject(1, line=record["line"], field=bad.field, value=str(bad.value), message=bad.message)
            continue
        postings.append(posting)
    fresh = [posting for posting in ledger.unposted(postings) if posting.key not in outcome.dry_keys]
    outcome.duplicates += len(postings) - len(fresh)
    for posting in fresh:
        outcome.accept(1, customer=found.owners[posting.membership_id])
    if outcome.imported.dry_run:
        outcome.dry_keys.update(posting.key for posting in fresh)
    else:
        earning.post(fresh, found.stamp_cards(fresh), at=outcome.at)


class BadRecord(Exception):
    """A record that cannot be posted, with the cell that is to blame."""

    def __init__(self, field, value, message):
        self.field, self.value, self.message = field, value, message


class Finder:
    """Customers, programs and memberships that a part of a file names."""

    def __init__(self, outcome: Outcome, records: list[dict]):
        self.outcome = outcome
        self.merchant = outcome.imported.merchant
        self.programs = {
            text.lower(): program
            for program in Program.objects.for_merchant(self.merchant)
            for text in (program.name, program.public_id)
        }
        self.cards = Cards(self.merchant, [person(record) for record in records])
        customers = {key for known in self.cards.known.values() for key in known.values()}
        self.members = {
            (member.customer_id, member.program_id): member
            for member in Membership.objects.for_merchant(self.merchant).filter(customer__in=customers)
        }
        self.owners = {member.pk: member.customer_id for member in self.members.values()}
        self.key = opening_key(outcome.imported)

    def posting(self, record: dict) -> Posting:
        """The opening lot of a record; raises BadRecord."""
        customer = self.customer(person(record))
        program = self.program(record)
        if program.kind == Kind.MEMBERSHIP:
            raise BadRecord("program", record.get("program", ""), NO_CURRENCY)
        member = self.members.get((customer, program.pk))
        if member is None:
            raise BadRecord("program", record.get("program", ""), NOT_A_MEMBER)
        if record["points"] < 1:
            raise BadRecord("points", record["points"], NO_POINTS)
        return Posting(
            account_id=member.account_id,
            membership_id=member.pk,
            merchant_id=self.merchant.pk,
            kind=EntryKind.ADJUST,
            points=record["points"],
            occurred_at=self.outcome.imported.created_at,
            key=f"{self.key}:{member.pk}",
            imported_id=self.outcome.imported.pk,
            actor=self.outcome.imported.public_id,
            reason="opening balance",
            expires_at=self.expires_at(record),
        )

    def stamp_cards(self, postings: list[Posting]) -> dict[str, earning.Card]:
        """The cards that postings are for, by their keys (one query)."""
        stamped = {program.pk for program in self.programs.values() if program.kind == Kind.STAMPS}
        worded = programs.stamp_cards(stamped)
        of_member = {member.pk: worded.get(member.program_id) for member in self.members.values()}
        cards: dict[str, earning.Card] = {}
        for posting in postings:
            cards |= earning.card_of(posting, of_member[posting.membership_id])
        return cards

    def customer(self, who: Identity) -> int:
        """The card of a person; raises BadRecord."""
        cleaned = self.cards.of(who)
        if isinstance(cleaned, Bad):
            raise BadRecord(cleaned.field, cleaned.value, cleaned.message)
        key = self.cards.key(cleaned)
        if key is None:
            field = next(name for name in IDENTIFIERS if getattr(who, name))
            raise BadRecord("customer" if field == "external_id" else field, getattr(who, field), UNKNOWN_CUSTOMER)
        return key

    def program(self, record: dict) -> Program:
        """The program that a record names; the only one where it names none."""
        if name := record.get("program"):
            if name.lower() not in self.programs:
                raise BadRecord("program", name, UNKNOWN_PROGRAM)
            return self.programs[name.lower()]
        only = {program.pk: program for program in self.programs.values()}
        if len(only) != 1:
            raise BadRecord("program", "", WHICH_PROGRAM)
        return next(iter(only.values()))

    def expires_at(self, record: dict):
        """The midnight after the day through which the points can be used; None for ever."""
        day = record.get("expires_on")
        if day is None:
            return None
        moment = expiry.midnight(day + timedelta(days=1), self.merchant.timezone)
        if moment <= self.outcome.imported.created_at:
            raise BadRecord("expires_on", day.isoformat(), OVER)
        return moment


def opening_key(imported: Import) -> str:
    """What makes the points of one file unmistakable; a file that was undone may bring them again."""
    same = Import.objects.for_merchant(imported.merchant).filter(fingerprint=imported.fingerprint, kind=imported.kind)
    undone = same.filter(state=State.UNDONE).count()
    return f"opening:{imported.fingerprint[:32]}" + (f":{undone}" if undone else "")


def person(record: dict) -> Identity:
    """Who a record names."""
    return Identity(
        external_id=record.get("customer"),
        phone=record.get("phone"),
        email=record.get("email"),
        card_code=record.get("card_code"),
    )
