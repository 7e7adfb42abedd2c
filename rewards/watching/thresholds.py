"""From when on something is worth a look: sensible numbers, until an owner sets others."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import audit
from customers.merchants.models import Merchant, Role, StaffMember
from customers.merchants.refusals import Forbidden, Invalid
from customers.models.trust import Deed
from rewards.models import Watch
from rewards.models.alerts import SelfCredit

LARGEST = 1_000
# A regular comes once or twice a day; who corrects more than ten times a day, or takes back more than two things a
# week that nobody has a receipt of, is worth a question.
DEFAULTS = {
    "self_credit": SelfCredit.BLOCKED,
    "customer_day": 4,
    "customer_week": 12,
    "adjustments_day": 10,
    "returns_week": 3,
    "unusual_times": 5,
}
NUMBERS = [name for name in DEFAULTS if name != "self_credit"]


class InvalidThreshold(Invalid):
    code = "invalid_threshold"
    message = _("Write a whole number from 0 to 1,000; 0 means: do not watch for it.")


class OnlyOwnersWatch(Forbidden):
    code = "only_owners_set_what_is_watched"
    message = _(
        "Only an owner changes what is watched: whoever may be found does not set it. Ask an owner of the shop."
    )


def watch(merchant: Merchant) -> Watch:
    """What the shop watches for; the defaults, not stored, where nobody set anything (one query)."""
    return Watch.objects.filter(merchant=merchant).first() or Watch(merchant=merchant, **DEFAULTS)


def changes_watch(by: StaffMember) -> bool:
    """Whether somebody may change what is watched."""
    return by.role == Role.OWNER


@transaction.atomic
def change(*, merchant: Merchant, by: StaffMember, at: datetime, self_credit: str, **numbers: int) -> Watch:
    """Set what is watched; written into the log with what changed. Raises OnlyOwnersWatch, InvalidThreshold."""
    if not changes_watch(by) or by.merchant_id != merchant.pk:
        raise OnlyOwnersWatch
    if self_credit not in SelfCredit.values:
        raise InvalidThreshold(field="self_credit")
    for name in NUMBERS:
        if not 0 <= numbers[name] <= LARGEST:
            raise InvalidThreshold(field=name)
    wanted = {"self_credit": self_credit, **{name: numbers[name] for name in NUMBERS}}
    before = watch(merchant)
    told = {name: [getattr(before, name), new] for name, new in wanted.items() if getattr(before, name) != new}
    found, __ = Watch.objects.update_or_create(merchant=merchant, defaults=wanted)
    if told:
        audit.note(merchant=merchant, deed=Deed.WATCH_CHANGED, actor=by.public_id, at=at, about=told)
    return found
