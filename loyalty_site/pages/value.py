"""What customers are worth over the next year, and how far that can be believed."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page, page_of
from loyalty_site.selectors import customer_values
from loyalty_site.selectors import value_page as figures
from loyalty_site.value_forms import ValueForm
from segments.clv import memory

from .retention import refused, written


@require_safe
@merchant_page(Right.REPORTS)
def value(request, place):
    """The status first; then the total, the trial of the forecast, and the customers by value."""
    form = ValueForm(request.GET, today=timezone.localdate())
    found = memory.valued(place.merchant, as_of=form.day())
    page = page_of(customer_values.ranking(found), request, per_page=figures.AT_ONCE)
    shown = figures.value_page(place.merchant, found)
    context = {"form": form, "found": found, "shown": shown, "page": page}
    if found.worth is not None:
        context["people"] = customer_values.people(place.merchant, found, page)
    return render(request, "pages/value.html", context)


@require_safe
@merchant_page(Right.REPORTS)
def value_csv(request, place):
    """Every customer for a spreadsheet."""
    form = ValueForm(request.GET, today=timezone.localdate())
    if not form.is_valid():
        return refused(form)
    found = memory.valued(place.merchant, as_of=form.day())
    return written(place, "value", [customer_values.HEAD, *customer_values.rows(place.merchant, found)])
