"""Vouchers to make: many alike, or one that somebody gets as a surprise or an apology."""

from datetime import date, datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants import ids
from customers.merchants.models import Merchant
from customers.merchants.refusals import Refusal
from customers.models import Customer
from loyalty_site.program_forms.closing import DayField
from loyalty_site.reward_forms import benefits
from loyalty_site.reward_forms.benefits import BenefitForm, money, whole
from loyalty_site.selectors.vouchers import words
from rewards import expiry, vouchers
from rewards.vouchers.codes import LONGEST_PREFIX

PLACES = {**benefits.PLACES, "starts_at": "starts_on", "ends_at": "ends_on"}
LARGEST = 2_000_000_000
LATEST = date(2999, 12, 31)
LONGEST_NAME, LONGEST_NOTE = 100, 200


class MakingForm(BenefitForm):
    """What vouchers give, and until when. `receipt` is made once per form shown: sending it twice makes them once.

    While it is only `tried`, for a sentence that says what would be made, what has to be said may still be open.
    """

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("Stands on the voucher. Left empty, it is what the voucher gives."),
    )
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Left empty, they hold for ever."))
    note = forms.CharField(label=_("What for"), max_length=LONGEST_NOTE, required=False)
    receipt = forms.RegexField(
        r"^bat_[0-9a-z]{26}$",
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Load the page again and fill it in once more.")},
    )

    def __init__(self, data=None, *, merchant: Merchant, initial: dict | None = None, tried: bool = False):
        self.tried = tried
        super().__init__(data, merchant=merchant, initial={"receipt": ids.new("bat"), **(initial or {})})

    def clean_ends_on(self) -> date | None:
        day = self.cleaned_data["ends_on"]
        if day and day > LATEST:
            raise forms.ValidationError(_("Check the year, or leave the day empty."))
        return day

    def clean(self):
        self.check_benefit()
        return self.cleaned_data

    def over_at(self) -> datetime | None:
        """The midnight after the last day, at the shop."""
        last = self.cleaned_data["ends_on"]
        return expiry.midnight(last + timedelta(days=1), self.merchant.timezone) if last else None

    def described(self) -> dict:
        """What a valid form says of any voucher, as the verb takes it."""
        benefit = self.benefit()
        said = words.gives(benefit, self.merchant.currency)
        return {
            "benefit": benefit,
            "name": self.cleaned_data["name"].strip() or said[:LONGEST_NAME],
            "ends_at": self.over_at(),
            "note": self.cleaned_data["note"].strip(),
            "receipt": "" if self.tried else self.cleaned_data["receipt"],
        }

    def place_of(self, refusal: Refusal) -> str | None:
        """The field that a refusal is about."""
        return PLACES.get(refusal.field, refusal.field)


class VoucherForm(MakingForm):
    """A batch of vouchers."""

    count = whole(1, vouchers.MOST_AT_ONCE, label=_("How many"), initial=1)
    prefix = forms.CharField(
        label=_("Codes begin with"),
        required=False,
        max_length=LONGEST_PREFIX * 2,
        help_text=_("Up to 12 letters and digits, such as SUMMER. What follows nobody can guess."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    uses = whole(1, LARGEST, label=_("How often each can be used"), initial=1)
    per_customer = whole(
        1, LARGEST, label=_("At most for each customer"), help_text=_("Left empty, as often as the voucher allows.")
    )
    min_amount = money(help_text=_("Before discounts. Left empty, any purchase will do."))
    starts_on = DayField(label=_("First day"), required=False, help_text=_("Left empty, from now on."))

    def __init__(self, data=None, *, merchant: Merchant, **more):
        super().__init__(data, merchant=merchant, **more)
        self.fields["note"].help_text = _("Only the shop sees it, for example: letter to those who stayed away.")
        currency = {"currency": merchant.currency}
        self.fields["min_amount"].label = _("Smallest purchase, in %(currency)s") % currency
        if self["kind"].value() == "gift_card":
            del self.fields["uses"], self.fields["per_customer"]

    def clean_min_amount(self) -> int | None:
        return self.read_money("min_amount") or None

    def clean_starts_on(self) -> date | None:
        day = self.cleaned_data["starts_on"]
        if day and day > LATEST:
            raise forms.ValidationError(_("Check the year, or leave the day empty."))
        return day

    def wanted(self) -> vouchers.Wanted:
        """The vouchers that a valid form asks for."""
        typed = self.cleaned_data
        first = typed["starts_on"]
        return vouchers.Wanted(
            **self.described(),
            count=typed["count"] or 1,
            uses=typed.get("uses") or 1,
            per_customer=typed.get("per_customer"),
            min_amount=typed["min_amount"],
            starts_at=expiry.midnight(first, self.merchant.timezone) if first else None,
            prefix=typed["prefix"],
        )


class GiftForm(MakingForm):
    """A voucher for one customer, and why: the shop's people read that."""

    def __init__(self, data=None, *, merchant: Merchant, customer: Customer, **more):
        self.customer = customer
        super().__init__(data, merchant=merchant, **more)
        self.fields["ends_on"].help_text = _("Left empty, it holds for ever.")
        self.fields["note"].label = _("Why")
        self.fields["note"].required = not self.tried
        self.fields["note"].error_messages["required"] = _("Say why, for example: the cake was late.")
        self.fields["note"].help_text = _("Only the shop sees it, for example: the cake was late.")

    def wanted(self) -> vouchers.Wanted:
        """The voucher that a valid form asks for."""
        return vouchers.Wanted(**self.described(), customer=self.customer)
