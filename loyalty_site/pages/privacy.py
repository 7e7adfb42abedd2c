"""A customer's right to their data: everything to read, to take along, and being forgotten."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import merchant_page
from loyalty_site import flows
from loyalty_site.selectors import dossier

from .customer import find


@require_safe
@never_cache
@merchant_page(Right.MANAGE)
def data(request, place, public_id):
    """Everything that is kept about somebody, to be read or printed; the log tells who opened it."""
    found, at = find(place, public_id), timezone.now()
    parts = dossier.opened(found, actor=place.public_id, at=at)
    return render(request, "pages/customer_data.html", {"customer": found, "parts": parts, "at": at})


@require_POST
@merchant_page(Right.MANAGE)
def data_json(request, place, public_id):
    """The same as a file."""
    found, at = find(place, public_id), timezone.now()
    parts = dossier.opened(found, actor=place.public_id, at=at)
    response = JsonResponse(
        dossier.as_json(found, parts, at=at), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = f'attachment; filename="{found.public_id}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.MANAGE)
def erase(request, place, public_id):
    """Forget who somebody is, after a question that says what goes and what stays."""
    found, refusal = find(place, public_id), None
    if request.method == "POST":
        try:
            flows.erase_customer(
                customer=found,
                at=timezone.now(),
                actor=place.public_id,
                revoke_vouchers="revoke_vouchers" in request.POST,
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The data of this customer are erased."))
            return redirect("customers", place.merchant.slug)
    return render(request, "pages/customer_erase.html", {"customer": found, "refusal": refusal})
