"""What has to be said when a voucher is used: nothing for most."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers import identity
from customers.merchants.refusals import Refusal
from customers.models import Customer
from loyalty_site.forms import decimal_mark, read_amount
from loyalty_site.reward_forms.benefits import MONEY
from rewards.models import Voucher

PLACES = {"customer": "who"}


class LeftForm(forms.Form):
    """`left` is what was left of a voucher when the page was shown, so that a button pressed twice counts once."""

    left = forms.IntegerField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": _("Load the page again and press the button once more.")},
    )

    def seen(self) -> int | None:
        """What was left; nothing where the page did not say."""
        return self.cleaned_data.get("left") if self.is_valid() else None


class UseForm(LeftForm):
    """What a gift card pays, what the purchase costs where that has a minimum, who it is where that is counted."""

    amount = forms.CharField(max_length=60, widget=MONEY, error_messages={"required": _("Say how much it pays.")})
    basket = forms.CharField(
        max_length=60, widget=MONEY, error_messages={"required": _("Say what the purchase costs, before discounts.")}
    )
    who = forms.CharField(
        label=_("Whose"),
        max_length=254,
        help_text=_("Card code, phone or e-mail: each customer may use it only so often."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say who uses it.")},
    )

    def __init__(self, data=None, *, voucher: Voucher):
        self.voucher, self.merchant = voucher, voucher.merchant
        super().__init__(data)
        currency = {"currency": self.merchant.currency}
        self.fields["amount"].label = _("Pays, in %(currency)s") % currency
        self.fields["basket"].label = _("The purchase costs, in %(currency)s") % currency
        if voucher.balance is None:
            del self.fields["amount"]
        if not voucher.min_amount:
            del self.fields["basket"]
        if voucher.per_customer is None or voucher.customer_id:
            del self.fields["who"]

    def clean_amount(self) -> int:
        return self.read("amount")

    def clean_basket(self) -> int:
        return self.read("basket")

    def clean_who(self) -> Customer:
        text = self.cleaned_data["who"].replace("\0", "")
        whose = identity.exactly(merchant=self.merchant, text=text)
        found = list(Customer.objects.for_merchant(self.merchant).filter(pk__in=whose)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("Nobody, or more than one, has this card, phone or e-mail. Write it whole."))
        return found[0]

    def read(self, name: str) -> int:
        """What was typed, in minor units."""
        return read_amount(self.cleaned_data[name], self.merchant.currency, decimal_mark(self.merchant))

    def what(self) -> dict:
        """What a valid form says, as the verb takes it."""
        typed = self.cleaned_data
        return {
            "amount": typed.get("amount"),
            "basket": typed.get("basket"),
            "customer": typed.get("who"),
            "seen": typed["left"],
        }

    def place_of(self, refusal: Refusal) -> str | None:
        """The field that a refusal is about."""
        return PLACES.get(refusal.field, refusal.field)
