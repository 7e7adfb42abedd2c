"""A refusal is part of the product: a named exception with a sentence for the person in front of it.

`message` says what is wrong and what to do, a lazy translation whose placeholders `values` fill: so `str(refusal)` is
in whatever language is active where it is read, a page's or a log's. `code` is the stable
name that a program reads. `kind` says what sort of no it is; only the API's door turns it into a status.
"""

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something the domain will not do. Nothing has been written when it is raised inside its transaction."""

    kind = "invalid"  # invalid input, conflict with what stands, missing, forbidden, busy, gone
    code = "invalid"
    retryable = False
    message = ""

    def __init__(self, message=None, *, values=None, code=None, field=None, **extra):
        self.message = message or self.message
        self.values = values
        self.code = code or self.code
        self.field = field
        self.extra = extra
        super().__init__(str(self.message))

    def __str__(self):
        return str(self.message) % self.values if self.values else str(self.message)


class Invalid(Refusal):
    """The input itself is wrong, whatever stands in the database."""


class Conflict(Refusal):
    """The input is fine, but what stands in the database forbids it."""

    kind = "conflict"
    code = "conflict"


class Missing(Refusal):
    """Nothing of this shop answers to that name."""

    kind = "missing"
    code = "not_found"
    message = _("This shop has nothing with that id.")


class Forbidden(Refusal):
    """It exists, but this person or key may not do it."""

    kind = "forbidden"
    code = "forbidden"
