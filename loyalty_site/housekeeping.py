"""What a shop may change about itself only while nothing hangs on it: facts that lie above the tenant decide."""

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from customers.merchants import shops
from customers.merchants.models import ApiKey, Location, Merchant
from customers.merchants.refusals import Conflict
from customers.models import Customer, Purchase, Refund
from rewards.models import ProgramVersion


class FixedByHistory(Conflict):
    code = "fixed_by_history"
    message = _("Purchases are recorded in this currency and by the days of this time zone, so both are fixed.")


class LocationUsed(Conflict):
    code = "location_used"
    message = _("Purchases, customers, keys or rules belong to this location, so it stays. Rename it if it has moved.")


def has_history(merchant: Merchant) -> bool:
    """Whether anything is recorded in the shop's money and days (two queries)."""
    return Purchase.objects.for_merchant(merchant).exists() or Refund.objects.filter(merchant=merchant).exists()


@transaction.atomic
def change_shop(*, merchant: Merchant, name: str, country: str, currency: str, timezone: str) -> Merchant:
    """Change the shop; currency and time zone only while no purchase exists. Raises FixedByHistory, Invalid."""
    merchant = Merchant.objects.select_for_update().get(pk=merchant.pk)
    differs = [key for key, new in (("currency", currency), ("timezone", timezone)) if getattr(merchant, key) != new]
    if differs and has_history(merchant):
        raise FixedByHistory(field=differs[0])
    return shops.change(merchant=merchant, name=name, country=country, currency=currency, timezone=timezone)


def is_used(location: Location) -> bool:
    """Whether something happened at the location, is bound to it or is promised there (four queries)."""
    sold = Purchase.objects.for_merchant(location.merchant_id).filter(location=location)
    here = Customer.objects.for_merchant(location.merchant_id).filter(location=location)
    keys = ApiKey.objects.filter(location=location)
    promised = (
        ProgramVersion.objects.filter(program__merchant=location.merchant_id)
        .annotate(text=Cast("rules", TextField()))
        .filter(text__contains=location.public_id)
    )
    return sold.exists() or here.exists() or keys.exists() or promised.exists()


@transaction.atomic
def remove_location(*, location: Location) -> None:
    """Remove a counter where nothing ever happened; raises LocationUsed."""
    if is_used(location):
        raise LocationUsed
    location.delete()
