"""Turns what a device kept while the network was away into a purchase."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant, StaffMember
from customers.merchants.refusals import Invalid
from customers.models import Customer
from customers.purchases import PurchaseDraft
from loyalty_site.forms import PurchaseForm

SALT = "offline"  # of the slip that says who typed a purchase
SLIP_LASTS = timedelta(days=30)
OLDEST = timedelta(days=366)
PLAIN = {"receipt", "amount", "location", "code", "others", "customer", "who", "slip", "occurred_at"}
PRODUCTS = ("many-", "each-")  # how many of a product, and what one costs
CLOCKS = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # what a device's clock may show


class TooLongAgo(Invalid):
    code = "too_long_ago"
    message = _("This purchase would lie more than a year back. Set the clock of the device right and send it again.")


def slip(place: StaffMember) -> str:
    """Who is signed in, signed: kept with each purchase, so that nobody can say that a colleague typed it."""
    return signing.dumps(place.public_id, salt=SALT)


def typist(text: str) -> str | None:
    """The public id of the person whom a slip names; None for one that is not ours or is too old."""
    try:
        return signing.loads(text, salt=SALT, max_age=SLIP_LASTS)
    except signing.BadSignature:
        return None


def is_plain(name: str) -> bool:
    """Whether a field belongs to a purchase that a device may keep: nothing that spends what others could spend."""
    return name in PLAIN or name.startswith(PRODUCTS)


class QueuedForm(PurchaseForm):
    """A purchase at the counter as the device kept it: also when, by whose slip, and for whom.

    For whom is a card that the device knew (`customer`), what the cashier typed (`who`), or nobody. Only plain
    purchases are kept; whatever else was sent is left out.
    """

    customer = forms.CharField(max_length=40, required=False)
    who = forms.CharField(max_length=254, required=False)
    slip = forms.CharField(max_length=200, required=False)
    occurred_at = forms.DateTimeField(
        error_messages={
            "required": _("The time of the purchase is missing. Discard it and type it again."),
            "invalid": _("The time of the purchase cannot be read. Discard it and type it again."),
        }
    )

    def __init__(self, data=None, *, merchant: Merchant, remembered: str | None = None):
        data = None if data is None else {name: text for name, text in data.items() if is_plain(name)}
        super().__init__(data, merchant=merchant, remembered=remembered)
        if "location" in self.fields:
            gone = _("This location is gone, or none was chosen. Correct the purchase and choose one of yours.")
            self.fields["location"].error_messages |= {"invalid_choice": gone, "required": gone}

    def clean_occurred_at(self) -> datetime:
        moment = self.cleaned_data["occurred_at"]
        if not CLOCKS[0] <= moment < CLOCKS[1]:
            raise forms.ValidationError(self.fields["occurred_at"].error_messages["invalid"])
        return moment

    def kept_draft(
        self, *, customer: Customer | None, typed_by: StaffMember, sent_by: StaffMember, ahead: timedelta, at: datetime
    ) -> PurchaseDraft:
        """The purchase at its own time, less what the device's clock is `ahead`; whoever typed it served.

        Raises TooLongAgo. A time that is still in the future is now: the clock was set meanwhile.
        """
        moment = self.cleaned_data["occurred_at"] - ahead
        if moment < at - OLDEST:
            raise TooLongAgo
        draft = super().draft(customer=customer, place=typed_by, at=at)
        draft.occurred_at, draft.actor = min(moment, at), sent_by.public_id
        return draft
