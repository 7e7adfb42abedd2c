"""Finding what a command's options name."""

from django.core.management.base import CommandError
from django.db.models import Q

from customers.merchants.models import Location, Merchant


def find_merchant(slug: str) -> Merchant:
    """The merchant of that short name, or a sentence that lists those there are."""
    merchant = Merchant.objects.filter(slug=slug).first()
    if merchant is None:
        known = ", ".join(Merchant.objects.order_by("slug").values_list("slug", flat=True)[:10]) or "none yet"
        raise CommandError(f"There is no merchant '{slug}'. There are: {known}.")
    return merchant


def find_location(merchant: Merchant, text: str) -> Location:
    """The merchant's location of that id or name, or a sentence that lists those there are."""
    mine = Location.objects.for_merchant(merchant)
    location = mine.filter(Q(public_id=text) | Q(name__iexact=text)).first()
    if location is None:
        known = ", ".join(mine.order_by("name").values_list("name", flat=True)[:10]) or "none yet"
        raise CommandError(f"{merchant} has no location '{text}'. It has: {known}.")
    return location
