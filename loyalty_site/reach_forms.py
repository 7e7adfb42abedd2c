"""Which groups of customers; in the address as ?by=points."""

from django import forms
from django.utils.translation import gettext_lazy as _

from segments import deciles


class ReachForm(forms.Form):
    """By value, or by points earned."""

    BY = [(deciles.VALUE, _("By value")), (deciles.POINTS, _("By points earned"))]
    by = forms.ChoiceField(choices=BY, required=False)

    def chosen(self) -> str:
        """The order asked for; value when the address asks for something else."""
        return (self.is_valid() and self.cleaned_data["by"]) or deciles.VALUE
