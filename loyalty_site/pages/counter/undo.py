"""Undoing the purchase that was just recorded."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.templatetags.ficha import money
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site import flows
from loyalty_site.selectors import purchase as receipts
from loyalty_site.selectors.counter.claims import given_back


@require_POST
@merchant_page(Right.COUNTER)
def undo(request, place, purchase_id):
    """Void what was recorded within the minute, and back to who stands there; later the purchase's page asks first."""
    found = find_or_404(receipts.purchases(place.merchant), purchase_id)
    used = given_back(found)
    try:
        flows.undo_purchase(merchant=place.merchant, purchase=found, at=timezone.now(), actor=place.public_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("purchase_void", place.merchant.slug, found.public_id)
    amount = money(found.amount, place.merchant.currency)
    messages.success(request, _("Undone: the purchase of %(amount)s counts for nothing now.") % {"amount": amount})
    if used:
        messages.success(request, _("Back in hand: %(what)s.") % {"what": ", ".join(used)})
    if found.customer is None:
        return redirect("counter", place.merchant.slug)
    return redirect("counter_card", place.merchant.slug, found.customer.public_id)
