"""The monthly report by mail: who gets it, and that each month goes to each reader once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from customers.merchants.models import Right, StaffMember
from loyalty_site import mails
from loyalty_site.selectors import monthly
from segments.models import ReportReader

HOUR = 6  # of the first of the month in the shop's time zone, when the report goes
DAYS = 7  # of the month, in which a mail server that refuses is asked again, or a worker that stood still catches up


@transaction.atomic
def switch_on(*, place: StaffMember, today: date, site: str, language: str) -> ReportReader:
    """Send the report from the next first of a month on; the months that are over are not sent afterwards."""
    reader, __ = ReportReader.objects.get_or_create(
        place=place,
        defaults={
            "merchant": place.merchant, "told": monthly.last_complete(today), "site": site, "language": language,
        },
    )  # fmt: skip
    return reader


def switch_off(*, place: StaffMember) -> None:
    """Send it no more."""
    ReportReader.objects.filter(place=place).delete()


def send_due(*, at: datetime) -> int:
    """Send what is due; returns how many mails went.

    The month is written down before the mail goes, so that it never goes twice; when the mail server refuses, it is
    taken back and tried again within the hour. Raises the last refusal once everybody else has theirs.
    """
    sent, refusal = 0, None
    readers = ReportReader.objects.select_related("merchant", "place__user", "place__merchant").order_by("pk")
    for reader in readers:
        month = due(reader, at=at)
        mine = ReportReader.objects.filter(pk=reader.pk)
        if month is None or not mine.filter(told=reader.told).update(told=month):
            continue
        try:
            send(reader, month=month)
            sent += 1
        except mails.NotSent as error:
            mine.filter(told=month).update(told=reader.told)
            refusal = error
    if refusal:
        raise refusal
    return sent


def due(reader: ReportReader, *, at: datetime) -> date | None:
    """The month that a reader is to be told of now; None when there is none, or they may no longer see it."""
    local = at.astimezone(ZoneInfo(reader.merchant.timezone))
    month = monthly.last_complete(local.date())
    place = reader.place
    may = place.is_active and place.user.is_active and place.may(Right.REPORTS)
    begun = local - timedelta(hours=HOUR)
    in_time = begun.month == local.month and local.day <= DAYS
    return month if may and in_time and reader.told < month else None


def send(reader: ReportReader, *, month: date) -> None:
    """One mail in its reader's language; raises NotSent."""
    language = reader.place.user.language or reader.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(ZoneInfo(reader.merchant.timezone)):
        found = monthly.monthly(reader.merchant, month=month)
    mails.send_monthly(reader=reader, report=found, language=language)
