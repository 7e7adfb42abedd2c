"""What people type when something comes back."""

import secrets

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.money import major
from customers.models import Purchase
from loyalty_site.forms import decimal_mark, read_amount


class RefundForm(forms.Form):
    """The amount that comes back: everything that is left, unless less is typed.

    `receipt` is made once per form shown, so that sending it twice gives back once.
    """

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

    def __init__(self, data, *, purchase: Purchase):
        self.merchant = purchase.merchant
        mark = decimal_mark(self.merchant)
        whole = {
            "amount": str(major(purchase.remaining, self.merchant.currency)).replace(".", mark),
            "receipt": f"back-{secrets.token_urlsafe(16)}",
        }
        super().__init__({**whole, **({name: data[name] for name in whole if name in data})})

    def clean_amount(self) -> int:
        return read_amount(self.cleaned_data["amount"], self.merchant.currency, decimal_mark(self.merchant))
