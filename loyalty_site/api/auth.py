"""Who calls: a key of one merchant, with a scope, and how often it may."""

import time

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle

from customers.merchants import keys
from customers.merchants.models import Scope

MINUTE = 60


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; the key is `request.auth`, its merchant `request.auth.merchant`."""

    def authenticate(self, request):
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts:
            return None
        key = keys.find(parts[1]) if len(parts) == 2 and parts[0].lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed(
                _("This key does not work. Send one that does as 'Authorization: Bearer <key>'.")
            )
        return None, key

    def authenticate_header(self, request):
        return 'Bearer realm="Ficha"'


class HasScope(BasePermission):
    """Each view names the scope that each method needs in `scopes`; reading needs `read`."""

    def has_permission(self, request, view):
        if request.auth is None:
            raise NotAuthenticated(_("Send your key as 'Authorization: Bearer <key>'."))
        needed = view.scopes.get(request.method, Scope.READ if request.method in {"GET", "HEAD"} else None)
        if needed is None or request.auth.allows(needed):
            return True
        raise PermissionDenied(
            _("This needs a key of the scope '%(needed)s'; this one has '%(has)s'.")
            % {"needed": needed, "has": request.auth.scope}
        )


class PerKey(BaseThrottle):
    """At most `API_RATE_LIMIT` requests a minute and key, counted by calendar minute and said in the headers.

    Counted in Django's cache: with the default one each server process counts for itself (docs/operations.md).
    """

    def allow_request(self, request, view):
        limit = settings.API_RATE_LIMIT
        if not limit or request.auth is None:
            return True
        now = time.time()
        minute = int(now // MINUTE)
        self.rest = MINUTE - int(now % MINUTE)
        name = f"rate:{request.auth.pk}:{minute}"
        cache.add(name, 0, timeout=2 * MINUTE)
        count = cache.incr(name)
        request._request.rate = (limit, max(limit - count, 0), self.rest)
        return count <= limit

    def wait(self):
        return self.rest


def too_many(request, wait):
    """The refusal of a request too many."""
    refusal = Throttled(wait)
    refusal.detail = _("Too many requests in this minute. Wait and send it again.")  # DRF's own takes no lazy text
    raise refusal
