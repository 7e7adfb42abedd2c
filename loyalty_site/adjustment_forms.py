"""What people type to give or take points by hand, and how much each role may do alone."""

import secrets
from datetime import date, datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Role
from customers.merchants.refusals import Refusal
from loyalty_site.forms import decimal_mark, read_amount
from rewards import expiry
from rewards.adjustments import LARGEST, LONGEST_REASON
from rewards.models import Program
from rewards.models.programs import Kind

GIVE, TAKE = "give", "take"
LATEST = date(2999, 12, 31)
WHOLE = _("Write a whole number, at most 1,000,000,000, for example 50.")
AMOUNT = _("Write an amount above zero.")
COUNTED = {Kind.CASHBACK: _("Amount"), Kind.STAMPS: _("Stamps")}
FIELDS = {"expires_at": "expires_on", None: "points"}  # of refusals; what names no field is about the points


UNITS = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


def read_units(text: str, program: Program) -> int:
    """Points as they are typed: whole ones, or an amount where the program counts money. Raises ValidationError."""
    if program.kind == Kind.CASHBACK:
        count = read_amount(text, program.merchant.currency, decimal_mark(program.merchant))
    else:
        count = int(text) if text.isascii() and text.isdecimal() else 0
    if not 0 < count <= LARGEST:
        raise forms.ValidationError(AMOUNT if program.kind == Kind.CASHBACK else WHOLE)
    return count


class AdjustForm(forms.Form):
    """Points to give or take. `receipt` is made once per form shown, so that sending it twice adjusts once.

    While it is only `tried`, to see what would happen, the reason may still be open.
    """

    way = forms.ChoiceField(
        label=_("What to do"),
        choices=[(GIVE, _("Give points")), (TAKE, _("Take points"))],
        initial=GIVE,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether points are given or taken."),
            "invalid_choice": _("Choose whether points are given or taken."),
        },
    )
    points = forms.CharField(max_length=12, error_messages={"required": _("Enter how many.")}, widget=UNITS)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("The customer's history shows it, so write what they may read."),
        error_messages={"required": _("Say why. The customer's history shows it.")},
        widget=forms.TextInput(attrs={"list": "reasons", "autocomplete": "off"}),
    )
    expires_on = forms.DateField(
        label=_("Last day they can be spent"),
        required=False,
        help_text=_("Left empty, they do not expire."),
        error_messages={"invalid": _("Write the day as year, month and day, for example 2027-01-31.")},
        widget=forms.DateInput(attrs={"type": "date", "placeholder": "2027-01-31"}, format="%Y-%m-%d"),
    )
    receipt = forms.RegexField(
        r"^adj-[\w-]{22}$",
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Load the page again and enter the points once more.")},
    )
    REASONS = [
        _("Goodwill"),
        _("Correction"),
        _("Points missing from a purchase"),
        _("Brought along from a paper card"),
        _("Birthday"),
    ]

    def __init__(self, data=None, *, program: Program, tried: bool = False):
        self.program, self.merchant, self.tried = program, program.merchant, tried
        super().__init__(data, initial={"receipt": f"adj-{secrets.token_urlsafe(16)}"})
        self.fields["reason"].required = not tried
        self.fields["points"].label = COUNTED.get(program.kind, _("Points"))

    def clean_points(self) -> int:
        return read_units(self.cleaned_data["points"], self.program)

    def clean_expires_on(self) -> date | None:
        day = self.cleaned_data["expires_on"]
        if day and self.cleaned_data.get("way") == TAKE:
            raise forms.ValidationError(_("Points that are taken do not expire. Leave the day empty."))
        if day and day > LATEST:
            raise forms.ValidationError(_("Check the year, or leave the day empty."))
        return day

    def what(self) -> dict:
        """What a valid form asks for, as the verb takes it; a reason still open is a dot."""
        typed = self.cleaned_data
        return {
            "points": typed["points"] if typed["way"] == GIVE else -typed["points"],
            "reason": typed["reason"] or ("." if self.tried else ""),
            "expires_at": self.over_at(typed["expires_on"]),
            "key": f"page:{typed['receipt']}",
        }

    def over_at(self, day: date | None) -> datetime | None:
        """The midnight after the last day, at the shop."""
        return expiry.midnight(day + timedelta(days=1), self.merchant.timezone) if day else None

    def nothing_yet(self) -> bool:
        """Whether no points were typed yet, which is no mistake while one only looks."""
        return self.has_error("points", code="required")

    def place_of(self, refusal: Refusal) -> str | None:
        """The field that a refusal is about."""
        return FIELDS.get(refusal.field, refusal.field)


class DecisionForm(forms.Form):
    """Nothing to type: yes or no."""


class CapsForm(forms.Form):
    """How many points a day a person of each role may adjust alone."""

    def __init__(self, data=None, *, caps: dict[str, int]):
        super().__init__(data, initial=caps)
        for role in (Role.STAFF, Role.MANAGER):
            self.fields[role.value] = forms.IntegerField(
                label=role.label,
                min_value=0,
                max_value=LARGEST,
                localize=False,
                error_messages={
                    "required": _("Enter a number of points; 0 means never alone."),
                    "invalid": _("Enter a number of points; 0 means never alone."),
                    "min_value": _("Enter a number of points; 0 means never alone."),
                },
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 12}),
            )
