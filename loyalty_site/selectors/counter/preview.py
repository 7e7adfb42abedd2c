"""What a purchase that is being typed would bring: read after it was tried, before that is rolled back."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer, Purchase
from customers.purchases import LineDraft, PurchaseDraft
from loyalty_site import flows
from loyalty_site.selectors.cards import Gain, Holding, gains, holdings
from rewards import claims
from rewards.models import Voucher

from .claims import short


@dataclass(slots=True)
class Preview:
    """The total with its lines, what it earns and why, what is held then of what moves, and how far the next reward or
    tier is.
    """

    draft: PurchaseDraft
    gains: list[Gain]
    ahead: list[str] = field(default_factory=list)
    discounts: list[claims.Discount] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)

    @property
    def full(self) -> int:
        """What it costs before anything is taken off, in minor units."""
        return self.draft.amount + self.draft.discount

    @property
    def due(self) -> int:
        """What is to be paid in money, in minor units."""
        return self.draft.amount - self.draft.prepaid

    @property
    def lines(self) -> list[LineDraft]:
        """The lines where products were tapped."""
        return self.draft.lines


def preview(recorded: flows.Recorded, customer: Customer, *, currency: str, at: datetime) -> Preview:
    """What a purchase, recorded or only tried, brings its customer (three queries, and
    those of stamps, tiers, rewards and what is claimed)."""
    held = holdings(customer, at=at)
    filled = any(one.card for one in held) and Voucher.objects.filter(purchase=recorded.draft.pk)
    said = [_("The stamp card is full: %(reward)s.") % {"reward": one.name} for one in filled or ()]
    said += [sentence for one in held for sentence in ahead(one, of=len(held))]
    said += short(held, at=at)
    used = claims.discounts_of(Purchase.objects.filter(pk=recorded.draft.pk)) if recorded.draft.claims else {}
    gained = gains(recorded.earned, currency=currency, at=at)
    moved = {gain.program.pk for gain in gained if gain.points}
    return Preview(
        draft=recorded.draft,
        gains=gained,
        ahead=said,
        discounts=used.get(recorded.draft.pk, []),
        holdings=[one for one in held if one.counts and (recorded.draft.claims or one.membership.program_id in moved)],
    )


def ahead(held: Holding, *, of: int) -> list[str]:
    """How far it is to the next full card and the next tier, with the program's name where there are more than one."""
    said = []
    if held.card and held.card.missing:
        stamps = ngettext("%(stamps)d stamp to a full card.", "%(stamps)d stamps to a full card.", held.card.missing)
        said.append(stamps % {"stamps": held.card.missing})
    if held.level and held.level.goal is not None:
        said.append(held.level.ahead)
    if of < 2:
        return said
    return [f"{held.membership.program.name} · {one}" for one in said]  # a sentence does not follow a colon
