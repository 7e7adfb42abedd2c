"""What sets a rule off: a purchase, or something else that a customer did or that came about.

The product itself notices `OCCASIONS`, and an invited customer's answers to a survey; `POST /activities` tells of
everything else. Rules for `LATER` are kept, and set off nothing before there are referrals.
"""

import re

from django.utils.translation import gettext_lazy as _

from .refusal import InvalidRule

PURCHASE = "purchase"
SIGNUP, BIRTHDAY, PROFILE = "signup", "birthday", "profile_complete"
OCCASIONS = (SIGNUP, BIRTHDAY, PROFILE)
ACTIVITIES = ("visit", "review", "social_share")
SURVEY = "survey"
LATER = ("referral_advocate", "referral_friend")
NAMED = (PURCHASE, *OCCASIONS, *ACTIVITIES, SURVEY, *LATER)
NAME = r"[a-z0-9_]{1,40}"
OF_PURCHASES = (
    "min_amount", "categories", "skus", "exclude_categories", "exclude_skus", "channels", "first_purchase", "code",
)  # fmt: skip


def parse(trigger: object, place: str) -> str:
    """Read the trigger of a rule: one of those that are known, or the name of an activity of the shop's own."""
    if not isinstance(trigger, str) or not re.fullmatch(NAME, trigger):
        raise InvalidRule(
            _(
                "A trigger is one of %(known)s, or the name of an activity of your own: 1 to 40 small letters, digits "
                "and underscores."
            ),
            values={"known": ", ".join(NAMED)},
            field=place,
        )
    return trigger


def is_activity(trigger: str) -> bool:
    """Whether `POST /activities` tells of it: something that happens at a place."""
    return trigger not in {PURCHASE, *OCCASIONS, SURVEY, *LATER}


def check(trigger: str, kind: str, rule: dict, place: str) -> None:
    """Refuse what only a purchase has in a rule for anything else: amounts, products, a channel, a code."""
    if trigger == PURCHASE:
        return
    said = {"trigger": trigger}
    if kind != "fixed":
        raise InvalidRule(
            _("'%(trigger)s' has no amount and no items: the award of this rule is 'fixed'."),
            values=said,
            field=f"{place}.award.{kind}",
        )
    never = [*OF_PURCHASES, *([] if is_activity(trigger) else ["locations"])]
    never += ["hours"] if trigger == BIRTHDAY else []
    for part in never:
        if part in (rule.get("when") or {}):
            raise InvalidRule(
                _("This rule can never apply: '%(trigger)s' does not have what '%(part)s' asks for."),
                values={**said, "part": part},
                field=f"{place}.when.{part}",
            )
    if "max_per_purchase" in (rule.get("limits") or {}):
        raise InvalidRule(
            _("'%(trigger)s' is no purchase. Limit it for each customer, or for all together."),
            values=said,
            field=f"{place}.limits.max_per_purchase",
        )
