"""What the pages on RFV and the life cycle may be asked; in the address."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

OLDEST = date(1900, 1, 1)


class DayForm(forms.Form):
    """The end of which day; in the address as ?as_of=2026-03-31, today without it."""

    as_of = forms.DateField(label=_("At the end of"), required=False, input_formats=["%Y-%m-%d"])

    def __init__(self, query, *, today: date):
        self.today = today
        super().__init__(query)

    def clean_as_of(self) -> date | None:
        day = self.cleaned_data["as_of"]
        if day and day > self.today:
            raise forms.ValidationError(_("This day has not come yet. Choose today or an earlier one."))
        if day and day < OLDEST:
            raise forms.ValidationError(_("This day is too long ago. Choose a later one."))
        return day

    @property
    def day(self) -> date:
        """The day asked for; today when the address asks for none, or for one that cannot be."""
        return (self.is_valid() and self.cleaned_data["as_of"]) or self.today


class BoardForm(DayForm):
    """Which figure the board shows; as ?show=revenue."""

    SHOW = [
        ("customers", _("Customers")), ("revenue", _("Revenue")), ("value", _("Value score")), ("moved", _("Movement")),
    ]  # fmt: skip
    show = forms.ChoiceField(choices=SHOW, required=False)

    def shown(self) -> str:
        """The figure asked for; customers when the address asks for something else."""
        self.is_valid()
        return self.cleaned_data.get("show") or "customers"


class FlowForm(DayForm):
    """Which month's flows; as ?month=2026-03, the last without it."""

    month = forms.CharField(required=False)

    def chosen(self, months: list[date]) -> date | None:
        """The month asked for if it is one of these, otherwise the last."""
        self.is_valid()
        wanted = self.cleaned_data.get("month")
        return next((one for one in months if f"{one:%Y-%m}" == wanted), months[-1] if months else None)
