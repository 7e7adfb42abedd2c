"""The rewards as anybody may see them."""

from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from customers.merchants.models import Merchant
from customers.merchants.web import typed
from loyalty_site.selectors import menu as menus

from .public import KEPT

FOR_EVER = 365 * 24 * 3600  # seconds; another picture has another address


@require_safe
def menu(request, slug):
    """What a shop offers for points, to link and to print. No cookie is read or set."""
    merchant = get_object_or_404(Merchant, slug=slug)
    with timezone.override(ZoneInfo(merchant.timezone)):
        asked = {"size": typed(request, "size"), "language": typed(request, "language")}
        response = render(request, "pages/menu.html", {"menu": menus.menu(merchant, **asked, at=timezone.now())})
    patch_cache_control(response, public=True, max_age=KEPT)
    return response


@require_safe
def picture(request, slug, reward_id, digest):
    """A reward's picture, which its address names: it never changes. No cookie is read or set."""
    found = menus.picture(slug, reward_id, digest) if "\0" not in reward_id + digest else None
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.image), content_type="image/webp")
    patch_cache_control(response, public=True, max_age=FOR_EVER, immutable=True)
    return response
