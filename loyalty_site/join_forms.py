"""What somebody who joins is asked: a name, one way to be recognised, and what they may be sent."""

from django import forms
from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from customers import identity
from customers.merchants.models import Merchant
from customers.merchants.refusals import Refusal

from .people_forms import ASKED, MARKETING

# Where to each kind of news is sent, and what is said when that is missing.
CHANNELS = {"sms": "phone", "email": "email", "messenger": "phone"}
MISSING = {
    "phone": _("Write your phone too, so that news can reach you there."),
    "email": _("Write your e-mail too, so that news can reach you there."),
}
SOURCE = "join"


class JoinForm(forms.Form):
    """Joining a shop's programs. Nothing is ticked beforehand, and nothing but a name and one contact is required."""

    name = forms.CharField(
        label=_("Name"),
        max_length=300,
        help_text=_("As the people at the counter may call you."),
        error_messages={"required": _("Write your name; a first name is enough.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    day = forms.TypedChoiceField(
        label=_("Day"), required=False, coerce=int, empty_value=None,
        choices=[("", "–"), *((day, day) for day in range(1, 32))],
        widget=forms.Select(attrs={"autocomplete": "bday-day"}),
    )  # fmt: skip
    month = forms.TypedChoiceField(
        label=_("Month"), required=False, coerce=int, empty_value=None, choices=[("", "–"), *MONTHS.items()],
        widget=forms.Select(attrs={"autocomplete": "bday-month"}),
    )  # fmt: skip

    def __init__(self, data=None):
        super().__init__(data)
        for channel in CHANNELS:
            self.fields[f"news-{channel}"] = forms.BooleanField(label=ASKED[channel], required=False)

    def channels(self) -> list[forms.BoundField]:
        """The boxes to tick."""
        return [self[f"news-{channel}"] for channel in CHANNELS]

    def clean(self):
        typed = self.cleaned_data
        if not typed.get("phone") and not typed.get("email") and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", _("Write a phone or an e-mail, so that you are recognised."))
        for channel, contact in CHANNELS.items():
            if typed.get(f"news-{channel}") and not typed.get(contact) and contact not in self.errors:
                self.add_error(contact, MISSING[contact])
        if (typed.get("day") is None) != (typed.get("month") is None):
            self.add_error("day", _("Choose both day and month of your birthday, or leave both out."))
        return typed

    def card(self) -> dict:
        """The fields of the card that a valid form asks for."""
        typed = self.cleaned_data
        birthday = f"{typed['month']:02}-{typed['day']:02}" if typed["day"] else ""
        said = {name: typed[name] for name in ("name", "phone", "email") if typed[name]}
        return {**said, "birthday": birthday, "language": translation.get_language() or ""}

    def consents(self) -> list[dict]:
        """What was agreed to; a box left empty says nothing."""
        yes = [channel for channel in CHANNELS if self.cleaned_data[f"news-{channel}"]]
        return [{"channel": one, "purpose": MARKETING, "granted": True, "source": SOURCE} for one in yes]

    def said(self, merchant: Merchant) -> str:
        """How the counter finds whoever typed this: the phone in full, or else the e-mail. Nothing of any card."""
        phone, email = self.cleaned_data["phone"], self.cleaned_data["email"]
        return identity.phone(phone, country=merchant.country) if phone else identity.email(email)

    def place_of(self, refusal: Refusal) -> str | None:
        """The field that a refusal is about."""
        return "day" if refusal.field == "birthday" else refusal.field
