"""The way to a new password: a path that works once, until PASSWORD_RESET_TIMEOUT, signed with SECRET_KEY."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .models import User


def path(user: User) -> str:
    """Where this person sets a password; it ends with the first sign-in or the next password."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password_reset_confirm", args=[uid, default_token_generator.make_token(user)])
