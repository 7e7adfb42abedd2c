"""Recency, frequency and value, and the life cycle: who is worth which word."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page
from loyalty_site import spreadsheets
from loyalty_site.insight_forms import BoardForm, FlowForm
from loyalty_site.selectors import lifecycle as states
from loyalty_site.selectors import rfv as scores
from segments import rfv as segments_rfv


@require_safe
@merchant_page(Right.REPORTS)
def rfv(request, place):
    """The board of the day and the figure that the address names."""
    today = timezone.localdate()
    form = BoardForm(request.GET, today=today)
    show = form.shown()
    shown = scores.board_page(place.merchant, day=form.day, today=today, show=show)
    return render(request, "pages/rfv.html", {"form": form, "show": show, "shown": shown, "today": today})


@require_safe
@merchant_page(Right.REPORTS)
def rfv_csv(request, place):
    """Everybody with their scores for a spreadsheet."""
    day = BoardForm(request.GET, today=timezone.localdate()).day
    return streamed(place, "rfv", scores.customer_rows(place.merchant, day=day))


@require_safe
@merchant_page(Right.REPORTS)
def rfv_board_csv(request, place):
    """The board for a spreadsheet."""
    day = BoardForm(request.GET, today=timezone.localdate()).day
    return streamed(place, "rfv-board", scores.board_rows(segments_rfv.board(place.merchant, day=day)))


@require_safe
@merchant_page(Right.REPORTS)
def lifecycle(request, place):
    """The states of the day, and the flows of the month that the address names."""
    today = timezone.localdate()
    form = FlowForm(request.GET, today=today)
    shown = states.lifecycle_page(place.merchant, day=form.day, today=today, choose=form.chosen)
    return render(request, "pages/lifecycle.html", {"form": form, "shown": shown, "today": today})


@require_safe
@merchant_page(Right.REPORTS)
def lifecycle_csv(request, place):
    """Everybody with their state for a spreadsheet."""
    day = FlowForm(request.GET, today=timezone.localdate()).day
    return streamed(place, "life-cycle", states.customer_rows(place.merchant, day=day))


@require_safe
@merchant_page(Right.REPORTS)
def flows_csv(request, place):
    """The flows between states for a spreadsheet."""
    day = FlowForm(request.GET, today=timezone.localdate()).day
    return streamed(place, "flows", states.flow_rows(place.merchant, day=day))


def streamed(place, name: str, rows: Iterable[tuple]) -> StreamingHttpResponse:
    """Rows as a file to keep, written while they are read."""
    response = StreamingHttpResponse(spreadsheets.written(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{place.merchant.slug}.csv"'
    return response
