"""How often somebody may send a public form."""

import time

from django.conf import settings
from django.core.cache import cache

HOUR = 3600


def too_many(request, name: str, *, most: int) -> bool:
    """Whether an address has sent more than `most` forms of this name in this hour; every process counts alone."""
    name = f"{name}:{caller(request)}:{int(time.time() // HOUR)}"
    cache.add(name, 0, timeout=2 * HOUR)
    return cache.incr(name) > most


def caller(request) -> str:
    """Where a request comes from: what the proxy says last, where HTTPS=1 says that there is one."""
    passed = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return passed.rpartition(",")[2].strip() or request.META["REMOTE_ADDR"]
