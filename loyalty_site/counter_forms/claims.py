"""What is to be used in a purchase: rewards and vouchers that were tapped, a code, and cashback."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.purchases import Wishes

MOST, LONGEST = 20, 64


class Tapped(forms.Field):
    """Names that were tapped, each as its box sends it; who may use them, the domain says."""

    widget = forms.MultipleHiddenInput

    def clean(self, value) -> list[str]:
        names = list(dict.fromkeys(str(name)[:LONGEST].replace("\0", "") for name in value or () if name))
        if len(names) > MOST:
            raise forms.ValidationError(_("At most %(most)d can be used in one purchase.") % {"most": MOST})
        return names


class ClaimFields(forms.Form):
    """The fields of a form in which something can be used; `wishes` are what a valid one says."""

    rewards = Tapped(required=False)
    vouchers = Tapped(required=False)
    voucher_code = forms.CharField(
        label=_("Code of another voucher"), max_length=LONGEST, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    pays = forms.CharField(max_length=LONGEST, required=False, widget=forms.HiddenInput)
    balance = forms.CharField(
        label=_("Pay with cashback"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip

    def wishes(self) -> Wishes | None:
        """What a valid form wants to use; None where that is nothing."""
        known = self.cleaned_data
        typed = [known["voucher_code"]] if known["voucher_code"] else []
        found = Wishes(
            rewards=known["rewards"],
            vouchers=[*known["vouchers"], *typed],
            balance=(known["pays"], known["balance"]) if known["balance"] else None,
        )
        return found if found else None
