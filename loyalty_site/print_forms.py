"""How something is printed: on which paper, in which language and ink, and what else its kind of print asks for."""

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from loyalty_site.selectors.joining import Promise
from loyalty_site.selectors.printing import SIZES, usual_size

INKS = [("colour", _("Colour")), ("black", _("Black"))]
EACH = [("8", "8"), ("4", "4"), ("2", "2"), ("1", "1")]


class PaperForm(forms.Form):
    """Read from the address; whatever is not there, or cannot be, is the usual."""

    size = forms.ChoiceField(label=_("Paper"), choices=SIZES)
    language = forms.ChoiceField(label=_("Language of the print"), choices=settings.LANGUAGES)
    ink = forms.ChoiceField(label=_("Ink"), choices=INKS)

    def __init__(self, query, *, merchant: Merchant, **usual: str):
        self.usual = {"size": usual_size(merchant), "language": translation.get_language(), "ink": "colour", **usual}
        super().__init__({name: query.get(name, usual) for name, usual in self.usual.items()})

    def chosen(self) -> dict:
        """What was asked for, each as asked if it can be, or as usual; `black` instead of the ink."""
        self.is_valid()
        asked = {name: self.cleaned_data.get(name) or usual for name, usual in self.usual.items()}
        return {"black": asked.pop("ink") == "black", **asked}


class PosterForm(PaperForm):
    """Posters and table tents: also which program they promise, where several run."""

    def __init__(self, query, *, merchant: Merchant, promises: list[Promise]):
        super().__init__(query, merchant=merchant, program="")
        if len(promises) > 1:
            programs = [(one.program.public_id, one.program.name) for one in promises]
            self.fields["program"] = forms.ChoiceField(label=_("Program"), choices=programs, required=False)


class SheetForm(PaperForm):
    """Sheets of vouchers: also how many on each."""

    each = forms.ChoiceField(label=_("On one sheet"), choices=EACH)
    field_order = ("size", "each", "language", "ink")

    def __init__(self, query, *, merchant: Merchant, each: str = "8"):
        super().__init__(query, merchant=merchant, each=each)
