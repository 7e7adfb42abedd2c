"""The form on the page of the look: a field of each kind, two of them wrong."""

from django import forms
from django.utils.translation import gettext_lazy as _

EXAMPLE = {"name": "", "email": "example", "many": "3", "day": "2026-11-24", "choice": "two", "text": "", "way": "a"}


class ExampleForm(forms.Form):
    """Nothing reads what is typed here."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Help stands under its field."))
    email = forms.EmailField(label=_("E-mail"))
    many = forms.IntegerField(label=_("Number"), min_value=0)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    choice = forms.ChoiceField(label=_("Choice"), choices=[("one", _("the first")), ("two", _("the second"))])
    text = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    way = forms.ChoiceField(
        label=_("One of two"), widget=forms.RadioSelect, choices=[("a", _("this way")), ("b", _("that way"))]
    )

    @classmethod
    def with_errors(cls) -> "ExampleForm":
        """The form as it comes back."""
        form = cls(EXAMPLE)
        form.add_error(None, _("Example: what concerns the whole form stands above it."))
        return form
