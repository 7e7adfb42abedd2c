"""The days on which a program ends."""

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from rewards import programs
from rewards.programs.closing import LONGEST_TEXT

SUGGESTED_EARNING, SUGGESTED_SPENDING = 30, 90  # days from today


class DayField(forms.DateField):
    """A day, written as browsers send it."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "placeholder": "2026-01-31"})

    def __init__(self, **options):
        wrong = {
            "invalid": _("Write the day as year, month and day, for example 2026-01-31."),
            "required": _("Choose the day."),
        }
        super().__init__(input_formats=["%Y-%m-%d"], error_messages=wrong, **options)


class ClosingForm(forms.Form):
    """Last earning day, last spending day, and what customers are told. `sure` answers the question about haste."""

    last_earning_on = DayField(label=_("Last earning day"), help_text=_("Purchases of this day still earn."))
    last_spending_on = DayField(
        label=_("Last spending day"), help_text=_("What is left when this day is over expires.")
    )
    notice = forms.CharField(
        label=_("What customers are told"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("Stands in the public terms, as you write it. For example why, and what comes instead."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(required=False)

    def __init__(self, data=None, *, today: date):
        self.today = today
        suggested = {
            "last_earning_on": today + timedelta(days=SUGGESTED_EARNING),
            "last_spending_on": today + timedelta(days=SUGGESTED_SPENDING),
        }
        super().__init__(data, initial=suggested)

    def asks_again(self) -> bool:
        """Whether valid days leave customers little time, and nobody has said yet that this is meant."""
        if not self.is_valid() or self.cleaned_data["sure"]:
            return False
        days = {name: self.cleaned_data[name] for name in ("last_earning_on", "last_spending_on")}
        in_order = self.today <= days["last_earning_on"] <= days["last_spending_on"]
        return in_order and programs.is_short_notice(**days, today=self.today)

    def days(self) -> dict:
        """What a valid form says, in the words of `programs.close`."""
        return {name: self.cleaned_data[name] for name in ("last_earning_on", "last_spending_on", "notice")}
