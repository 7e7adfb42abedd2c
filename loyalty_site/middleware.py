"""What every answer of the site carries, and where the session of a shared till may go."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse

from customers.merchants import tills
from customers.merchants.web import TILL

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def content_security_policy(get_response):
    """A strict Content-Security-Policy on every page (django-csp has not moved since 2025; ten lines do)."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware


class StayAtTheTill:
    """Keep a session whose till is lent or locked at its shop: other shops, the account, the maintenance pages are not
    the business of whoever stands there. Signing out is always possible.
    """

    FREE = frozenset({"logout", "language", "login"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:  # tills and shops with a key have none
            return None
        till = tills.known_to(request.session)
        if till is None or request.resolver_match.url_name in self.FREE or kwargs.get("slug") == till["shop"]:
            return None
        return HttpResponseRedirect(reverse(TILL, args=[till["shop"]]))
