"""The shop in figures, for whom home is too short."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page
from loyalty_site.selectors.figures import shop_figures


@require_safe
@merchant_page(Right.REPORTS)
def figures(request, place):
    """The last 30 days, the weeks, and everything since the beginning."""
    shown = shop_figures(place.merchant, today=timezone.localdate())
    return render(request, "pages/figures.html", {"shown": shown})
