"""How something is printed: on which paper, in which language and ink, about which program."""

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from loyalty_site.selectors.joining import Promise
from loyalty_site.selectors.printing import usual_size

SIZES = [("a4", "A4"), ("a5", "A5"), ("letter", _("Letter"))]
INKS = [("colour", _("Colour")), ("black", _("Black"))]


class PaperForm(forms.Form):
    """Read from the address; whatever is not there, or cannot be, is the usual."""

    size = forms.ChoiceField(label=_("Paper"), choices=SIZES)
    language = forms.ChoiceField(label=_("Language of the print"), choices=settings.LANGUAGES)
    ink = forms.ChoiceField(label=_("Ink"), choices=INKS)

    def __init__(self, query, *, merchant: Merchant, promises: list[Promise]):
        self.usual = {"size": usual_size(merchant), "language": translation.get_language(), "ink": "colour"}
        super().__init__({name: query.get(name, self.usual.get(name)) for name in (*self.usual, "program")})
        if len(promises) > 1:
            programs = [(one.program.public_id, one.program.name) for one in promises]
            self.fields["program"] = forms.ChoiceField(label=_("Program"), choices=programs, required=False)

    def chosen(self) -> dict:
        """Paper, language, ink and program, each as asked for if it can be, or as usual."""
        self.is_valid()
        asked = {name: self.cleaned_data.get(name) or usual for name, usual in self.usual.items()}
        program = self.cleaned_data.get("program") or ""
        return {
            "size": asked["size"], "language": asked["language"], "black": asked["ink"] == "black", "program": program,
        }  # fmt: skip
