"""Retention: what became of the customers who first came in a month; reach: who is rewarded, who is forgotten."""

import csv
from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page
from loyalty_site.api.rendering import harmless
from loyalty_site.forms import RetentionForm
from loyalty_site.reach_forms import ReachForm
from loyalty_site.selectors import known as sales
from loyalty_site.selectors import reach as groups
from loyalty_site.selectors import retention as figures
from loyalty_site.selectors import retention_print as printed
from loyalty_site.selectors import retention_tables as tables
from loyalty_site.selectors import second_visit as visits
from segments import cohorts
from segments import second_visit as counted


@require_safe
@merchant_page(Right.REPORTS)
def retention(request, place):
    """The heat map for the months and the figure that the address names, and what stands beside it."""
    form = RetentionForm(request.GET, today=timezone.localdate())
    shown = figures.retention_page(place.merchant, **form.bounds(), by=form.grouped(), show=form.shown())
    return render(request, "pages/retention.html", {"form": form, "shown": shown})


@require_safe
@merchant_page(Right.REPORTS)
def second_visit(request, place):
    """How soon new customers come again."""
    today = timezone.localdate()
    form = RetentionForm(request.GET, today=today)
    shown = visits.second_visit_page(place.merchant, **form.bounds(), today=today)
    return render(request, "pages/retention_second.html", {"form": form, "shown": shown})


@require_safe
@merchant_page(Right.REPORTS)
def reach(request, place):
    """Ten groups of customers, by value or by points; those who stay away; sales with and without a card."""
    form = ReachForm(request.GET)
    shown = groups.reach(place.merchant, by=form.chosen(), today=timezone.localdate())
    return render(request, "pages/retention_reach.html", {"form": form, "reach": shown})


@require_safe
@merchant_page(Right.REPORTS)
def retention_print(request, place):
    """Everything on retention on paper: no forms, every definition."""
    shown = printed.printed(place.merchant, today=timezone.localdate())
    return render(request, "pages/retention_print.html", {"shown": shown})


@require_safe
@merchant_page(Right.REPORTS)
def retention_csv(request, place):
    """The cohorts that the page shows for a spreadsheet."""

    def rows(form) -> Iterable[tuple]:
        bounds = form.bounds()
        found = cohorts.retention(place.merchant, **bounds)
        return tables.table_rows(figures.table_of(place.merchant, found, **bounds, by=form.grouped()))

    return months_csv(request, place, "retention", rows)


@require_safe
@merchant_page(Right.REPORTS)
def returning_csv(request, place):
    """The returning share for a spreadsheet."""

    def rows(form) -> Iterable[tuple]:
        return tables.returning_rows(cohorts.retention(place.merchant, **form.bounds()))

    return months_csv(request, place, "returning", rows)


@require_safe
@merchant_page(Right.REPORTS)
def second_visit_csv(request, place):
    """The second visits by cohort for a spreadsheet."""

    def rows(form) -> Iterable[tuple]:
        __, found = counted.both(place.merchant, **form.bounds(), as_of=timezone.localdate())
        return tables.second_visit_rows(found)

    return months_csv(request, place, "second-visit", rows)


@require_safe
@merchant_page(Right.REPORTS)
def curve_csv(request, place):
    """The curve of second visits for a spreadsheet."""

    def rows(form) -> Iterable[tuple]:
        return tables.curve_table(counted.curve(place.merchant, **form.bounds(), as_of=timezone.localdate()))

    return months_csv(request, place, "second-visit-curve", rows)


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


@require_safe
@merchant_page(Right.REPORTS)
def known_csv(request, place):
    """Sales with and without a card for a spreadsheet."""
    months = sales.known_months(place.merchant, today=timezone.localdate())
    return written(place, "known", sales.known_rows(months))


def months_csv(request, place, name: str, rows) -> HttpResponse:
    """Rows of the months that the address names; a wrong month is answered with a sentence."""
    form = RetentionForm(request.GET, today=timezone.localdate())
    if not form.is_valid():
        return refused(form)
    return written(place, name, rows(form))


def refused(form) -> HttpResponse:
    """What is wrong with the address of a file, in sentences."""
    sentences = [sentence for errors in form.errors.values() for sentence in errors]
    return HttpResponse("\n".join(sentences), status=400, content_type="text/plain; charset=utf-8")


def written(place, name: str, rows: Iterable[tuple]) -> HttpResponse:
    """Rows as a file to keep."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{place.merchant.slug}.csv"'
    csv.writer(response).writerows([harmless(cell) for cell in row] for row in rows)
    return response
