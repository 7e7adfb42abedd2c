"""The notes on a customer's card, written at the counter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class NotesForm(forms.Form):
    """What colleagues should know of a customer; `was` is what stood there when it was shown."""

    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What colleagues should know. The counter shows them, so write what the customer may read."),
    )
    was = forms.CharField(required=False, strip=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, data=None, *, customer: Customer):
        self.stands = customer.notes
        super().__init__(data, initial={"notes": customer.notes, "was": customer.notes})

    def clean(self):
        """Refuse to write over what somebody else wrote meanwhile; line ends travel in more than one way."""
        was = self.cleaned_data.get("was", "")
        if was.split() != self.stands.split():
            raise forms.ValidationError(
                _("Somebody else changed the notes meanwhile. They now say: “%(notes)s”. Add yours and keep them."),
                params={"notes": self.stands},
            )
        return self.cleaned_data

    def change(self) -> dict:
        """What a valid form changes, as the verb takes it."""
        return {"fields": {"notes": self.cleaned_data["notes"].replace("\r\n", "\n")}, "consents": []}
