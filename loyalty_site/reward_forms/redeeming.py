"""Redeeming a reward, and taking that back: buttons, with what makes pressing them twice harmless."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants import ids


class RedeemForm(forms.Form):
    """Which reward; `receipt` is made once per form shown, so that sending it twice redeems once."""

    membership = forms.CharField(max_length=40)
    reward = forms.CharField(max_length=40)
    receipt = forms.RegexField(
        r"^rdm_[0-9a-z]{26}$", error_messages={"invalid": _("Load the page again and redeem once more.")}
    )

    @staticmethod
    def new_receipt() -> str:
        """A receipt for one form."""
        return ids.new("rdm")


class CancelForm(forms.Form):
    """Nothing to type: yes or no."""
