"""One customer: the profile, and changing the card."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page, page_of
from customers.models import Customer
from loyalty_site import flows
from loyalty_site.forms import refuse
from loyalty_site.people_forms import CardForm
from loyalty_site.selectors import profile


def find(place, public_id) -> Customer:
    """The shop's customer with their activity, or 404."""
    people = Customer.objects.for_merchant(place.merchant).select_related("activity", "merchant", "satisfaction")
    return find_or_404(people, public_id)


@require_safe
@merchant_page(Right.LOOK)
def customer(request, place, public_id):
    """Who somebody is, what they do, what they hold, what they bought."""
    at, found = timezone.now(), find(place, public_id)
    page = page_of(profile.purchases_of(found), request, per_page=profile.AT_ONCE)
    shown = profile.customer_page(place, found, page, at=at)
    return render(request, "pages/customer.html", {"customer": found, "shown": shown, "page": page, "at": at})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.COUNTER)
def new(request, place):
    """A card for somebody new, with everything one may know."""
    form, existing = CardForm(request.POST if request.method == "POST" else None, place=place), None
    if form.is_bound and form.is_valid():
        try:
            made, __ = flows.enrol(
                merchant=place.merchant, fields=form.changes(), consents=form.consents(), at=timezone.now()
            )
        except Refusal as refusal:
            refuse(form, refusal)
            existing = refusal
        else:
            messages.success(request, _("The card is made."))
            return redirect("customer", place.merchant.slug, made.public_id)
    return render(request, "pages/customer_edit.html", {"form": form, "refusal": existing})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.COUNTER)
def edit(request, place, public_id):
    """The same card again, changed."""
    found, refused = find(place, public_id), None
    standing = profile.standing(found)
    form = CardForm(request.POST if request.method == "POST" else None, place=place, customer=found, standing=standing)
    if form.is_bound and form.is_valid():
        try:
            flows.change_customer(customer=found, fields=form.changes(), consents=form.consents(), at=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
            refused = refusal
        else:
            messages.success(request, _("The card is changed."))
            return redirect("customer", place.merchant.slug, found.public_id)
    return render(request, "pages/customer_edit.html", {"form": form, "customer": found, "refusal": refused})


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.MANAGE)
def delete(request, place, public_id):
    """A card made by mistake goes, after a question; one with a history stays."""
    found = find(place, public_id)
    if request.method == "POST":
        try:
            flows.delete_customer(customer=found)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("customer", place.merchant.slug, found.public_id)
        messages.success(request, _("The card is deleted."))
        return redirect("customers", place.merchant.slug)
    return render(request, "pages/customer_delete.html", {"customer": found})
