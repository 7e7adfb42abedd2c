"""What a reward gives, as one fills it in: a kind, and the few fields that the kind needs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from loyalty_site.forms import decimal_mark, read_amount
from loyalty_site.program_forms import words

KINDS = [
    ("free_product", _("A product for free")),
    ("amount_off", _("An amount off")),
    ("percent_off", _("A percentage off")),
    ("free_shipping", _("Free shipping")),
    ("gift_card", _("A gift card")),
    ("experience", _("Something to experience")),
    ("donation", _("A donation")),
]
FIELDS = {
    "free_product": ("by", "product", "quantity"),
    "amount_off": ("amount",),
    "percent_off": ("percent", "most"),
    "free_shipping": (),
    "gift_card": ("amount",),
    "experience": ("text",),
    "donation": ("to", "amount"),
}
OPTIONAL = {"most", "quantity"}
# Where the parts of a benefit stand in the form.
PLACES = {
    "benefit": "kind",
    "benefit.kind": "kind",
    "benefit.amount": "amount",
    "benefit.percent": "percent",
    "benefit.max_amount": "most",
    "benefit.sku": "product",
    "benefit.category": "product",
    "benefit.quantity": "quantity",
    "benefit.text": "text",
    "benefit.to": "to",
}
MONEY = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
WHOLE = {
    "invalid": _("Write a whole number."),
    "min_value": _("Write a whole number of at least %(limit_value)s."),
    "max_value": _("Write a whole number of at most %(limit_value)s."),
}
COUNT = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


def whole(least: int, most: int, **more) -> forms.IntegerField:
    """A whole number in a range, or nothing."""
    return forms.IntegerField(
        required=False,
        min_value=least,
        max_value=most,
        widget=COUNT,
        error_messages=WHOLE,
        **more,
    )


def money(**more) -> forms.CharField:
    """Money as it is typed, or nothing."""
    return forms.CharField(required=False, max_length=60, widget=MONEY, **more)


class BenefitForm(forms.Form):
    """The part of a reward's form about what it gives."""

    kind = forms.ChoiceField(
        label=_("What it gives"), choices=KINDS, initial="free_product",
        error_messages={"required": _("Choose what it gives."), "invalid_choice": _("Choose what it gives.")},
    )  # fmt: skip
    by = forms.ChoiceField(
        label=_("Which product"),
        required=False,
        choices=[("category", _("any of a category")), ("sku", _("one with this SKU"))],
        initial="category",
        error_messages={"invalid_choice": _("Choose one of these.")},
    )
    product = forms.CharField(
        label=_("Category or SKU"),
        required=False,
        max_length=200,
        help_text=_("As your till or shop calls it, for example coffee."),
    )
    quantity = whole(1, 1_000, label=_("How many for free"), initial=1)
    amount = money()
    percent = whole(1, 100, label=_("Percent off"))
    most = money()
    text = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=200,
        help_text=_("For example: a morning in the bakery, with breakfast."),
    )
    to = forms.CharField(label=_("Given to"), required=False, max_length=200, help_text=_("Whom customers help."))

    def __init__(self, data=None, files=None, *, merchant: Merchant, initial: dict | None = None):
        self.merchant = merchant
        super().__init__(data, files, initial=initial)
        currency = {"currency": merchant.currency}
        self.fields["amount"].label = _("Amount, in %(currency)s") % currency
        self.fields["most"].label = _("At most, in %(currency)s") % currency
        self.fields["most"].help_text = _("Left empty, there is no bound.")

    @property
    def benefit_fields(self) -> list:
        """The fields that the chosen kind needs."""
        return [self[name] for name in FIELDS.get(self["kind"].value(), ())]

    def read_money(self, name: str) -> int | None:
        """What was typed, in minor units; None for nothing."""
        text = self.cleaned_data.get(name)
        return read_amount(text, self.merchant.currency, decimal_mark(self.merchant)) if text else None

    def clean_amount(self) -> int | None:
        return self.read_money("amount")

    def clean_most(self) -> int | None:
        return self.read_money("most")

    def check_benefit(self) -> None:
        """The fields of the kind are there; those of other kinds do not matter."""
        wanted = FIELDS.get(self.cleaned_data.get("kind"), ())
        for name in [name for name in self.errors if name in PLACES.values() and name not in (*wanted, "kind")]:
            del self.errors[name]
        for name in wanted:
            if name not in OPTIONAL and name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _("Fill this in."))

    def benefit(self) -> dict:
        """The benefit that a valid form describes."""
        typed = self.cleaned_data
        parts = {
            "free_product": lambda: {typed["by"]: typed["product"], "quantity": typed["quantity"] or 1},
            "percent_off": lambda: {
                "percent": typed["percent"],
                **({"max_amount": typed["most"]} if typed["most"] else {}),
            },
        }
        kind = typed["kind"]
        return {"kind": kind, **parts.get(kind, lambda: {name: typed[name] for name in FIELDS[kind]})()}


def filled(benefit: dict, merchant: Merchant) -> dict:
    """A benefit as it would be typed."""
    by = "sku" if benefit.get("sku") else "category"
    return {
        "kind": benefit["kind"],
        "by": by,
        "product": benefit.get(by) or "",
        "quantity": benefit.get("quantity") or 1,
        "amount": words.amount(benefit["amount"], merchant) if benefit.get("amount") else "",
        "percent": benefit.get("percent"),
        "most": words.amount(benefit["max_amount"], merchant) if benefit.get("max_amount") else "",
        "text": benefit.get("text", ""),
        "to": benefit.get("to", ""),
    }
