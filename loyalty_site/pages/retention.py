"""Retention: what became of the customers who first came in a month."""

import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page
from loyalty_site import charts
from loyalty_site.forms import RetentionForm
from loyalty_site.selectors import retention as words
from segments import cohorts


@require_safe
@merchant_page(Right.REPORTS)
def retention(request, place):
    """The heat map for the months and the figure that the address names."""
    form = RetentionForm(request.GET, today=timezone.localdate())
    found = cohorts.retention(place.merchant, **form.bounds())
    show = form.shown()
    context = {
        "form": form,
        "found": found,
        "show": show,
        "finding": words.finding(found),
        "chart": charts.heat_map(found, show=show, currency=place.merchant.currency),
        "definitions": words.definitions(),
    }
    return render(request, "pages/retention.html", context)


@require_safe
@merchant_page(Right.REPORTS)
def retention_csv(request, place):
    """The same rows for a spreadsheet; a wrong month is answered with a sentence."""
    form = RetentionForm(request.GET, today=timezone.localdate())
    if not form.is_valid():
        sentences = [sentence for errors in form.errors.values() for sentence in errors]
        return HttpResponse("\n".join(sentences), status=400, content_type="text/plain; charset=utf-8")
    found = cohorts.retention(place.merchant, **form.bounds())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="retention-{place.merchant.slug}.csv"'
    csv.writer(response).writerows(words.rows(found))
    return response
