"""Between what a rule says as JSON and what people type: amounts, lists, moments."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from customers.merchants.models import Merchant
from customers.merchants.money import DECIMALS
from loyalty_site.forms import decimal_mark

WRITTEN = "%Y-%m-%dT%H:%M"  # as browsers send a moment
LISTS = ("categories", "skus", "exclude_categories", "exclude_skus", "channels")  # typed one a line


def amount(minor: int, merchant: Merchant) -> str:
    """Minor units as one may type them at this shop."""
    return f"{Decimal(minor).scaleb(-DECIMALS[merchant.currency])}".replace(".", decimal_mark(merchant))


def lines(texts: list[str] | None) -> str:
    """Texts, one a line."""
    return "\n".join(texts or [])


def texts(typed: str) -> list[str]:
    """What stands on the lines, without empty ones."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def local(moment: str | None, zone: str) -> str:
    """A moment of a rule on the shop's clock; one without a zone is there already."""
    read = parse_datetime(moment) if moment else None
    if read is None:
        return ""
    return (read.astimezone(ZoneInfo(zone)) if read.tzinfo else read).strftime(WRITTEN)


def moment(typed: datetime, before: str | None, zone: str) -> str:
    """What was typed, as a rule says it in UTC; a moment that was not changed stays as it was written."""
    if before and local(before, zone) == typed.strftime(WRITTEN):
        return before
    return typed.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
