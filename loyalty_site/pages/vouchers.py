"""Using a voucher at the counter, and taking a use back that was a mistake."""

from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.merchants.models import Location, Right, StaffMember
from customers.merchants.web import find_or_404, merchant_page
from rewards import vouchers
from rewards.models import Voucher

from .counter import REMEMBERED
from .settings import act

BACK = {"counter": "counter_card", "customer": "customer"}


def find(place: StaffMember, voucher_id: str) -> Voucher:
    """The shop's voucher of a customer with that id, or 404."""
    held = Voucher.objects.for_merchant(place.merchant).filter(customer__isnull=False)
    return find_or_404(held.select_related("customer"), voucher_id)


def back(request, place: StaffMember, voucher: Voucher):
    """To the page of the voucher's customer on which the button stood."""
    page = BACK.get(request.POST.get("back"), "customer")
    return redirect(page, place.merchant.slug, voucher.customer.public_id)


@require_POST
@merchant_page(Right.COUNTER)
def use(request, place, voucher_id):
    """Use a voucher; a second press finds it used, and says so."""
    found, remembered = find(place, voucher_id), request.session.get(REMEMBERED % place.merchant_id)
    location = Location.objects.for_merchant(place.merchant).filter(public_id=remembered).first()
    noted = {"location": location, "staff": place, "actor": place.public_id}
    said = _("%(name)s is used. Hand it over.") % {"name": found.name}
    act(request, lambda: vouchers.use(voucher=found, at=timezone.now(), **noted), said)
    return back(request, place, found)


@require_POST
@merchant_page(Right.COUNTER)
def reverse(request, place, voucher_id):
    """Take the last use of a voucher back."""
    found = find(place, voucher_id)
    said = _("%(name)s can be used again.") % {"name": found.name}
    act(request, lambda: vouchers.reverse(voucher=found, at=timezone.now()), said)
    return back(request, place, found)
