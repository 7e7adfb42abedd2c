"""What a scanner typed: a card, or a voucher."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from customers import identity
from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import money
from customers.models import Customer
from rewards import benefits, vouchers
from rewards.models import Voucher
from rewards.models.vouchers import VoucherStatus

SHORTEST, LONGEST = 8, 32  # characters of what may be a voucher's code


@dataclass(slots=True)
class Scanned:
    """The one card, or the voucher, that a whole code names; nothing where it names none."""

    customer: Customer | None = None
    voucher: Voucher | None = None

    @property
    def card(self) -> Customer | None:
        """Whose card to open: the one scanned, or that of the voucher's customer."""
        return self.customer or (self.voucher.customer if self.voucher else None)


def code_of(text: str) -> str:
    """The code in what was scanned: cards may carry an address, whose last part it is."""
    if "://" not in text:
        return text
    try:
        path = urlsplit(text).path
    except ValueError:
        return text
    parts = [part for part in path.split("/") if part]
    return unquote(parts[-1]).replace("\0", "") if parts else text


def scanned(merchant: Merchant, text: str, *, typing: bool = False) -> Scanned:
    """What a whole code names (two queries at the most); while somebody is `typing` only a voucher, for the search
    shows the people anyway.
    """
    customer = None if typing else identity.recognise(merchant=merchant, text=text)
    return Scanned(customer) if customer else Scanned(voucher=voucher_of(merchant, text))


def voucher_of(merchant: Merchant, text: str) -> Voucher | None:
    """The voucher with that code, however it is written; nothing is asked for what can be none (one query)."""
    code = vouchers.normal(text)
    if "@" in text or not SHORTEST <= len(code) <= LONGEST:
        return None
    return Voucher.objects.for_merchant(merchant).select_related("customer").filter(code=code).first()


@dataclass(slots=True)
class Told:
    """A voucher in words: what it gives, and whether it can be used."""

    voucher: Voucher
    gives: str
    usable: bool
    status: str


def told(voucher: Voucher, *, at: datetime) -> Told:
    """A voucher as the counter tells it (no query)."""
    gives = benefits.sentence(voucher.benefit, lambda minor: money(minor, voucher.merchant.currency))
    status = vouchers.status(voucher, at=at)
    return Told(voucher, gives, status == VoucherStatus.OPEN, status)
