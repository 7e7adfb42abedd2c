"""What is to be used in a purchase: rewards and vouchers that were tapped, a code, and cashback."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict, Refusal
from customers.merchants.templatetags.ficha import money
from customers.purchases import Wishes
from rewards.ledger import InsufficientPoints

MOST, LONGEST = 20, 64
BALANCE = "balance-"


class NotThatMuch(Conflict):
    code = "insufficient_points"
    message = _("Only %(available)s of the cashback can be used.")


def in_money(refusal: InsufficientPoints, currency: str) -> Refusal:
    """The refusal of a balance that is not there, as people count it; one about points as it is."""
    if refusal.field != "use_balance":
        return refusal
    return NotThatMuch(values={"available": money(refusal.extra["available"], currency)}, field="balance")


class Tapped(forms.Field):
    """Names that were tapped, each as its box sends it; who may use them, the domain says."""

    widget = forms.MultipleHiddenInput

    def clean(self, value) -> list[str]:
        names = list(dict.fromkeys(str(name)[:LONGEST].replace("\0", "") for name in value or () if name))
        if len(names) > MOST:
            raise forms.ValidationError(_("At most %(most)d can be used in one purchase.") % {"most": MOST})
        return names


class ClaimFields(forms.Form):
    """The fields of a form in which something can be used; `wishes` are what a valid one says.

    Cashback is tapped whole, or typed, into a field that names its program, `balance-prg_…`: what is typed counts, and
    what stays empty says nothing at all.
    """

    rewards = Tapped(required=False)
    vouchers = Tapped(required=False)
    voucher_code = forms.CharField(
        label=_("Code of another voucher"), max_length=LONGEST, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    balance = forms.CharField(
        label=_("Pay with cashback"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip

    def paid(self) -> tuple[str, str]:
        """The program whose cashback is to pay, and how much, as it was typed; twice nothing where none is."""
        named = [name for name in self.data if name.startswith(BALANCE)]
        typed = [(name, text.strip()) for name in named for text in reversed(self.data.getlist(name))]
        return next(((name.removeprefix(BALANCE), text) for name, text in typed if text), ("", ""))

    def wishes(self) -> Wishes | None:
        """What a valid form wants to use; None where that is nothing."""
        known = self.cleaned_data
        typed = [known["voucher_code"]] if known["voucher_code"] else []
        found = Wishes(
            rewards=known["rewards"],
            vouchers=[*known["vouchers"], *typed],
            balance=(self.paid()[0][:LONGEST], known["balance"]) if known["balance"] else None,
        )
        return found if found else None
