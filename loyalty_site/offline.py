"""What a device kept while the network was away is recorded: each purchase for itself, and once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.models import Merchant, StaffMember
from customers.merchants.refusals import Conflict, Missing, Refusal
from customers.merchants.templatetags.ficha import money, points
from customers.models import Customer, Purchase
from customers.profiles import DuplicateCustomer
from loyalty_site import flows
from loyalty_site.api.problems import is_busy
from loyalty_site.offline_forms import QueuedForm, typist
from rewards.earning import Earned

MOST = 100  # purchases in one sending
NOTED = timedelta(minutes=2)  # a clock that is less wrong than this is corrected without a word


class CardGone(Missing):
    code = "customer_gone"
    message = gettext_lazy("This card is gone since: it was deleted or merged. Correct it and pick the customer again.")


class TypedByAnother(Conflict):
    code = "typed_by_another"
    retryable = True  # by that person, or by somebody who says so
    message = gettext_lazy("Somebody else typed this purchase. Open the list and say there that you send it for them.")


class Busy(Conflict):
    code = "busy"
    retryable = True
    message = gettext_lazy("The shop's records are busy for a moment. It is sent again by itself.")


@dataclass(slots=True)
class Answer:
    """What came of one purchase: `created`, `duplicate`, `error` (correct it) or `waiting` (to be sent again).

    `purchase` is the public id of the one on record.
    """

    receipt: str
    status: str
    sentence: str
    purchase: str | None = None


@dataclass(slots=True)
class Sending:
    """A sending of the person at `place`; `ahead` is how far the device's clock is in front of ours.

    `for_others`: the person was asked about purchases that somebody else typed.
    """

    place: StaffMember
    ahead: timedelta
    for_others: bool = False

    def about_the_clock(self) -> str:
        """What to say of a clock that is far off; nothing of one that is right."""
        if abs(self.ahead) < NOTED:
            return ""
        minutes = {"minutes": round(abs(self.ahead) / timedelta(minutes=1))}
        if self.ahead > timedelta():
            return _("The clock of this device is %(minutes)d minutes fast. The times were corrected.") % minutes
        return _("The clock of this device is %(minutes)d minutes slow. The times were corrected.") % minutes


def record(sending: Sending, rows: list[dict[str, str]], *, at: datetime) -> list[Answer]:
    """Record what a device kept, in its order, each in a transaction of its own: a bad one stops no other.

    A receipt that stands already is answered with what stands.
    """
    return [record_one(sending, row, at=at) for row in rows]


def record_one(sending: Sending, row: dict[str, str], *, at: datetime) -> Answer:
    """Record one of them, or say in a sentence why not."""
    form, receipt = QueuedForm(row, merchant=sending.place.merchant), row.get("receipt", "")
    if not form.is_valid():
        return Answer(receipt, "error", " ".join(said for errors in form.errors.values() for said in errors))
    try:
        recorded = flows.attempt(lambda: sell(sending, form, at=at))
    except (Refusal, OperationalError) as error:
        return refused(receipt, error)
    return told(receipt, recorded, sending.place.merchant)


def sell(sending: Sending, form: QueuedForm, *, at: datetime) -> flows.Recorded:
    """The purchase of a valid form, by the flow of the counter. Raises TypedByAnother and what the flow refuses."""
    merchant, typed_by = sending.place.merchant, who_typed(sending.place, form.cleaned_data["slip"])
    if typed_by != sending.place and not sending.for_others:
        raise TypedByAnother
    customer = None
    if not stands(merchant, form.cleaned_data["receipt"]):
        customer = buyer(merchant, form.cleaned_data["customer"], form.cleaned_data["who"], at=at)
    draft = form.kept_draft(customer=customer, typed_by=typed_by, sent_by=sending.place, ahead=sending.ahead, at=at)
    return flows.record_once(merchant=merchant, drafts=[draft], at=at)[0]


def stands(merchant: Merchant, receipt: str) -> bool:
    """Whether a receipt is on record, whoever has become of its customer since."""
    return Purchase.objects.for_merchant(merchant).filter(external_id=receipt).exists()


def who_typed(place: StaffMember, text: str) -> StaffMember:
    """The person whom a slip names, as far as it holds; otherwise whoever sends answers for it."""
    named = typist(text)
    if named in (None, place.public_id):
        return place
    return StaffMember.objects.filter(merchant=place.merchant, public_id=named).first() or place


def buyer(merchant: Merchant, public_id: str, who: str, *, at: datetime) -> Customer | None:
    """For whom a purchase was typed; None for a sale without a customer. Raises CardGone and what `recognise` does."""
    if not public_id:
        return flows.recognise(merchant=merchant, text=who, at=at) if who else None
    customer = Customer.objects.for_merchant(merchant).filter(public_id=public_id).first()
    if customer is None:
        raise CardGone
    return customer


def refused(receipt: str, error: Refusal | OperationalError) -> Answer:
    """The answer to a purchase that was not recorded; raises an error that is not about being busy."""
    if isinstance(error, OperationalError):
        if not is_busy(error):
            raise error
        error = Busy()
    later = error.retryable or isinstance(error, DuplicateCustomer)  # another till made the card in this very moment
    return Answer(receipt, "waiting" if later else "error", str(error))


def told(receipt: str, recorded: flows.Recorded, merchant: Merchant) -> Answer:
    """The answer to a purchase that is on record."""
    draft = recorded.draft
    if not draft.duplicate:
        return Answer(receipt, "created", earned(recorded.earned), draft.public_id)
    first = Purchase.objects.select_related("customer").get(pk=draft.pk)
    stands = {"amount": money(first.amount, merchant.currency), "name": first.customer or _("nobody")}
    sentence = _("It had arrived before: %(amount)s for %(name)s. Counted once.") % stands
    return Answer(receipt, "duplicate", sentence, draft.public_id)


def earned(gains: list[Earned]) -> str:
    """What a recorded purchase brought, in a sentence."""
    said = ", ".join(f"+{points(gain.points, gain.program.unit)}" for gain in gains if gain.points)
    return _("Recorded: %(points)s.") % {"points": said} if said else _("Recorded. It earned nothing.")
