"""What comes next: whom to save, and what brings first-timers back."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page, page_of
from loyalty_site.selectors import first_baskets as baskets
from loyalty_site.selectors import saving
from segments.predictions import first_baskets as compared
from segments.predictions import save_list as stakes

from .retention import written


@require_safe
@merchant_page(Right.REPORTS)
def save_list(request, place):
    """Those on the way out, most at stake first."""
    found = stakes.save_list(place.merchant)
    page = page_of(found.stakes, request, per_page=saving.AT_ONCE)
    shown = saving.save_page(place.merchant, found, today=timezone.localdate())
    rows = saving.rows(place.merchant, page, day=found.as_of) if found.stakes else []
    return render(request, "pages/save_list.html", {"shown": shown, "found": found, "page": page, "rows": rows})


@require_safe
@merchant_page(Right.REPORTS)
def save_list_csv(request, place):
    """The same for a spreadsheet."""
    return written(place, "save-list", saving.table(place.merchant, stakes.save_list(place.merchant)))


@require_safe
@merchant_page(Right.REPORTS)
def first_baskets(request, place):
    """What those had in their first basket who came again."""
    found = compared.first_baskets(place.merchant, day=timezone.localdate())
    return render(request, "pages/first_baskets.html", {"shown": baskets.baskets_page(found), "found": found})


@require_safe
@merchant_page(Right.REPORTS)
def first_baskets_csv(request, place):
    """The same for a spreadsheet."""
    return written(
        place, "first-baskets", baskets.table(compared.first_baskets(place.merchant, day=timezone.localdate()))
    )
