"""Turns what people type into values; what the values may do is the domain's business."""

import re
import secrets
from datetime import date, datetime

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from customers import purchases
from customers.merchants.models import Location, Merchant, StaffMember
from customers.merchants.money import DECIMALS
from customers.merchants.refusals import Refusal
from customers.models import Customer
from customers.purchases import PurchaseDraft
from customers.purchases.drafts import LARGEST_AMOUNT
from customers.reader.countries import DECIMAL_COMMA
from segments import cohorts


class SignInForm(AuthenticationForm):
    """E-mail and password; a wrong pair is told without saying which of the two was wrong."""

    error_messages = {
        "invalid_login": _("This e-mail and password do not belong together. Check both; capitals count in passwords."),
        "inactive": _("This login is switched off. Ask the owner of the shop."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})


def decimal_mark(merchant: Merchant) -> str:
    """The mark between units and cents where the shop is."""
    return "," if merchant.country in DECIMAL_COMMA else "."


def read_amount(text: str, currency: str, mark: str = ".") -> int:
    """What was typed as money, in minor units; a comma and a point both mark decimals. Raises ValidationError."""
    decimals = DECIMALS[currency]
    text = text.strip()
    if text.startswith(("-", "−")):
        raise forms.ValidationError(_("An amount is not below zero. Leave the minus sign out."))
    if re.search(r"[^0-9.,]", text):
        raise forms.ValidationError(
            _("Write the amount with digits only, for example %(example)s.") % {"example": example(decimals, mark)}
        )
    if len(re.findall(r"[.,]", text)) > 1:
        raise forms.ValidationError(
            _("This amount has two decimal marks. Write thousands without a mark: %(example)s.")
            % {"example": example(decimals, mark)}
        )
    whole, __, part = text.replace(",", ".").partition(".")
    if not whole + part:
        raise forms.ValidationError(
            _("Enter the amount, for example %(example)s.") % {"example": example(decimals, mark)}
        )
    if len(part) > decimals:
        raise forms.ValidationError(
            _("%(currency)s has %(decimals)d decimals at most. Write the amount like %(example)s.")
            % {"currency": currency, "decimals": decimals, "example": example(decimals, mark)}
        )
    amount = int((whole or "0") + part.ljust(decimals, "0")) if len(text) < 40 else LARGEST_AMOUNT + 1
    if amount > LARGEST_AMOUNT:
        raise forms.ValidationError(_("This amount is too large. Check the digits."))
    return amount


def example(decimals: int, mark: str) -> str:
    """An amount as one may write it."""
    return "1250" + (mark + "50".ljust(decimals, "0")[:decimals] if decimals else "")


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """Show a domain's refusal beside its field, or on top of the form; a form may know more of its places."""
    place = form.place_of(refusal) if hasattr(form, "place_of") else refusal.field
    form.add_error(place if place in form.fields else None, str(refusal))


class PurchaseForm(forms.Form):
    """An amount at the counter. `receipt` is made once per form shown, so that sending it twice records it once.

    While it is only `tried`, to see what the amount earns, the location may still be open.
    """

    amount = forms.CharField(
        label=_("Amount"),
        max_length=60,
        error_messages={"required": _("Enter the amount of the purchase.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "autofocus": True}),
    )
    location = forms.ModelChoiceField(
        label=_("Location"),
        queryset=Location.objects.none(),
        empty_label=_("Choose the location"),
        to_field_name="public_id",
        error_messages={"required": _("Choose the location."), "invalid_choice": _("Choose one of your locations.")},
    )
    code = forms.CharField(
        label=_("Code that the customer says"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    receipt = forms.RegexField(
        r"^till-[\w-]{22}$",
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Load the page again and enter the amount once more.")},
    )

    def __init__(
        self, data=None, *, merchant: Merchant, remembered: str | None = None, tried: bool = False, prefix=None
    ):
        self.merchant = merchant
        self.locations = list(Location.objects.for_merchant(merchant).order_by("name"))
        known = {"receipt": f"till-{secrets.token_urlsafe(16)}", "location": remembered}
        super().__init__(data, initial=known, prefix=prefix)
        if len(self.locations) > 1:
            self.fields["location"].queryset = Location.objects.for_merchant(merchant).order_by("name")
            self.fields["location"].required = not tried
        else:
            del self.fields["location"]

    def clean_amount(self) -> int:
        return read_amount(self.cleaned_data["amount"], self.merchant.currency, decimal_mark(self.merchant))

    def nothing_yet(self) -> str:
        """Zero as this shop writes it, which shows the mark before anything is typed."""
        decimals = DECIMALS[self.merchant.currency]
        return "0" + (decimal_mark(self.merchant) + "0" * decimals if decimals else "")

    def where(self) -> Location | None:
        """Where the purchase happens: as chosen, or the merchant's only location."""
        return self.cleaned_data.get("location") or next(iter(self.locations), None)

    def draft(self, *, customer: Customer | None, place: StaffMember, at: datetime) -> PurchaseDraft:
        """The purchase that a valid form describes; without a customer an anonymous sale."""
        lines = self.cleaned_data.get("lines", [])
        amount, moment = purchases.check(amount=self.cleaned_data["amount"], lines=lines, occurred_at=at, at=at)
        location = self.where()
        return PurchaseDraft(
            amount=amount,
            occurred_at=moment,
            customer_id=customer and customer.pk,
            external_id=self.cleaned_data["receipt"],
            location_id=location and location.pk,
            staff_id=place.pk,
            actor=place.public_id,
            code=self.cleaned_data["code"],
            lines=lines,
        )


class MonthField(forms.CharField):
    """A month written YYYY-MM, as its first day."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-01", "size": 8})

    def clean(self, value) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) or text < "1900":
            raise forms.ValidationError(_("Write the month as year and month, for example 2026-01."))
        return date.fromisoformat(f"{text}-01")


class RetentionForm(forms.Form):
    """Which cohorts and which figure; in the address as ?from=2026-01&to=2026-06&by=quarter&show=share."""

    SHOW = [("share", _("Share")), ("count", _("Customers")), ("revenue", _("Revenue")), ("worth", _("Worth so far"))]
    BY = [("month", _("First month")), ("quarter", _("First quarter")), *cohorts.By.choices]
    since = MonthField(label=_("From"), required=False)
    until = MonthField(label=_("To"), required=False)
    show = forms.ChoiceField(choices=SHOW, required=False)
    by = forms.ChoiceField(choices=BY, required=False)

    def __init__(self, query, *, today: date):
        self.today = today
        asked = {"since": query.get("from"), "until": query.get("to")}
        super().__init__(asked | {name: query.get(name) for name in ("show", "by")})

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        try:
            cohorts.check_months(since=since, until=until, today=self.today)
        except cohorts.WrongMonths as refusal:
            self.add_error({"from": "since", "to": "until"}[refusal.field], str(refusal))
        return self.cleaned_data

    def bounds(self) -> dict[str, date | None]:
        """The months asked for; without any when one of them is wrong."""
        return {name: self.cleaned_data[name] if self.is_valid() else None for name in ("since", "until")}

    def shown(self) -> str:
        """Which figure; the share when the address asks for something else."""
        return self.cleaned_data.get("show") or "share"

    def grouped(self) -> str:
        """By what; the month of the first purchase when the address asks for something else."""
        return self.cleaned_data.get("by") or "month"
