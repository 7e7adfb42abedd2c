"""The tenant's door for pages: who is asking, at which shop, and may they?

A view behind it gets `(request, place)`: the person's place, with `place.merchant` and `place.user`. Nobody signed in
goes to the sign-in page; somebody without a place there gets 404, as if the shop did not exist; a missing right is 403.
"""

from functools import wraps
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from . import tills
from .models import StaffMember

PER_PAGE = 50
TILL = "counter_till"  # the page where somebody says who stands at a shared till


def signed_in(view):
    """Let nobody in who has not signed in, and speak the language that the person chose."""

    @wraps(view)
    def door(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if request.user.language:
            translation.activate(request.user.language)
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])  # the page and its part share an address
        patch_cache_control(response, private=True, no_cache=True)
        return response

    return door


def merchant_page(right: str, *, even_locked: bool = False):
    """A page of one shop, for those whose role includes the right; local times are the shop's.

    At a shared till the place is that of whoever stands there; a locked one opens only pages that are `even_locked`.
    """

    def decorate(view):
        @signed_in
        @wraps(view)
        def door(request, slug, **kwargs):
            own = find_place(user=request.user, slug=slug)
            standing = tills.who(request.session, own=own)
            if standing is None and not even_locked:
                return to_till(request, slug)
            request.place, request.signed_in = standing or tills.limited(own, own), own
            if not request.place.may(right):
                raise PermissionDenied(right)
            with timezone.override(ZoneInfo(request.place.merchant.timezone)):
                return view(request, request.place, **kwargs)

        return door

    return decorate


def to_sign_in(request):
    """The sign-in page, and back afterwards; a part that htmx asks for sends the whole window there."""
    if request.htmx:
        answer = redirect_to_login(request.htmx.current_url_abs_path or request.get_full_path())
        return HttpResponseClientRedirect(answer.url)
    return redirect_to_login(request.get_full_path())


def to_till(request, slug: str):
    """The page that asks who stands at the till; a part that htmx asks for sends the whole window there."""
    page = reverse(TILL, args=[slug])
    return HttpResponseClientRedirect(page) if request.htmx else HttpResponseRedirect(page)


def find_place(*, user, slug: str) -> StaffMember:
    """The user's active place at the merchant of that address, or 404 (one query)."""
    places = StaffMember.objects.select_related("merchant", "user")
    place = places.filter(user=user, merchant__slug=slug, is_active=True).first()
    if place is None:
        raise Http404
    return place


def find_or_404(queryset, public_id: str, name: str = "public_id"):
    """The row of a merchant's queryset with this public id, or 404 (one query); `name` is where the id stands."""
    found = queryset.filter(**{name: public_id}).first() if "\0" not in public_id else None
    if found is None:
        raise Http404
    return found


def typed(request, name: str) -> str:
    """A text of the address as it may go to the database: without spaces around it, or the NUL PostgreSQL refuses."""
    return request.GET.get(name, "").replace("\0", "").strip()


def page_of(rows, request, *, per_page: int = PER_PAGE) -> Page:
    """The page of rows that `?page=` names; a number that does not exist is the nearest one (two queries)."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
