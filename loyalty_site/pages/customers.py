"""Who the shop knows: the list, and one of them."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.filters import CustomerFilter
from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page, page_of, typed
from customers.models import Customer
from loyalty_site.selectors import cards, people


@require_safe
@merchant_page(Right.LOOK)
def customers(request, place):
    """The list, searched and in pages; htmx gets the part that changes."""
    found = CustomerFilter(request.GET, queryset=people.customer_list(place.merchant))
    page = page_of(found.qs, request)
    context = {
        "page": page,
        "people": people.as_seen(place, page),
        "search": typed(request, "search"),
        "at": timezone.now(),
    }
    return render(request, "pages/_customers_part.html" if request.htmx else "pages/customers.html", context)


@require_safe
@merchant_page(Right.LOOK)
def customer(request, place, public_id):
    """One customer: who, what they hold, what they bought."""
    at = timezone.now()
    found = find_or_404(Customer.objects.for_merchant(place.merchant).with_activity(), public_id)
    shown = cards.customer_page(place, found, at=at)
    return render(request, "pages/customer.html", {"customer": found, "shown": shown, "at": at})
