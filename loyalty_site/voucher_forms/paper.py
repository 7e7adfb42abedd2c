"""How vouchers are printed: on which paper, how many on it, in which language and ink."""

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

SIZES = [("a4", "A4"), ("a5", "A5"), ("letter", _("Letter"))]
INKS = [("colour", _("Colour")), ("black", _("Black"))]
EACH = [("8", "8"), ("4", "4"), ("2", "2"), ("1", "1")]


class SheetForm(forms.Form):
    """Read from the address; whatever is not there, or cannot be, is the usual."""

    size = forms.ChoiceField(label=_("Paper"), choices=SIZES)
    each = forms.ChoiceField(label=_("On one sheet"), choices=EACH)
    language = forms.ChoiceField(label=_("Language of the print"), choices=settings.LANGUAGES)
    ink = forms.ChoiceField(label=_("Ink"), choices=INKS)

    def __init__(self, query, *, country: str, each: str = "8"):
        size = "letter" if country in LETTER else "a4"
        self.usual = {"size": size, "each": each, "language": translation.get_language(), "ink": "colour"}
        super().__init__({name: query.get(name, usual) for name, usual in self.usual.items()})

    def chosen(self) -> dict:
        """Paper, number, language and ink, each as asked for if it can be, or as usual."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or usual for name, usual in self.usual.items()}


# Where printers hold US Letter.
LETTER = {"US", "CA", "MX", "CO", "CL", "VE", "PH", "GT", "CR", "PA", "DO", "SV", "NI", "PR"}
