"""Using a voucher at the counter, and taking a use back that was a mistake."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.merchants.models import Location, Right, StaffMember
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site.pages.attempts import attempted
from loyalty_site.pages.counter import REMEMBERED
from loyalty_site.pages.settings import act
from loyalty_site.selectors.vouchers.one import one
from loyalty_site.voucher_forms import LeftForm, UseForm
from rewards import vouchers
from rewards.models import Voucher

BACK = {"counter": "counter_card", "customer": "customer"}


def find(place: StaffMember, voucher_id: str) -> Voucher:
    """The shop's voucher with that id, or 404."""
    held = Voucher.objects.for_merchant(place.merchant)
    return find_or_404(held.select_related("customer", "batch", "merchant"), voucher_id)


def back(request, place: StaffMember, voucher: Voucher):
    """To the page of the voucher's customer on which the button stood, or to its own."""
    page = BACK.get(request.POST.get("back"))
    if page and voucher.customer:
        return redirect(page, place.merchant.slug, voucher.customer.public_id)
    return redirect("voucher", place.merchant.slug, voucher.public_id)


@require_POST
@merchant_page(Right.COUNTER)
def use(request, place, voucher_id):
    """Use a voucher; a second press finds it used, and says so. What is missing is asked for on the voucher's page."""
    found, at = find(place, voucher_id), timezone.now()
    form = UseForm(request.POST, voucher=found)
    noted = {"location": remembered(request, place), "staff": place, "actor": place.public_id}
    if done := attempted(form, lambda: vouchers.use(voucher=found, at=at, **form.what(), **noted)):
        messages.success(request, said(done))
        return back(request, place, found)
    if not form.visible_fields():  # a button on another page: nothing of it can be mended, so the no is said there
        messages.error(request, " ".join(form.non_field_errors()))
        return back(request, place, found)
    context = {"shown": one(found, place.merchant, at=at), "form": form, "at": at}
    return render(request, "pages/voucher.html", context)


def remembered(request, place: StaffMember) -> Location | None:
    """Where this till stands, as it was last chosen at the counter."""
    known = request.session.get(REMEMBERED % place.merchant_id)
    return Location.objects.for_merchant(place.merchant).filter(public_id=known).first()


def said(voucher: Voucher) -> str:
    """What a use came to."""
    if voucher.balance is not None:
        return _("%(name)s has paid.") % {"name": voucher.name}
    return _("%(name)s is used. Hand it over.") % {"name": voucher.name}


@require_POST
@merchant_page(Right.COUNTER)
def reverse(request, place, voucher_id):
    """Take the last use of a voucher back."""
    found, form = find(place, voucher_id), LeftForm(request.POST)
    said = _("%(name)s can be used again.") % {"name": found.name}
    done = {"voucher": found, "at": timezone.now(), "seen": form.seen(), "actor": place.public_id}
    act(request, lambda: vouchers.reverse(**done), said)
    return back(request, place, found)
