"""A person's word on what was found: something was wrong (accepted), or nothing (dismissed)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import audit, staff_cards
from customers.merchants.models import Right, StaffMember
from customers.merchants.refusals import Forbidden, Invalid
from customers.models.trust import Deed
from rewards.models import Alert
from rewards.models.alerts import AlertState

LONGEST_NOTE = 300
DEEDS = {AlertState.ACCEPTED: Deed.ALERT_ACCEPTED, AlertState.DISMISSED: Deed.ALERT_DISMISSED}


class MayNotDecideAlerts(Forbidden):
    code = "may_not_decide"
    message = _("Deciding on alerts needs the right to manage.")


class AboutYourself(Forbidden):
    code = "about_yourself"
    message = _("This is about yourself, so you cannot decide on it. Somebody else with the right to manage does.")


class InvalidNote(Invalid):
    code = "invalid_note"
    message = _("A note has at most 300 characters. Shorten it.")


def accept(*, alert: Alert, by: StaffMember, at: datetime, note: str = "") -> Alert:
    """Say that something was wrong. Raises MayNotDecideAlerts, AboutYourself, InvalidNote."""
    return decide(alert, AlertState.ACCEPTED, by, at=at, note=note)


def dismiss(*, alert: Alert, by: StaffMember, at: datetime, note: str = "") -> Alert:
    """Say that nothing was wrong. Raises MayNotDecideAlerts, AboutYourself, InvalidNote."""
    return decide(alert, AlertState.DISMISSED, by, at=at, note=note)


@transaction.atomic
def decide(alert: Alert, state: str, by: StaffMember, *, at: datetime, note: str) -> Alert:
    """Remember a word and who said it; the log keeps earlier ones. The same word by the same person changes nothing."""
    note = note.strip()
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise InvalidNote(field="note")
    if not by.may(Right.MANAGE) or by.merchant_id != alert.merchant_id:
        raise MayNotDecideAlerts
    alert = Alert.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=alert.pk)
    if is_about(alert, by):
        raise AboutYourself
    if (alert.state, alert.decided_by, alert.note) == (state, by.public_id, note):
        return alert
    alert.state, alert.decided_by, alert.decided_at, alert.note = state, by.public_id, at, note
    alert.save(update_fields=["state", "decided_by", "decided_at", "note"])
    about = {"alert": alert.public_id, "kind": alert.kind, "person": alert.person, "note": note}
    audit.note(merchant=alert.merchant, deed=DEEDS[state], actor=by.public_id, at=at, about=about)
    return alert


def is_about(alert: Alert, by: StaffMember) -> bool:
    """Whether somebody did what was found, or it was done to their own card (one query at most)."""
    if alert.person == by.public_id:
        return True
    pair = (by.public_id, alert.customer_id)
    return bool(staff_cards.own(merchant=alert.merchant, doing=[pair]))
