"""What a program counts in, as its form says it: points, stamps, or money, which is typed as money."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from rewards.models.programs import Kind


@dataclass(frozen=True, slots=True)
class Unit:
    """The words of a form: `points` for the field of an award, `most` for its limit in a purchase, `awards` and
    `counted` for choices, `policies` for labels."""

    points: str
    most: str
    awards: list[tuple[str, str]]
    counted: str
    policies: dict[str, str]


POINTS = Unit(
    _("Points"),
    _("Points for a purchase at most"),
    [
        ("per_amount", _("points for each full amount")),
        ("per_item", _("points for each item")),
        ("fixed", _("points for a purchase")),
        ("multiply", _("times the points for amounts and items")),
    ],
    _("points"),
    {"life": _("Points live"), "clawback": _("If points of a return are spent"), "rounding": _("Parts of a point")},
)
STAMPS = Unit(
    _("Stamps"),
    _("Stamps for a purchase at most"),
    [
        ("per_amount", _("stamps for each full amount")),
        ("per_item", _("stamps for each item")),
        ("fixed", _("stamps for a purchase")),
        ("multiply", _("times the stamps for amounts and items")),
    ],
    _("stamps"),
    {"life": _("Stamps live"), "clawback": _("If stamps of a return are spent"), "rounding": _("Parts of a stamp")},
)
MONEY = Unit(
    _("Cashback in %(currency)s"),
    _("Cashback for a purchase at most, in %(currency)s"),
    [
        ("per_amount", _("cashback for each full amount")),
        ("per_item", _("cashback for each item")),
        ("fixed", _("cashback for a purchase")),
        ("multiply", _("times the cashback for amounts and items")),
    ],
    _("cashback"),
    {
        "life": _("Cashback lives"),
        "clawback": _("If cashback of a return is spent"),
        "rounding": _("Parts of the smallest coin"),
    },
)
UNITS = {Kind.STAMPS: STAMPS, Kind.CASHBACK: MONEY}


def of(kind: str) -> Unit:
    """The words of a kind of program."""
    return UNITS.get(kind, POINTS)


def measured(typed: dict) -> list[str]:
    """The fields of a rule that hold points: an award, and the limits that count points."""
    scopes = ("per_customer", "total")
    return [
        "points", "max_per_purchase", *(f"{one}_count" for one in scopes if typed.get(f"{one}_counted") == "points"),
    ]  # fmt: skip


def as_text(field: forms.IntegerField) -> forms.CharField:
    """The same field, in which one may also type decimals."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=field.label, required=False, max_length=60, widget=widget)
