"""API keys: made once, shown once, kept as a hash."""

import hashlib
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from .models import ApiKey, Location, Merchant, Scope
from .refusals import Conflict, Invalid, Missing

PREFIX = "ficha_"
LONGEST_NAME = 100


class KeyNameTaken(Conflict):
    code = "name_taken"
    message = _("A working key has this name already. Revoke it first, or choose another name.")


def create(*, merchant: Merchant, name: str, scope: str, at: datetime, location: Location | None = None) -> str:
    """Make a key and return it. It cannot be read again: only its hash is stored."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or "\0" in name:
        raise Invalid(_("Give the key a name of 1 to 100 characters."), field="name")
    if scope not in Scope.values:
        raise Invalid(
            _("The scope '%(scope)s' does not exist. Use one of: read, counter, manage."),
            values={"scope": scope},
            field="scope",
        )
    key = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            ApiKey.objects.create(
                merchant=merchant,
                name=name,
                scope=scope,
                location=location,
                hash=digest(key),
                hint=key[:12],
                created_at=at,
            )
    except IntegrityError as error:
        raise KeyNameTaken(field="name") from error
    return key


def revoke(*, merchant: Merchant, name: str, at: datetime) -> None:
    """End the working key of that name at once; raises Missing when there is none."""
    if not ApiKey.objects.filter(merchant=merchant, name=name, revoked_at=None).update(revoked_at=at):
        raise Missing(
            _("%(merchant)s has no working key named '%(name)s'."), values={"merchant": merchant, "name": name}
        )


def find(key: str) -> ApiKey | None:
    """The working key that this secret opens, with its merchant and location, in one query."""
    return ApiKey.objects.select_related("merchant", "location").filter(hash=digest(key), revoked_at=None).first()


def digest(key: str) -> str:
    """SHA-256 is enough for a secret of 256 random bits; a slow hash would cost every request."""
    return hashlib.sha256(key.encode()).hexdigest()
