"""The first promise in words people use: points for each full amount, how long they live, from when it counts."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.money import DECIMALS
from customers.merchants.refusals import Refusal
from customers.merchants.templatetags.ficha import money
from loyalty_site.forms import read_amount
from rewards import expiry

FINER = 4  # decimals of a minor unit that the value of a point may have
LARGEST_VALUE = Decimal(10) ** 7
NEVER, MONTHS, DAYS = "never", "months", "days"
NOW, PAST = "now", "past"
WHOLE = {"invalid": _("Enter a whole number."), "min_value": _("Enter a whole number of at least 1.")}


class ProgramForm(forms.Form):
    """A program with the one kind of award there is."""

    name = forms.CharField(
        label=_("Name of the program"),
        max_length=100,
        error_messages={"required": _("Give the program a name, as customers will hear it.")},
    )
    points = forms.IntegerField(
        label=_("Points"), min_value=1, initial=1, error_messages={"required": _("How many points?"), **WHOLE}
    )
    every = forms.CharField(
        max_length=60,
        error_messages={"required": _("For which amount?")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    value = forms.CharField(
        max_length=30,
        required=False,
        help_text=_("What you count with when customers spend points. Home shows what all open points are worth."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    life = forms.ChoiceField(
        label=_("Points live"),
        choices=[(MONTHS, _("for some months")), (DAYS, _("for some days")), (NEVER, _("for ever"))],
        initial=MONTHS,
        error_messages={"invalid_choice": _("Choose how long points live.")},
    )
    count = forms.IntegerField(
        label=_("How many months or days"), required=False, min_value=1, initial=12, error_messages=WHOLE
    )
    start = forms.ChoiceField(
        label=_("Purchases earn"),
        choices=[(NOW, _("from now on")), (PAST, _("since a past day, so that history earns too"))],
        initial=NOW,
        error_messages={"invalid_choice": _("Choose from when purchases earn.")},
    )
    since = forms.DateField(
        label=_("Since"),
        required=False,
        input_formats=["%Y-%m-%d"],
        help_text=_("Purchases on record since this day earn as if the program had run then."),
        error_messages={"invalid": _("Write the day as year, month and day, for example 2026-01-31.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "placeholder": "2026-01-31"}),
    )

    def __init__(self, data=None, *, merchant: Merchant, today: date):
        self.merchant, self.today = merchant, today
        hundred = 10 ** DECIMALS[merchant.currency]
        super().__init__(data, initial={"every": self.written(hundred), "value": ""})
        currency = {"currency": merchant.currency}
        self.fields["every"].label = _("for each full amount in %(currency)s") % currency
        self.fields["value"].label = _("A point is worth, in %(currency)s") % currency

    def written(self, minor: int) -> str:
        """Minor units as one may type them."""
        return f"{Decimal(minor).scaleb(-DECIMALS[self.merchant.currency])}"

    def clean_every(self) -> int:
        every = read_amount(self.cleaned_data["every"], self.merchant.currency)
        if not every:
            raise forms.ValidationError(_("The amount must be more than nothing."))
        return every

    def clean_value(self) -> Decimal:
        """The value of a point in minor units; nothing typed is worth nothing."""
        text = self.cleaned_data["value"].strip().replace(",", ".")
        decimals = DECIMALS[self.merchant.currency] + FINER
        if text and not re.fullmatch(rf"[0-9]*(\.[0-9]{{0,{decimals}}})?", text):
            raise forms.ValidationError(
                _("Write the value with digits and at most %(decimals)d decimals, for example 0.01."),
                params={"decimals": decimals},
            )
        try:
            value = Decimal(text or 0).scaleb(DECIMALS[self.merchant.currency])
        except InvalidOperation as error:
            raise forms.ValidationError(_("Write the value with digits, for example 0.01.")) from error
        if value > LARGEST_VALUE:
            raise forms.ValidationError(_("This value is too large. Check the digits."))
        return value

    def clean(self):
        self.check_life()
        if self.cleaned_data.get("start") == PAST and "since" not in self.errors:
            self.check_since(self.cleaned_data.get("since"))
        return self.cleaned_data

    def check_life(self) -> None:
        """Points that end need a number."""
        ends = self.cleaned_data.get("life") in (MONTHS, DAYS)
        if ends and "count" not in self.errors and not self.cleaned_data.get("count"):
            self.add_error("count", _("How many? Or let points live for ever."))

    def check_since(self, since: date | None) -> None:
        """A start in the past is a day that has been."""
        if since is None:
            self.add_error("since", _("Choose the day, or let purchases earn from now on."))
        elif since > self.today:
            self.add_error("since", _("This day is still to come. Choose a past one."))
        elif since.year < 1900:
            self.add_error("since", _("Choose a day of 1900 or later."))

    def starts_at(self) -> datetime | None:
        """The start of the chosen past day at the shop; None for the moment of activation."""
        if self.cleaned_data["start"] == NOW:
            return None
        return expiry.midnight(self.cleaned_data["since"], self.merchant.timezone)

    def terms(self) -> dict:
        """What a valid form promises, in the words of `rewards.programs.create`."""
        typed = self.cleaned_data
        per_amount = {"points": typed["points"], "every": typed["every"]}
        name = f"{typed['points']} / {money(typed['every'], self.merchant.currency)}"
        life = {"kind": typed["life"], **({} if typed["life"] == NEVER else {typed["life"]: typed["count"]})}
        return {
            "name": typed["name"],
            "rules": [{"name": name, "trigger": "purchase", "award": {"per_amount": per_amount}}],
            "policies": {"expiry": life},
            "point_value": typed["value"],
            "starts_at": self.starts_at(),
        }

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the domain beside the field it came from, which there has another name."""
        field = (refusal.field or "").rpartition(".")[2]
        field = "count" if field in (MONTHS, DAYS) else field
        self.add_error(field if field in self.fields else None, str(refusal))
