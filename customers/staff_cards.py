"""Which customer card is whose who works here: linked by somebody else, suggested where the e-mail is the same."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from customers import audit
from customers.merchants.models import Merchant, Right, StaffMember
from customers.merchants.refusals import Conflict, Forbidden
from customers.models import Customer, StaffCard
from customers.models.trust import Deed


class MayNotLink(Forbidden):
    code = "may_not_link"
    message = _("Linking people to their customer cards needs the right to manage.")


class OwnLink(Forbidden):
    code = "own_link"
    message = _("Your own card stays linked to you until somebody else with the right to manage changes it.")


class CardTaken(Conflict):
    code = "card_taken"
    message = _("This card belongs to somebody else who works here. Take it from that person first.")


@transaction.atomic
def link(*, staff: StaffMember, customer: Customer, by: StaffMember, at: datetime) -> StaffCard:
    """Say whose card it is; a card that the person had before is theirs no longer. Once more changes nothing.

    Raises MayNotLink, CardTaken, and OwnLink for exchanging one's own card: a first one everybody may name.
    """
    check_right(staff, customer.merchant_id, by)
    before = StaffCard.objects.select_for_update().filter(staff=staff).first()
    if before and before.customer_id == customer.pk:
        return before
    if before and staff.pk == by.pk:
        raise OwnLink
    try:
        with transaction.atomic():
            defaults = {"customer": customer, "linked_at": at}
            card, __ = StaffCard.objects.update_or_create(staff=staff, defaults=defaults)
    except IntegrityError as error:
        raise CardTaken(field="customer") from error
    tell(Deed.CARD_LINKED, card, by, at=at)
    return card


@transaction.atomic
def unlink(*, staff: StaffMember, by: StaffMember, at: datetime) -> bool:
    """Let a card be no longer that of a person; False where there is none. Raises MayNotLink, OwnLink."""
    check_right(staff, staff.merchant_id, by)
    card = StaffCard.objects.select_for_update().filter(staff=staff).first()
    if card is None:
        return False
    if staff.pk == by.pk:
        raise OwnLink
    tell(Deed.CARD_UNLINKED, card, by, at=at)
    card.delete()
    return True


def check_right(staff: StaffMember, merchant_id: int, by: StaffMember) -> None:
    """Refuse whoever may not say whose card it is, and what is not of one shop."""
    if not by.may(Right.MANAGE) or {staff.merchant_id, merchant_id} != {by.merchant_id}:
        raise MayNotLink


def tell(deed: str, card: StaffCard, by: StaffMember, *, at: datetime) -> None:
    """Write it into the log."""
    about = {"person": card.staff.public_id, "customer": card.customer.public_id}
    audit.note(merchant=by.merchant, deed=deed, actor=by.public_id, at=at, about=about)


def suggested(merchant: Merchant) -> dict[int, Customer]:
    """The cards with the e-mail of somebody who works here and has none yet, by key of that person (two queries).

    A card that is linked to another person is not suggested.
    """
    people = StaffMember.objects.filter(merchant=merchant, is_active=True, staff_card=None)
    by_email = {email.lower(): pk for pk, email in people.values_list("pk", "user__email")}
    if not by_email:
        return {}
    cards = Customer.objects.for_merchant(merchant).annotate(lowered=Lower("email"))
    return {by_email[card.lowered]: card for card in cards.filter(lowered__in=list(by_email), staff_card=None)}


def own(*, merchant: Merchant, doing: Iterable[tuple[str | int, int]]) -> set[tuple[str | int, int]]:
    """Of pairs of who does something (a public id, or a key of staff) and for which customer (a key): those with one's
    own card.

    One query, none where nobody of the shop's people does it.
    """
    pairs = {(who, customer) for who, customer in doing if customer and is_staff(who)}
    if not pairs:
        return set()
    people = {who for who, __ in pairs}
    keys = {who for who in people if isinstance(who, int)}
    cards = StaffCard.objects.for_merchant(merchant).filter(Q(staff__in=keys) | Q(staff__public_id__in=people - keys))
    found = cards.values_list("staff__public_id", "staff", "customer")
    return pairs & {(who, customer) for public_id, key, customer in found for who in (public_id, key)}


def is_staff(who: str | int | None) -> bool:
    """Whether this names somebody of the shop's people, by key or public id; not a till's key, nor nobody."""
    return isinstance(who, int) or bool(who) and who.startswith("stf_")
