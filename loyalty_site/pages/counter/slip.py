"""The receipt of a purchase as text, to print or to send."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site.selectors import purchase as receipts
from loyalty_site.selectors import receipt_text


@require_safe
@never_cache
@merchant_page(Right.COUNTER)
def slip(request, place, purchase_id):
    """What the customer takes along: it prints, is copied, and opens in the sender's own mail or messages."""
    found = find_or_404(receipts.purchases(place.merchant), purchase_id)
    text = receipt_text.receipt_text(found, at=timezone.now())
    context = {"purchase": found, "text": text, "sending": receipt_text.sending(place, found, text)}
    return render(request, "pages/counter_slip.html", context)
