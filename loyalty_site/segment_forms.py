"""What people type about segments: a snapshot's name, a file with its name, a square of the board."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.audiences import LONGEST_NAME
from segments import rfv
from segments.rfv.regions import PLACES, Place

NO_NAME = {"required": _("Give the list a name."), "max_length": _("A name has at most 100 characters.")}


def name() -> forms.CharField:
    """What a list is called."""
    return forms.CharField(label=_("Name"), max_length=LONGEST_NAME, error_messages=NO_NAME)


class SnapshotForm(forms.Form):
    """A list that stands still, under a name."""

    name = name()


class UploadForm(forms.Form):
    """A file of customers and the name of the list. What is wrong with its content is the reader's to say."""

    name = name()
    file = forms.FileField(
        label=_("File"),
        max_length=255,
        allow_empty_file=True,
        error_messages={
            "required": _("Choose the CSV file with the customers."),
            "max_length": _("The file's name is too long. Give it a shorter one."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.gz,text/csv,text/plain"}),
    )


class SquareForm(forms.Form):
    """A region of the board by its key, or a square as recency and frequency: `5-4`."""

    where = forms.ChoiceField(
        choices=[
            *((region.key, region.name) for region in rfv.REGIONS),
            *((f"{recency}-{frequency}", f"{recency}-{frequency}") for recency, frequency in PLACES),
        ],
        error_messages={"required": _("Choose a square."), "invalid_choice": _("Choose a square of the board.")},
    )

    def places(self) -> frozenset[Place]:
        """The squares that are meant."""
        where = self.cleaned_data["where"]
        if region := rfv.REGION_NAMES.get(where):
            return region.cells
        recency, __, frequency = where.partition("-")
        return frozenset([(int(recency), int(frequency))])

    def called(self) -> str:
        """What the segment is called."""
        where = self.cleaned_data["where"]
        if region := rfv.REGION_NAMES.get(where):
            return str(region.name)
        recency, __, frequency = where.partition("-")
        return _("Recency %(recency)s, frequency %(frequency)s") % {"recency": recency, "frequency": frequency}

    def reason(self) -> str:
        """Why one would want it: the advice of a region."""
        region = rfv.REGION_NAMES.get(self.cleaned_data["where"])
        return str(region.advice) if region else ""
