"""Whom the shop knows: the list, as a file, and what one does with many at once."""

import csv

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from customers import profiles
from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import merchant_page, page_of
from loyalty_site.forms import refuse
from loyalty_site.models import SavedView
from loyalty_site.people_forms import BulkForm
from loyalty_site.selectors import columns, customer_list


@require_safe
@merchant_page(Right.LOOK)
def customers(request, place):
    """The list, searched and in pages; htmx gets the part that changes, and the tidy address."""
    shown = customer_list.find(place, request.GET, today=timezone.localdate())
    page = page_of(shown.rows, request)
    context = {"list": shown, "page": page, "people": shown.seen(page), "at": timezone.now()}
    if not request.htmx:
        context["views"] = SavedView.objects.for_place(place).order_by("name")
    response = render(request, "pages/_customers_part.html" if request.htmx else "pages/customers.html", context)
    if request.htmx:
        response["HX-Replace-Url"] = f"{request.path}?{shown.address}" if shown.address else request.path
    return response


@require_safe
@merchant_page(Right.REPORTS)
def customers_csv(request, place):
    """The same rows and columns for a spreadsheet."""
    shown = customer_list.find(place, request.GET, today=timezone.localdate())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="customers-{place.merchant.slug}.csv"'
    csv.writer(response).writerows(columns.rows(shown.columns, shown.everybody_seen(), place.merchant.currency))
    return response


@require_POST
@merchant_page(Right.MANAGE)
def bulk(request, place):
    """What many get at once: first the count and the question, then the deed."""
    asked = QueryDict(request.POST.get("query", "")[:5000]).copy()
    form = BulkForm(request.POST)
    if form.is_valid() and form.cleaned_data["who"] == "ticked":
        asked.setlist("id", request.POST.getlist("id") or ["-"])
    shown = customer_list.find(place, asked, today=timezone.localdate())
    if form.is_valid() and "confirmed" in request.POST and (answer := tag_all(request, place, form, shown)):
        return answer
    context = {"form": form, "list": shown, "count": shown.rows.count(), "back": request.POST.get("query", "")}
    return render(request, "pages/customers_bulk.html", context)


def tag_all(request, place, form, shown):
    """Tag or untag everybody on the list and say how many it concerned; None when it is refused."""
    given = form.cleaned_data
    remove = given["action"] == "untag"
    try:
        changed = profiles.tag(people=shown.everybody(), tag=given["tag"], at=timezone.now(), remove=remove)
    except Refusal as refusal:
        refuse(form, refusal)
        return None
    said = (
        ngettext("%(count)d customer lost the tag “%(tag)s”.", "%(count)d customers lost the tag “%(tag)s”.", changed)
        if remove
        else ngettext(
            "%(count)d customer got the tag “%(tag)s”.", "%(count)d customers got the tag “%(tag)s”.", changed
        )
    )
    messages.success(request, said % {"count": changed, "tag": given["tag"]})
    back = QueryDict(request.POST.get("back", "")[:5000])
    return redirect(f"{reverse('customers', args=[place.merchant.slug])}?{back.urlencode()}")
