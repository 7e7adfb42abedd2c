"""How somebody may be reached."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.models import Consent
from segments.criteria.facts import within
from segments.criteria.field import Condition, Field, Group, Moment, Param
from segments.criteria.kinds import Kind

CHANNELS = {
    "email": _("e-mail"),
    "sms": _("SMS"),
    "messenger": _("messenger"),
    "phone": _("phone"),
    "post": _("post"),
}


def channels(merchant: Merchant) -> list[tuple[str, str]]:
    """The channels of the contract."""
    return list(CHANNELS.items())


def consent(condition: Condition, moment: Moment) -> Q:
    """Whether the newest answer for a channel and purpose is yes; for any of them where none is named."""
    asked = Consent.objects.filter(customer__merchant=moment.merchant, **condition.params).order_by()
    if condition.op == "exists":
        return within(asked.values("customer"))
    later = Q(recorded_at__gt=OuterRef("recorded_at")) | Q(recorded_at=OuterRef("recorded_at"), pk__gt=OuterRef("pk"))
    same = {name: OuterRef(name) for name in ("customer", "channel", "purpose")}
    taken_back = Consent.objects.filter(later, granted=False, **same)  # a yes without a later no: so the newest is yes
    standing = asked.filter(~Exists(taken_back), granted=True)
    found = within(standing.values("customer"))
    return found if condition.value else ~found


def speak(condition: Condition):
    """The words of a consent follow its value."""
    if condition.op == "exists":
        return ASKED if condition.value else NOT_ASKED
    return GRANTED if condition.value else NOT_GRANTED


GRANTED, NOT_GRANTED = _("said yes to %(channel)s%(purpose)s"), _("did not say yes to %(channel)s%(purpose)s")
ASKED, NOT_ASKED = _("were asked for %(channel)s%(purpose)s"), _("were never asked for %(channel)s%(purpose)s")
FIELDS = [
    Field(
        "consent", _("Consent"), Group.CONSENTS, Kind.FLAG,
        _("Whether the newest answer for a channel and purpose is yes; for any of them where none is named."), consent,
        GRANTED, known=ASKED, unknown=NOT_ASKED, speak=speak,
        params=(
            Param("channel", _("Channel"), Kind.CHOICE, _("by what they may be reached."), choices=channels),
            Param("purpose", _("Purpose"), Kind.TEXT, _("what for, such as marketing or reminders.")),
        ),
    ),
]  # fmt: skip
