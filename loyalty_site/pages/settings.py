"""Settings of a shop: itself, its locations, who may adjust how much, and whether its mails arrive.

People and keys have their own modules.
"""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.merchants import shops
from customers.merchants.models import Location, Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site import housekeeping, mails
from loyalty_site.adjustment_forms import CapsForm
from loyalty_site.forms import refuse
from loyalty_site.selectors import settings as lists
from loyalty_site.settings_forms import LocationForm, PlaceForm, ShopForm
from rewards import adjustments

ASKED = ["GET", "HEAD", "POST"]


def sent(request):
    """What was typed into the page's form; None when it is only looked at."""
    return request.POST if request.method == "POST" else None


def done(request, form, work, said: str) -> bool:
    """Do the work of a valid form and say so; False when it is refused, which the form then says."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        work()
    except Refusal as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, said)
    return True


def act(request, work, said: str) -> None:
    """Do what a button says, and say so, or why not."""
    try:
        work()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def shop(request, place):
    """What the shop is called and how it counts."""
    merchant, fixed = place.merchant, housekeeping.has_history(place.merchant)
    form = ShopForm(sent(request), merchant=merchant, fixed=fixed)
    if done(
        request,
        form,
        lambda: housekeeping.change_shop(merchant=merchant, **form.cleaned_data),
        _("The shop is changed."),
    ):
        return redirect("settings", merchant.slug)
    return render(request, "pages/settings_shop.html", {"form": form, "fixed": fixed})


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def locations(request, place):
    """The counters of the shop, and a further one."""
    form = LocationForm(sent(request))
    if done(
        request,
        form,
        lambda: shops.add_location(merchant=place.merchant, name=form.cleaned_data["name"]),
        _("The location is added."),
    ):
        return redirect("settings_locations", place.merchant.slug)
    return render(
        request, "pages/settings_locations.html", {"form": form, "locations": lists.locations(place.merchant)}
    )


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def location(request, place, location_id):
    """One counter: another name or place on the map, or none at all where nothing happened."""
    found = find_or_404(Location.objects.for_merchant(place.merchant), location_id)
    form = PlaceForm(sent(request), location=found)
    if done(
        request,
        form,
        lambda: shops.change_location(location=found, **form.cleaned_data),
        _("The location is changed."),
    ):
        return redirect("settings_locations", place.merchant.slug)
    context = {"form": form, "location": found, "used": housekeeping.is_used(found)}
    return render(request, "pages/settings_location.html", context)


@require_POST
@merchant_page(Right.MANAGE)
def location_remove(request, place, location_id):
    """Remove a counter where nothing happened."""
    found = find_or_404(Location.objects.for_merchant(place.merchant), location_id)
    act(request, lambda: housekeeping.remove_location(location=found), _("The location is removed."))
    return redirect("settings_locations", place.merchant.slug)


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def adjusting(request, place):
    """How many points a day each role may adjust alone; managers see it, an owner changes it."""
    form = CapsForm(sent(request), caps=adjustments.caps(place.merchant))
    if done(
        request,
        form,
        lambda: adjustments.set_caps(merchant=place.merchant, points=form.cleaned_data, by=place),
        _("The caps are changed."),
    ):
        return redirect("settings_adjustments", place.merchant.slug)
    return render(request, "pages/settings_adjustments.html", {"form": form, "may_set": adjustments.sets_caps(place)})


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def mail(request, place):
    """Where mails go, and whether one to myself gets through."""
    outcome = try_mail(request, place) if request.method == "POST" else None
    return render(request, "pages/settings_mail.html", {"way": mails.way(), "outcome": outcome, "at": timezone.now()})


def try_mail(request, place) -> dict:
    """Send a mail to whoever asks; what came of it, in a sentence."""
    try:
        mails.send_test(user=request.user, shop=place.merchant.name, language=translation.get_language())
    except Refusal as refusal:
        return {"sent": False, "sentence": str(refusal)}
    return {"sent": True, "sentence": _("The mail server took the mail to %(email)s.") % {"email": request.user.email}}
