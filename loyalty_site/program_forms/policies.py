"""How a program counts beyond its rules, as people fill it in. `rewards.programs.check_policies` decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Refusal
from rewards.models.programs import Kind

from . import units

ENDS = {"days": "days", "months": "months", "end_of_month": "after", "end_of_year": "after"}
LIVES = [
    ("never", _("for ever")),
    ("months", _("for so many months")),
    ("days", _("for so many days")),
    ("end_of_month", _("to the end of their month, and so many months more")),
    ("end_of_year", _("to the end of their year, and so many years more")),
]


class PoliciesForm(forms.Form):
    """Expiry, hold, rounding, factors and returns. What a program has beyond them (`original`) is kept."""

    life = forms.ChoiceField(label=units.POINTS.policies["life"], choices=LIVES)
    count = forms.IntegerField(
        label=_("How many"), required=False, min_value=0, error_messages={"invalid": _("Enter a whole number.")}
    )
    hold_days = forms.IntegerField(
        label=_("Days on hold"),
        required=False,
        min_value=0,
        error_messages={"invalid": _("Enter a whole number."), "min_value": _("Enter 0 or more days.")},
    )
    clawback = forms.ChoiceField(
        label=units.POINTS.policies["clawback"],
        choices=[("allow_negative", _("the next points repay them")), ("clamp", _("they are let go"))],
    )
    multipliers = forms.ChoiceField(
        label=_("Of several factors"),
        choices=[("best", _("the one that gives most counts")), ("all", _("all multiply each other"))],
    )
    rounding = forms.ChoiceField(
        label=units.POINTS.policies["rounding"],
        choices=[("down", _("are dropped")), ("half_up", _("count from a half")), ("up", _("make a whole one"))],
    )
    earning_base = forms.ChoiceField(
        label=_("Amounts count"),
        choices=[("after_discounts", _("after discounts")), ("before_discounts", _("before discounts"))],
    )

    def __init__(self, data, *, prefix: str, original: dict, kind: str = Kind.POINTS):
        self.original = original
        super().__init__(data, prefix=prefix)
        for name, label in units.of(kind).policies.items():
            self.fields[name].label = label

    def clean(self):
        ends = self.cleaned_data.get("life") in ENDS
        if ends and "count" not in self.errors and self.cleaned_data.get("count") is None:
            self.add_error("count", _("How many? Or let points live for ever."))
        return self.cleaned_data

    def policies(self) -> dict:
        """What a valid form says, in the words of a version."""
        typed = self.cleaned_data
        life, part = typed["life"], ENDS.get(typed["life"])
        chosen = {name: typed[name] for name in ("clawback", "multipliers", "rounding", "earning_base")}
        expiry = {"kind": life, **({part: typed["count"]} if part else {})}
        return {**self.original, **chosen, "hold_days": typed["hold_days"] or 0, "expiry": expiry}

    def refuse(self, refusal: Refusal, place: str) -> None:
        """Show a refusal of the domain beside its field."""
        name = "count" if place.startswith("expiry") else place.partition(".")[0]
        self.add_error(name if name in self.fields else None, str(refusal))


def filled(policies: dict) -> dict:
    """Policies as their form would be sent, without a prefix."""
    expiry = policies["expiry"]
    told = {name: policies[name] for name in ("hold_days", "clawback", "multipliers", "rounding", "earning_base")}
    return {**told, "life": expiry["kind"], "count": expiry.get(ENDS.get(expiry["kind"], ""), "")}
