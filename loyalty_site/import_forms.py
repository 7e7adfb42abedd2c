"""What people say about a file: which one, what kind, and how it is to be read."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Refusal
from customers.models import Import
from customers.models.imports import Kind
from customers.reader import dates
from customers.reader.columns import ATTRIBUTE, OURS
from customers.reader.look import BOTH, USUAL, Look
from customers.reader.staging import Choices
from customers.reader.vocabulary import KINDS
from loyalty_site.imports.drafts import columns_key

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
DELIMITER_NAMES = {
    "comma": _("comma ( , )"),
    "semicolon": _("semicolon ( ; )"),
    "tab": _("tab"),
    "bar": _("bar ( | )"),
}
ENCODING_NAMES = {
    "utf-8-sig": _("UTF-8"),
    "cp1252": _("Windows-1252, Western Europe"),
    "utf-16": _("UTF-16"),
    "cp850": _("CP850, old DOS tills"),
    "mac-roman": _("Mac Roman, old Macs"),
}
MARK_NAMES = {",": _("comma, as in 1.234,56"), ".": _("point, as in 1,234.56")}
ORDER_NAMES = {dates.DAY: _("day first, as in 31/01/2026"), dates.MONTH: _("month first, as in 01/31/2026")}
FIELD_NAMES = {
    "customer": _("Customer number"),
    "external_id": _("Customer number"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "card_code": _("Card code"),
    "name": _("Customer's name"),
    "receipt": _("Receipt number"),
    "date": _("Date"),
    "time": _("Time of day"),
    "amount": _("Amount"),
    "quantity": _("Quantity"),
    "unit_price": _("Price per piece"),
    "sku": _("Product code"),
    "product": _("Product"),
    "category": _("Category"),
    "channel": _("Channel"),
    "location": _("Location"),
    "currency": _("Currency"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "birthday": _("Birthday"),
    "birth_year": _("Year of birth"),
    "gender": _("Gender"),
    "city": _("City"),
    "postal_code": _("Postal code"),
    "country": _("Country"),
    "language": _("Language"),
    "notes": _("Notes"),
    "program": _("Program"),
    "points": _("Points"),
    "expires_on": _("Points expire on"),
}


class UploadForm(forms.Form):
    """A file to import. What is wrong with its content is the reader's to say, beside the file."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        allow_empty_file=True,
        error_messages={
            "required": _("Choose the file that your till or spreadsheet exported."),
            "max_length": _("The file's name is too long. Give it a shorter one."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.gz,text/csv,text/plain"}),
    )
    kind = forms.ChoiceField(
        label=_("What is in it?"),
        choices=[
            (Kind.PURCHASES, _("Purchases: what was sold, when and to whom")),
            (Kind.CUSTOMERS, _("Customers: names, phones, birthdays and more")),
            (Kind.BALANCES, _("Opening balances: points that customers bring along")),
        ],
        initial=Kind.PURCHASES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is in the file.")},
    )
    anonymous = forms.BooleanField(label=_("Accept purchases without a customer"), required=False)

    def sale_of_nobody(self) -> str:
        return "accept" if self.cleaned_data["anonymous"] else "reject"


class ReadingForm(forms.Form):
    """How a file is read: nothing chosen is what was found. One select per column, as the look found them."""

    kind = forms.ChoiceField(label=_("What is in it"), choices=Kind.choices)
    delimiter = forms.ChoiceField(label=_("Between cells"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), required=False)
    mark = forms.ChoiceField(label=_("Decimal mark"), required=False)
    order = forms.ChoiceField(label=_("Date order"), required=False)
    anonymous = forms.BooleanField(label=_("Accept purchases without a customer"), required=False)
    shown_for = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, imported: Import, look: Look):
        self.look = look
        super().__init__(data, initial=as_chosen(imported, look))
        fields = self.fields
        fields["delimiter"].choices = [self.found(DELIMITER_NAMES[name_of(look.reading["delimiter"])])]
        fields["delimiter"].choices += DELIMITER_NAMES.items()
        fields["encoding"].choices = [self.found(ENCODING_NAMES[look.reading["encoding"]]), *ENCODING_NAMES.items()]
        fields["mark"].choices = [self.found(MARK_NAMES[look.reading["mark"]], look.mark), *MARK_NAMES.items()]
        fields["order"].choices = [self.found_order(), *ORDER_NAMES.items()]
        for position, name in enumerate(look.columns.header):
            fields[f"column_{position}"] = forms.ChoiceField(
                label=name or _("column %(number)s") % {"number": position + 1},
                choices=column_choices(look, name),
                required=False,
            )

    def found(self, name, settled: str | None = None) -> tuple[str, str]:
        """The first choice: as the reader finds out, or as is usual in the shop's country."""
        said = _("as usual: %(found)s") if settled == USUAL else _("as found: %(found)s")
        return "", said % {"found": name}

    def found_order(self) -> tuple[str, str]:
        """The first choice for dates; where both orders occur there is nothing found to go by."""
        if self.look.order == BOTH:
            return "", _("both occur: choose one")
        order = self.look.reading["order"] or dates.habit(self.look.country)
        return self.found(ORDER_NAMES[order], self.look.order)

    def of_columns(self) -> list[forms.BoundField]:
        """The selects of the columns, in the order of the file."""
        return [self[f"column_{position}"] for position in range(len(self.look.columns.header))]

    def clean(self):
        """A select that the page did not show for these columns says nothing."""
        for name in [name for name in self.errors if name.startswith("column_")]:
            del self.errors[name]
        return self.cleaned_data

    def chosen(self) -> dict:
        """What a valid form says, in the words of drafts.choose."""
        said = self.cleaned_data
        count = len([name for name in self.data if name.startswith("column_")])
        return {
            "kind": said["kind"],
            "anonymous": "accept" if said["anonymous"] else "reject",
            "choices": Choices(
                delimiter=DELIMITERS.get(said["delimiter"]),
                encoding=said["encoding"] or None,
                mark=said["mark"] or None,
                order=said["order"] or None,
            ),
            "fields": [self.data.get(f"column_{position}", "") for position in range(count)],
            "shown_for": said["shown_for"],
        }

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal beside the column or the choice that it names, or on top."""
        header = list(self.look.columns.header)
        column = f"column_{header.index(refusal.field)}" if refusal.field in header else refusal.field
        self.add_error(column if column in self.fields else None, str(refusal))


def as_chosen(imported: Import, look: Look) -> dict:
    """The form as the file stands: what was chosen, and each column as it is read."""
    choices = Choices(**imported.choices)
    read = {position: field for field, position in look.columns.positions.items()}
    columns = {
        f"column_{position}": ATTRIBUTE if field.startswith(ATTRIBUTE) else field for position, field in read.items()
    }
    return {
        "kind": imported.kind,
        "anonymous": imported.anonymous == "accept",
        "delimiter": choices.delimiter and name_of(choices.delimiter),
        "encoding": choices.encoding,
        "mark": choices.mark,
        "order": choices.order,
        "shown_for": columns_key(look.columns),
        **columns,
    }


def name_of(delimiter: str) -> str:
    """The word for a delimiter: a tab does not survive in a form."""
    return next(name for name, sign in DELIMITERS.items() if sign == delimiter)


def column_choices(look: Look, name: str) -> list[tuple]:
    """What a column may be read as; one without a name, or of our own making, as nothing."""
    nothing = ("", _("not read"))
    if not name or name.startswith(OURS):
        return [nothing]
    extra = [(ATTRIBUTE, _("An extra detail"))] if look.columns.kind == Kind.CUSTOMERS else []
    return [nothing, *[(field, FIELD_NAMES[field]) for field in KINDS[look.columns.kind]], *extra]
