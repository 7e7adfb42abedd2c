"""The day at the counter, for whoever closes the till."""

import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page, typed
from loyalty_site.selectors.counter import shift

from .search import REMEMBERED


@require_safe
@never_cache
@merchant_page(Right.COUNTER)
def day(request, place):
    """What was done on a day by one person, at one location, or by everybody."""
    at = timezone.now()
    chosen = shift.day_of(typed(request, "day"), today=timezone.localdate(at))
    found = shift.shift(place, whose=typed(request, "whose"), here=here(request, place), day=chosen)
    return render(request, "pages/counter_day.html", {"shift": found, "today": timezone.localdate(at), "at": at})


@require_safe
@merchant_page(Right.COUNTER)
def day_csv(request, place):
    """The same day, row by row, for a spreadsheet."""
    chosen = shift.day_of(typed(request, "day"), today=timezone.localdate())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="day-{chosen}-{place.merchant.slug}.csv"'
    whose = shift.allowed(place, typed(request, "whose"), here=here(request, place))
    csv.writer(response).writerows(shift.cells(place, whose, chosen))
    return response


def here(request, place) -> str | None:
    """The public id of the location where this till stands, as far as the session remembers it."""
    return request.session.get(REMEMBERED % place.merchant_id)
