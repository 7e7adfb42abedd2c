"""Doing what a form asks, or only trying it: a no becomes a sentence beside the form's field."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.db import OperationalError
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict, Refusal
from loyalty_site import flows
from loyalty_site.api.problems import is_busy
from loyalty_site.forms import refuse

Result = TypeVar("Result")


class Busy(Conflict):
    """Somebody else has been writing for longer than a customer waits."""

    code = "busy"
    retryable = True
    message = _("The shop's records are busy for a moment. Nothing was recorded: press the button again.")


def attempted(form: forms.Form, work: Callable[[], Result], *, dry_run: bool = False) -> Result | None:
    """Do the work of a valid form in one transaction, or only try it; None when the form is wrong or it is refused."""
    if not form.is_valid():
        return None
    try:
        return flows.attempt(work, dry_run=dry_run)
    except Refusal as refusal:
        refuse(form, refusal)
    except OperationalError as error:
        if not is_busy(error):
            raise
        refuse(form, Busy())
    return None
