"""PINs as people type them: a new one on one's own page, and the one that says who stands at the till."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants import tills
from customers.merchants.models import StaffMember


def digits(**more) -> forms.PasswordInput:
    """A field for a PIN, which nobody reads over a shoulder or finds in the browser."""
    return forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", **more})


class PinForm(forms.Form):
    """A new PIN, twice, by somebody who knows the password: an open session is not enough to act as its owner."""

    pin = forms.CharField(
        label=_("New PIN"), max_length=6, help_text=_("4 to 6 digits, neither all the same nor in a row."),
        error_messages={"required": _("Enter the new PIN.")}, widget=digits(autofocus=True),
    )  # fmt: skip
    again = forms.CharField(
        label=_("The same once more"), max_length=6, widget=digits(),
        error_messages={"required": _("Enter the PIN once more.")},
    )  # fmt: skip
    password = forms.CharField(
        label=_("Present password"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )  # fmt: skip

    def __init__(self, data=None, *, place: StaffMember):
        self.user = place.user
        super().__init__(data)

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your present password. Check capitals, and try again."))
        return self.cleaned_data["password"]

    def clean(self):
        pin, again = self.cleaned_data.get("pin"), self.cleaned_data.get("again")
        if pin and again and pin != again:
            self.add_error("again", _("The two PINs differ. Type the same one twice."))
        return self.cleaned_data


class StandForm(forms.Form):
    """Who is at the till, and their PIN; the person who signed in may type the password instead."""

    staff = forms.ModelChoiceField(
        label=_("Who is at the till?"), queryset=StaffMember.objects.none(), to_field_name="public_id",
        empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": _("Choose who you are."), "invalid_choice": _("Choose one of the names.")},
    )  # fmt: skip
    pin = forms.CharField(
        label=_("PIN"), max_length=128, strip=False, widget=digits(),
        error_messages={"required": _("Enter your PIN.")},
    )  # fmt: skip

    def __init__(self, data=None, *, own: StaffMember):
        self.own = own
        super().__init__(data)
        self.fields["staff"].queryset = tills.team(own)
