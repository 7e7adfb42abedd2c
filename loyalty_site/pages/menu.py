"""The rewards as anybody may see them."""

from django.http import Http404, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from loyalty_site.selectors import menu as menus

FOR_EVER = 365 * 24 * 3600  # seconds; another picture has another address


@require_safe
def picture(request, slug, reward_id, digest):
    """A reward's picture, which its address names: it never changes. No cookie is read or set."""
    found = menus.picture(slug, reward_id, digest)
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.image), content_type="image/webp")
    patch_cache_control(response, public=True, max_age=FOR_EVER, immutable=True)
    return response
