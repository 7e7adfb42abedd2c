"""A new card at the counter: the phone first, and what the customer agrees to hear."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Location
from loyalty_site.people_forms import ASKED, MARKETING


class EnrolForm(forms.Form):
    """A new card: a way to recognise the person again, and consents that nobody ticks beforehand."""

    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name"), max_length=300, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.CharField(
        label=_("E-mail"), max_length=254, required=False,
        widget=forms.TextInput(attrs={"type": "email", "inputmode": "email", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for channel, words in ASKED.items():
            self.fields[f"consent-{channel}"] = forms.BooleanField(label=words, required=False)

    @classmethod
    def typed(cls, text: str):
        """Prefilled with what the search did not find."""
        text = text.strip()
        field = "email" if "@" in text else "phone" if re.fullmatch(r"[\d\s()+./-]{4,}", text) else "name"
        return cls(initial={field: text})

    def focused(self):
        """With the cursor in the first empty field, where the form is the page and not a part beside the search."""
        empty = [name for name in ("phone", "name", "email") if not self.initial.get(name)]
        self.fields[empty[0] if empty else "phone"].widget.attrs["autofocus"] = True
        return self

    def consent_fields(self) -> list:
        """The boxes for what somebody agrees to."""
        return [self[f"consent-{channel}"] for channel in ASKED]

    def clean(self):
        if not any(self.cleaned_data.get(name) for name in ("phone", "name", "email")) and not self.errors:
            raise forms.ValidationError(_("Write at least a name, a phone or an e-mail."))
        return self.cleaned_data

    def card(self, location: Location | None) -> dict:
        """The fields of the card that a valid form describes."""
        known = {name: self.cleaned_data[name] for name in ("name", "phone", "email") if self.cleaned_data[name]}
        return {**known, "location": location} if location else known

    def consents(self) -> list[dict]:
        """The yes of each ticked box; a box that stays empty says nothing, for nobody said no."""
        return [
            {"channel": channel, "purpose": MARKETING, "granted": True, "source": "counter"}
            for channel in ASKED
            if self.cleaned_data[f"consent-{channel}"]
        ]
