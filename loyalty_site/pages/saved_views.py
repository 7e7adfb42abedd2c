"""Customer lists under a name: saving, renaming, deleting."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site import saved
from loyalty_site.forms import refuse
from loyalty_site.models import SavedView
from loyalty_site.people_forms import ViewForm
from loyalty_site.selectors import customer_list


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.LOOK)
def views(request, place):
    """The saved lists of a person and of the shop; saving the list that the address names."""
    sent = request.POST if request.method == "POST" else request.GET
    asked = QueryDict(sent.get("query", "")[:5000])
    shown = customer_list.find(place, asked, today=timezone.localdate())
    form = ViewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            view = saved.add(place=place, query=shown.address, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
            return redirect(f"{reverse('customers', args=[place.merchant.slug])}?{view.query}")
    found = SavedView.objects.for_place(place).order_by("name")
    return render(request, "pages/customers_views.html", {"form": form, "list": shown, "views": found})


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.LOOK)
def view(request, place, view_id):
    """One of them: another name, or away with it."""
    found = find_or_404(SavedView.objects.for_place(place), view_id)
    form = ViewForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if request.method == "POST":
        try:
            if "delete" in request.POST:
                saved.delete(place=place, view=found)
                messages.success(request, _("The view is deleted. Nobody on it has changed."))
                return redirect("customer_views", place.merchant.slug)
            if form.is_valid():
                saved.rename(place=place, view=found, name=form.cleaned_data["name"])
                messages.success(request, _("The view is renamed."))
                return redirect("customer_views", place.merchant.slug)
        except Refusal as refusal:
            refuse(form, refusal)
    return render(request, "pages/customers_view.html", {"form": form, "view": found})
