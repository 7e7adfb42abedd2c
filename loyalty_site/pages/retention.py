"""Retention: what became of the customers who first came in a month; reach: who is rewarded, who is forgotten."""

import csv
from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page
from loyalty_site import charts
from loyalty_site.forms import RetentionForm
from loyalty_site.reach_forms import ReachForm
from loyalty_site.selectors import reach as groups
from loyalty_site.selectors import retention as figures
from loyalty_site.selectors import retention_tables as tables
from segments import cohorts


@require_safe
@merchant_page(Right.REPORTS)
def retention(request, place):
    """The heat map for the months and the figure that the address names, and what stands beside it."""
    today = timezone.localdate()
    form = RetentionForm(request.GET, today=today)
    found = cohorts.retention(place.merchant, **form.bounds())
    show = form.shown()
    context = {
        "form": form,
        "found": found,
        "show": show,
        "finding": figures.finding(found),
        "chart": charts.heat_map(found, show=show, currency=place.merchant.currency),
        "beside": figures.beside(place.merchant, found, today=today),
        "definitions": figures.definitions(),
    }
    return render(request, "pages/retention.html", context)


@require_safe
@merchant_page(Right.REPORTS)
def reach(request, place):
    """Ten groups of customers, by value or by points."""
    form = ReachForm(request.GET)
    shown = groups.reach(place.merchant, by=form.chosen(), today=timezone.localdate())
    return render(request, "pages/retention_reach.html", {"form": form, "reach": shown})


@require_safe
@merchant_page(Right.REPORTS)
def retention_csv(request, place):
    """The cohorts for a spreadsheet."""
    return months_csv(request, place, "retention", lambda merchant, found: tables.cohort_rows(found))


@require_safe
@merchant_page(Right.REPORTS)
def returning_csv(request, place):
    """The returning share for a spreadsheet."""
    return months_csv(request, place, "returning", tables.returning_rows)


@require_safe
@merchant_page(Right.REPORTS)
def second_visit_csv(request, place):
    """The second visits for a spreadsheet."""
    return months_csv(request, place, "second-visit", tables.second_visit_rows)


@require_safe
@merchant_page(Right.REPORTS)
def lapsed_csv(request, place):
    """The lapsed customers for a spreadsheet."""
    return written(place, "lapsed", tables.lapsed_rows(place.merchant, today=timezone.localdate()))


@require_safe
@merchant_page(Right.REPORTS)
def reach_csv(request, place):
    """The groups for a spreadsheet."""
    by = ReachForm(request.GET).chosen()
    return written(place, "reach", groups.rows(groups.reach(place.merchant, by=by, today=timezone.localdate())))


def months_csv(request, place, name: str, rows) -> HttpResponse:
    """Rows of the months that the address names; a wrong month is answered with a sentence."""
    form = RetentionForm(request.GET, today=timezone.localdate())
    if not form.is_valid():
        return refused(form)
    return written(place, name, rows(place.merchant, cohorts.retention(place.merchant, **form.bounds())))


def refused(form) -> HttpResponse:
    """What is wrong with the address of a file, in sentences."""
    sentences = [sentence for errors in form.errors.values() for sentence in errors]
    return HttpResponse("\n".join(sentences), status=400, content_type="text/plain; charset=utf-8")


def written(place, name: str, rows: Iterable[tuple]) -> HttpResponse:
    """Rows as a file to keep."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{place.merchant.slug}.csv"'
    csv.writer(response).writerows(rows)
    return response
