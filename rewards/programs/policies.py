"""How a program counts beyond its rules: rounding, holds, expiry, what refunds do."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from rewards import expiry

DEFAULT_POLICIES = {
    "earning_base": "after_discounts",
    "rounding": "down",
    "multipliers": "best",
    "hold_days": 0,
    "expiry": {"kind": "never"},
    "clawback": "allow_negative",
    "redeem_same_purchase": True,
}
CHOICES = {
    "earning_base": ("after_discounts", "before_discounts"),
    "rounding": ("down", "half_up", "up"),
    "multipliers": ("best", "all"),
    "clawback": ("allow_negative", "clamp"),
}
LONGEST_HOLD = 365


def check_policies(policies: dict) -> dict:
    """The policies with their defaults; raises InvalidPolicy with the place named."""
    if not isinstance(policies, dict):
        raise expiry.InvalidPolicy(_('Policies are an object, such as {"hold_days": 0}.'), field="policies")
    for name, value in policies.items():
        if name not in DEFAULT_POLICIES:
            raise expiry.InvalidPolicy(
                _("The policy '%(name)s' is not known in this version. Known: %(known)s."),
                values={"name": name, "known": ", ".join(DEFAULT_POLICIES)},
                code="unknown_field",
                field=f"policies.{name}",
            )
        if name == "redeem_same_purchase" and type(value) is not bool:
            raise expiry.InvalidPolicy(
                _("'%(name)s' is true or false."), values={"name": name}, field=f"policies.{name}"
            )  # fmt: skip
        if name in CHOICES and value not in CHOICES[name]:
            raise expiry.InvalidPolicy(
                _("'%(name)s' is one of: %(choices)s."),
                values={"name": name, "choices": ", ".join(CHOICES[name])},
                field=f"policies.{name}",
            )
    policies = {**DEFAULT_POLICIES, **policies}
    check_hold(policies["hold_days"], expiry.shortest_life(*expiry.parse(policies["expiry"])))
    return policies


def check_hold(days: object, life: int | None) -> None:
    """A hold is whole days, and shorter than the life of the points it holds."""
    if type(days) is not int or not 0 <= days <= LONGEST_HOLD:
        raise expiry.InvalidPolicy(
            _("'hold_days' must be a whole number from 0 to %(most)d."),
            values={"most": LONGEST_HOLD},
            field="policies.hold_days",
        )
    if life is not None and days > life:
        raise expiry.InvalidPolicy(
            ngettext_lazy(
                "Points would expire before the hold of %(days)d day is over. Shorten the hold or lengthen the expiry.",
                "Points would expire before the hold of %(days)d days is over. "
                "Shorten the hold or lengthen the expiry.",
                days,
            ),
            values={"days": days},
            field="policies.hold_days",
        )
