"""What people type when something comes back of a purchase, or when it was somebody else's."""

import re
import secrets
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.money import major
from customers.merchants.refusals import Refusal
from customers.models import Purchase
from loyalty_site.forms import decimal_mark, read_amount
from loyalty_site.selectors.purchase import Bought

LINES, AMOUNT = "lines", "amount"
LARGEST_QUANTITY = 10**9


def read_quantity(text: str) -> Decimal:
    """How many units were typed; a comma and a point both mark decimals. Raises ValidationError."""
    text = text.strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{0,3})?|\.[0-9]{1,3}", text):
        raise forms.ValidationError(_("Write how many come back with digits, for example 1 or 0.5."))
    return Decimal(text)


class RefundForm(forms.Form):
    """What comes back: everything that is left, unless less is typed; or `how` many of each line of the receipt.

    `receipt` is made once per form shown, so that sending it twice gives back once.
    """

    how = forms.ChoiceField(choices=[(LINES, LINES), (AMOUNT, AMOUNT)], widget=forms.HiddenInput)
    amount = forms.CharField(
        label=_("Amount that comes back"),
        max_length=60,
        error_messages={"required": _("Enter the amount that comes back.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    receipt = forms.RegexField(
        r"^back-[\w-]{22}$",
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Load the page again and enter the amount once more.")},
    )

    def __init__(self, data, *, purchase: Purchase, bought: list[Bought]):
        self.purchase, self.merchant, self.bought = purchase, purchase.merchant, bought
        usual = LINES if bought else AMOUNT
        self.by_lines = bool(bought) and data.get("how", usual) == LINES
        whole = {
            "amount": self.written(purchase.remaining),
            "receipt": f"back-{secrets.token_urlsafe(16)}",
            **{self.name(one): self.all_of(one) if "all" in data else "" for one in bought},
        }
        typed = {name: data[name] for name in whole if name in data}
        super().__init__({**whole, **typed, "how": LINES if self.by_lines else AMOUNT})
        if self.by_lines:
            del self.fields["amount"]
            for one in bought:
                self.fields[self.name(one)] = self.quantity(one)

    @staticmethod
    def name(one: Bought) -> str:
        """The name of a line's field."""
        return f"line-{one.line.number}"

    def all_of(self, one: Bought) -> str:
        """All that is left of a line, as it is typed at this shop."""
        return f"{one.left.normalize():f}".replace(".", decimal_mark(self.merchant)) if one.left > 0 else ""

    def written(self, minor: int) -> str:
        """An amount as it is typed at this shop."""
        return str(major(minor, self.merchant.currency)).replace(".", decimal_mark(self.merchant))

    def quantity(self, one: Bought) -> forms.CharField:
        """How many of a line come back."""
        typing = {"inputmode": "decimal", "autocomplete": "off", "placeholder": "0"}
        return forms.CharField(
            label=one.line.name or one.line.sku or one.line.category,
            required=False,
            max_length=20,
            disabled=one.left <= 0,
            widget=forms.TextInput(attrs=typing),
        )

    def clean_amount(self) -> int:
        return read_amount(self.cleaned_data["amount"], self.merchant.currency, decimal_mark(self.merchant))

    def clean(self):
        if not self.by_lines:
            return self.cleaned_data
        typed: list[tuple[int, Decimal]] = []
        for one in self.bought:
            name = self.name(one)
            try:
                many = read_quantity(self.cleaned_data.get(name) or "0")
            except forms.ValidationError as error:
                self.add_error(name, error)
                continue
            if many:
                typed.append((one.line.number, many))
        if not typed and not self.errors:
            raise forms.ValidationError(_("Write how many of a product come back."), code="nothing_yet")
        self.cleaned_data["lines"] = typed
        return self.cleaned_data

    def anything_left(self) -> bool:
        """Whether something of the purchase can still come back: money, or products that cost nothing."""
        free = self.purchase.amount == 0 and any(one.left > 0 for one in self.bought)
        return not self.purchase.voided_at and (self.purchase.remaining > 0 or free)

    def rows(self) -> list[tuple]:
        """The lines of the receipt, each with its field."""
        return [(one, self[self.name(one)]) for one in self.bought] if self.by_lines else []

    def sent(self) -> list[tuple[str, str]]:
        """The names and values that the button sends: those of lines that come back."""
        return [(bound.html_name, bound.value()) for bound in self if bound.value()]

    def nothing_yet(self) -> bool:
        """Whether nothing was typed yet, which is no mistake while one only looks."""
        return self.has_error(forms.forms.NON_FIELD_ERRORS, code="nothing_yet")

    def what(self) -> dict:
        """What a valid form gives back, as the verb takes it."""
        return {name: self.cleaned_data[name] for name in (LINES, AMOUNT) if name in self.cleaned_data}

    def place_of(self, refusal: Refusal) -> str | None:
        """The field that a refusal is about: a line is named by its place in what was sent."""
        found = re.match(r"lines\[(\d+)\]", refusal.field or "")
        return f"line-{self.cleaned_data['lines'][int(found[1])][0]}" if found else refusal.field


class ReassignForm(forms.Form):
    """Whose purchase it is, and who had it (empty: nobody) when that was decided: both are public ids."""

    to = forms.CharField(max_length=100, widget=forms.HiddenInput)
    had = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, purchase: Purchase):
        self.has = purchase.customer.public_id if purchase.customer else ""
        super().__init__({"had": self.has, **data.dict()})

    def clean(self):
        """Somebody else may have moved it meanwhile; to the same customer does no harm."""
        if self.has not in (self.cleaned_data.get("had"), self.cleaned_data.get("to")):
            raise forms.ValidationError(
                _("This purchase was moved by somebody else meanwhile. Look whose it is now, and choose again.")
            )
        return self.cleaned_data


class VoidForm(forms.Form):
    """Nothing to type: yes or no."""
