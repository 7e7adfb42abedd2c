"""A new program in five steps."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import merchant_page
from loyalty_site.selectors import wizard as words
from loyalty_site.wizard.making import make
from loyalty_site.wizard.wizard import Wizard
from rewards.models import Program
from rewards.models.programs import Status
from segments.habits import habits

from .programs import start
from .settings import ASKED


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def new(request, place):
    """The step that the address names, or the first one before it that does not make sense; the last one writes."""
    at = timezone.now()
    found = habits(place.merchant, today=timezone.localdate(at))
    sent = request.POST if request.method == "POST" else request.GET
    wizard = Wizard(sent, merchant=place.merchant, habits=found, today=timezone.localdate(at))
    program = made(wizard, at) if request.method == "POST" else None
    if program is None:
        return render(request, "pages/wizard.html", {"wizard": wizard, "shown": words.beside(wizard, at=at)})
    if "draft" not in request.POST and program.status == Status.DRAFT:  # a button pressed twice starts it once
        start(request, program, at)
    return redirect("program", place.merchant.slug, program.public_id)


def made(wizard, at) -> Program | None:
    """The program of a wizard whose every step makes sense; None when it is refused, which the last step then says."""
    if not wizard.is_whole or not wizard.forms["check"].is_valid():
        return None
    try:
        return make(wizard, at=at)
    except Refusal as refusal:
        wizard.refuse(refusal)
        return None
