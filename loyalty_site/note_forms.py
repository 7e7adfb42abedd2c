"""What is typed beside figures: notes on days, and the month of a report."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.forms import MonthField
from loyalty_site.selectors.monthly import last_complete
from segments.annotations import LONGEST


class NoteForm(forms.Form):
    """What happened, and when."""

    on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("Choose the day."), "invalid": _("Write the day as 2026-03-01.")},
    )
    text = forms.CharField(
        label=_("What happened"),
        max_length=LONGEST,
        error_messages={"required": _("Write what happened, for example: prices up by a tenth.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MonthForm(forms.Form):
    """The month of a report, in the address as ?month=2026-05: one that is over."""

    month = MonthField(required=False)

    def __init__(self, query, *, today: date):
        self.last = last_complete(today)
        super().__init__({"month": query.get("month")})

    @property
    def chosen(self) -> date:
        """The last complete month when the address asks for something else."""
        asked = self.cleaned_data.get("month") if self.is_valid() else None
        return asked if asked and asked <= self.last else self.last
