"""The day that customer values are reckoned for; in the address as ?as_of=2026-03-01."""

import re
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _


class DayField(forms.CharField):
    """A day written YYYY-MM-DD, in the centuries of shops."""

    def clean(self, value) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            if re.fullmatch(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise forms.ValidationError(_("Write the day as year, month and day, for example 2026-03-01."))


class ValueForm(forms.Form):
    """Today, if the address does not say another day."""

    as_of = DayField(required=False)

    def __init__(self, query, *, today: date):
        self.today = today
        super().__init__({"as_of": query.get("as_of")})

    def clean_as_of(self) -> date | None:
        day = self.cleaned_data["as_of"]
        if day and day > self.today:
            raise forms.ValidationError(_("This day has not come yet. Choose today or an earlier one."))
        return day

    def day(self) -> date:
        """The day asked for; today without one, or with one that is wrong."""
        return (self.is_valid() and self.cleaned_data["as_of"]) or self.today
