"""What people type to pass points on to another member, or to let two share one account."""

import secrets

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Refusal
from loyalty_site.adjustment_forms import COUNTED, UNITS, read_units
from rewards.models import Program


class PassForm(forms.Form):
    """How many points go. `receipt` is made once per form shown, so that sending it twice passes them on once."""

    points = forms.CharField(max_length=12, error_messages={"required": _("Enter how many.")}, widget=UNITS)
    receipt = forms.RegexField(
        r"^pass-[\w-]{22}$",
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Load the page again and enter the points once more.")},
    )

    def __init__(self, data=None, *, program: Program):
        self.program = program
        super().__init__(data, initial={"receipt": f"pass-{secrets.token_urlsafe(16)}"})
        self.fields["points"].label = COUNTED.get(program.kind, _("Points"))

    def clean_points(self) -> int:
        return read_units(self.cleaned_data["points"], self.program)

    def place_of(self, refusal: Refusal) -> str | None:
        """Every refusal is about the points, but for those about the other person."""
        return None if refusal.field == "to" else "points"


class PoolForm(forms.Form):
    """Nothing to type: yes or no."""
