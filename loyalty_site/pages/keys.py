"""API keys: made, shown once, ended."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.merchants import keys
from customers.merchants.models import ApiKey, Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site.forms import refuse
from loyalty_site.selectors import settings as lists
from loyalty_site.settings_forms import KeyForm

from .settings import ASKED, act, sent


@require_http_methods(ASKED)
@never_cache
@merchant_page(Right.MANAGE)
def api_keys(request, place):
    """The shop's keys, and a new one. The page that answers the making is the only one that ever shows it."""
    at, form = timezone.now(), KeyForm(sent(request), merchant=place.merchant)
    made = make(place, form, at) if form.is_bound and form.is_valid() else None
    form = KeyForm(merchant=place.merchant) if made else form
    context = {"form": form, "keys": lists.keys(place.merchant), "made": made, "at": at}
    return render(request, "pages/settings_keys.html", context)


def make(place, form, at) -> str | None:
    """The new key; None when it is refused, which the form then says."""
    try:
        return keys.create(merchant=place.merchant, at=at, **form.cleaned_data)
    except Refusal as refusal:
        refuse(form, refusal)
        return None


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def revoke(request, place, key_id):
    """Ask once more, then end a working key."""
    working = ApiKey.objects.filter(merchant=place.merchant, revoked_at=None).select_related("location")
    key = find_or_404(working, key_id)
    if request.method != "POST":
        return render(request, "pages/settings_key_revoke.html", {"key": key, "at": timezone.now()})
    said = _("The key %(name)s no longer works.") % {"name": key.name}
    act(request, lambda: keys.revoke(merchant=place.merchant, name=key.name, at=timezone.now()), said)
    return redirect("settings_keys", place.merchant.slug)
