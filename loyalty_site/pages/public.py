"""What anybody may read without signing in."""

from zoneinfo import ZoneInfo

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from customers.merchants.web import find_or_404
from loyalty_site.selectors import terms as words

KEPT = 300  # seconds that a browser or a proxy may go on showing what it has


@require_safe
def terms(request, slug, program_id, number=None):
    """The terms of a program: the version that holds, or an earlier one. No cookie is read or set."""
    program = find_or_404(words.promising(slug), program_id)
    with timezone.override(ZoneInfo(program.merchant.timezone)):
        found = words.terms(program, number=number, at=timezone.now())
        if found is None:
            raise Http404
        response = render(request, "pages/terms.html", {"terms": found})
    patch_cache_control(response, public=True, max_age=KEPT)
    return response
