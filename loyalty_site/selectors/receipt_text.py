"""The receipt of a purchase as plain text: to print, to copy, or to send from one's own phone."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.merchants.models import Right, StaffMember
from customers.merchants.templatetags.ficha import day, money, points
from customers.models import Customer, Purchase
from loyalty_site.selectors.cards import holdings
from loyalty_site.selectors.purchase import Bought, bought, standing
from loyalty_site.templatetags.people import quantity

WIDTH = 32  # characters, as a narrow printer and a phone have


@dataclass(frozen=True, slots=True)
class Sending:
    """Addresses that open the sender's own mail, messages or WhatsApp with the text; to whom is left open where the
    phone or e-mail is not known, or not for this person to see.
    """

    mail: str
    message: str
    whatsapp: str


def receipt_text(purchase: Purchase, *, at: datetime) -> str:
    """The receipt of a purchase of `purchase.purchases`, in the customer's language where we speak it (six queries).

    It says what is on record now: what came back, and the balance of this moment.
    """
    customer = purchase.customer
    spoken = customer.language[:2] if customer else ""
    with translation.override(spoken if spoken in dict(settings.LANGUAGES) else translation.get_language()):
        parts = [head(purchase), lines(purchase), sums(purchase), earned(purchase), balances(customer, at=at)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def head(purchase: Purchase) -> list[str]:
    """Where and when, whose, and which receipt."""
    local = timezone.localtime(purchase.occurred_at)
    said = [str(purchase.merchant)]
    said += [str(purchase.location)] if purchase.location else []
    said += [f"{day(local)}, {date_format(local, 'H:i')}", _("Receipt"), purchase.public_id]
    said += [_("For %(name)s") % {"name": purchase.customer}] if purchase.customer else []
    return said + ([_("VOID: it counts for nothing.")] if purchase.voided_at else [])


def row(left: str, right: str) -> str:
    """A text and a figure at the right; a text too long for both stands above its figure."""
    gap = WIDTH - len(left) - len(right)
    return f"{left}{' ' * gap}{right}" if gap > 0 else f"{left}\n{right.rjust(WIDTH)}"


def lines(purchase: Purchase) -> list[str]:
    """What was bought, before discounts."""
    return [
        row(product(one), money(one.line.amount + one.line.discount, currency(purchase))) for one in bought(purchase)
    ]


def product(one: Bought) -> str:
    name = one.line.name or one.line.sku or one.line.category or _("other")
    return name if one.line.quantity == 1 else f"{quantity(one.line.quantity)} × {name}"


def currency(purchase: Purchase) -> str:
    return purchase.merchant.currency


def sums(purchase: Purchase) -> list[str]:
    """The total, with what was taken off, what stored value paid, and what came back."""
    write = partial(money, currency=currency(purchase))
    said = []
    if purchase.discount:
        said += [
            row(_("Before discounts"), write(purchase.full_amount)),
            row(_("Discounts"), write(-purchase.discount)),
        ]
    said.append(row(_("Total"), write(purchase.amount)))
    if purchase.prepaid:
        said += [
            row(_("Paid with gift card or cashback"), write(-purchase.prepaid)),
            row(_("To pay"), write(purchase.amount_due)),
        ]
    if purchase.refunded:
        said.append(row(_("Came back since"), write(-purchase.refunded)))
    return said


def earned(purchase: Purchase) -> list[str]:
    """What of its points stands, and why they were given."""
    said = []
    for one in standing(purchase):
        said.append(row(one.program.name, signed_points(one.stands, one.program.unit)))
        said += [f"  {reason}" for reason in one.reasons]
    return said


def signed_points(count: int, unit: str) -> str:
    return f"+{points(count, unit)}" if count > 0 else points(count, unit)


def balances(customer: Customer | None, *, at: datetime) -> list[str]:
    """What the customer holds at this moment."""
    held = [one for one in holdings(customer, at=at) if one.counts] if customer else []
    moment = date_format(timezone.localtime(at), "H:i")
    head_line = (
        [_("Balance on %(day)s, %(time)s") % {"day": day(timezone.localtime(at)), "time": moment}] if held else []
    )
    return head_line + [
        row(one.membership.program.name, points(one.balance.available, one.membership.program.unit)) for one in held
    ]


def sending(place: StaffMember, purchase: Purchase, text: str) -> Sending:
    """Where the text can be sent from here (no query)."""
    customer = purchase.customer if place.may(Right.REPORTS) else None
    phone, email = (customer.phone or "", customer.email or "") if customer else ("", "")
    subject = _("Your receipt from %(shop)s") % {"shop": purchase.merchant}
    said = urlencode({"subject": subject, "body": text}, quote_via=quote)
    return Sending(
        mail=f"mailto:{quote(email, safe='@+')}?{said}",
        message=f"sms:{phone}?{urlencode({'body': text}, quote_via=quote)}",
        whatsapp=f"https://wa.me/{phone.removeprefix('+')}?{urlencode({'text': text}, quote_via=quote)}",
    )
