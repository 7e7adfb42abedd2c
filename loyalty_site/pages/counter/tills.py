"""Who is at the till: taking it over with a PIN, locking it, and choosing the PIN."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from customers.merchants import pins, tills
from customers.merchants.models import PinEventKind, Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import merchant_page
from loyalty_site.counter_forms import PinForm, StandForm
from loyalty_site.forms import refuse
from loyalty_site.pages.settings import done, sent

ASKED = ["GET", "HEAD", "POST"]


@require_http_methods(ASKED)
@sensitive_post_parameters("pin")
@never_cache
@merchant_page(Right.COUNTER, even_locked=True)
def till(request, place):
    """Who stands here? A name and a PIN; the session then acts under that name, and only serves."""
    form = StandForm(sent(request), own=request.signed_in)
    if form.is_bound and form.is_valid() and stood(request, form):
        return redirect("counter", place.merchant.slug)
    locked = tills.who(request.session, own=request.signed_in) is None
    return render(request, "pages/counter_till.html", {"form": form, "locked": locked})


def stood(request, form) -> bool:
    """Let the chosen person stand at the till, if the PIN is right; the session gets another key with it."""
    chosen, own = form.cleaned_data["staff"], request.signed_in
    try:
        pins.stand(place=chosen, pin=form.cleaned_data["pin"], by=own, at=timezone.now())
    except Refusal as refusal:
        refuse(form, refusal)
        return False
    request.session.cycle_key()
    tills.take(request.session, place=chosen, own=own)
    messages.success(request, _("%(name)s is at the till.") % {"name": chosen})
    return True


@require_POST
@merchant_page(Right.COUNTER, even_locked=True)
def lock(request, place):
    """Lock the till while nobody stands there."""
    if tills.who(request.session, own=request.signed_in) is not None:
        pins.note(place, PinEventKind.LOCKED, at=timezone.now(), by=place)
        tills.lock(request.session, own=request.signed_in)
    return redirect("counter_till", place.merchant.slug)


@require_http_methods(ASKED)
@sensitive_post_parameters("pin", "again", "password")
@never_cache
@merchant_page(Right.COUNTER)
def pin(request, place):
    """Choose one's PIN, in a session of one's own."""
    if place.is_lent:
        raise PermissionDenied
    form = PinForm(sent(request), place=place)

    def choose():
        pins.choose(place=place, pin=form.cleaned_data["pin"], at=timezone.now())

    if done(request, form, choose, _("Your PIN is kept. It opens the till of %(shop)s.") % {"shop": place.merchant}):
        return redirect("account")
    return render(request, "pages/counter_pin.html", {"form": form})
