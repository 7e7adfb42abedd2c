"""A purchase to try rules on: one on record, or one that is described."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.money import DECIMALS
from customers.purchases import LineDraft, PurchaseDraft
from loyalty_site.forms import decimal_mark, read_amount

from . import words
from .rules import moment

TWENTY = 20
NAMES = ("of", "amount", "category", "units", "when", "code", "first")


class ExampleForm(forms.Form):
    """`of` names a purchase of the shop; without one the other fields describe it."""

    of = forms.ChoiceField(label=_("Try it on"), required=False)
    amount = forms.CharField(required=False, max_length=60)
    category = forms.CharField(label=_("all of the category"), required=False, max_length=100)
    units = forms.IntegerField(label=_("items"), required=False, min_value=1, max_value=1_000)
    when = moment(_("at the moment"))
    code = forms.CharField(label=_("with the code"), required=False, max_length=100)
    first = forms.BooleanField(label=_("the first purchase"), required=False)

    def __init__(self, data, *, prefix: str, merchant: Merchant, choices: list[tuple[str, str]]):
        self.merchant = merchant
        super().__init__(data, prefix=prefix)
        self.fields["amount"].label = _("a purchase of, in %(currency)s") % {"currency": merchant.currency}
        self.fields["of"].choices = [*choices, ("", _("a purchase that you describe"))]

    def clean_amount(self) -> int:
        typed = self.cleaned_data["amount"]
        return read_amount(typed, self.merchant.currency, decimal_mark(self.merchant)) if typed else 0

    def described(self, at: datetime) -> PurchaseDraft:
        """The purchase that a valid form describes; now unless it says when."""
        typed, zone = self.cleaned_data, ZoneInfo(self.merchant.timezone)
        local = typed["when"].replace(tzinfo=zone) if typed["when"] else at.astimezone(zone)
        line = LineDraft(amount=typed["amount"], quantity=Decimal(typed["units"] or 1), category=typed["category"])
        return PurchaseDraft(
            amount=typed["amount"],
            occurred_at=local.astimezone(UTC),
            occurred_on=local.date(),
            code=typed["code"],
            lines=[line] if typed["category"] or typed["units"] else [],
        )


def filled(merchant: Merchant, choices: list[tuple[str, str]]) -> dict:
    """The last purchase of the shop; where there is none, one of twenty."""
    twenty = words.amount(TWENTY * 10 ** DECIMALS[merchant.currency], merchant)
    return {"of": choices[0][0] if choices else "", "amount": twenty}
