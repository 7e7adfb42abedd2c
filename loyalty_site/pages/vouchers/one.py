"""The list of vouchers, and one of them."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page, page_of
from loyalty_site.pages.settings import ASKED, act
from loyalty_site.print_forms import SheetForm
from loyalty_site.selectors.vouchers import listing
from loyalty_site.selectors.vouchers import one as ones
from loyalty_site.selectors.vouchers.sheets import sheets
from loyalty_site.voucher_forms import UseForm
from rewards import vouchers as domain

from .using import find


@require_safe
@merchant_page(Right.COUNTER)
def vouchers(request, place):
    """The shop's vouchers, newest first, found by their codes; htmx gets the part that changes."""
    at, found = timezone.now(), listing.found(place.merchant, request.GET, at=timezone.now())
    page = page_of(found.qs, request)
    context = {
        "filter": found,
        "page": page,
        "rows": listing.rows(page, place.merchant, at=at),
        "narrowed": any(request.GET.get(name) for name in found.base_filters),
    }
    return render(request, "pages/_vouchers_part.html" if request.htmx else "pages/vouchers.html", context)


@require_safe
@merchant_page(Right.COUNTER)
def voucher(request, place, voucher_id):
    """One voucher: its state, its code to scan, every use."""
    at, found = timezone.now(), find(place, voucher_id)
    context = {"shown": ones.one(found, place.merchant, at=at), "form": UseForm(voucher=found), "at": at}
    return render(request, "pages/voucher.html", context)


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def revoke(request, place, voucher_id):
    """The question first, for those whose browser has no dialog; then the deed."""
    found = find(place, voucher_id)
    if request.method == "POST":
        said = _("The voucher is revoked. Nobody can use it any more.")
        act(request, lambda: domain.revoke(voucher=found, at=timezone.now(), actor=place.public_id), said)
        return redirect("voucher", place.merchant.slug, found.public_id)
    return render(request, "pages/voucher_revoke.html", {"voucher": found})


@require_safe
@merchant_page(Right.COUNTER)
def print_one(request, place, voucher_id):
    """One voucher on paper."""
    found = find(place, voucher_id)
    form = SheetForm(request.GET, merchant=place.merchant, each="2")
    chosen = form.chosen()
    printed = sheets([found], place.merchant, each=int(chosen["each"]), language=chosen["language"])
    back = reverse("voucher", args=[place.merchant.slug, found.public_id])
    context = {"form": form, "chosen": chosen, "sheets": printed, "voucher": found, "back": back}
    return render(request, "print/vouchers.html", context)
