"""Ending a program, and taking that back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.templatetags.ficha import day
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site import flows
from loyalty_site.forms import refuse
from loyalty_site.program_forms import ClosingForm
from loyalty_site.selectors import closings
from rewards import programs

from .programs import programs_of
from .settings import ASKED, act, sent


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def close(request, place, program_id):
    """What the end means, and its days. Little time for customers is asked about once more."""
    at, program = timezone.now(), find_or_404(programs_of(place), program_id)
    form = ClosingForm(sent(request), today=timezone.localdate(at))
    if form.is_bound and not form.asks_again() and closed(request, place, program, form, at):
        return redirect("program", place.merchant.slug, program_id)
    context = {"program": program, "form": form, "ending": closings.ending(program, at=at), "state": program.state(at)}
    return render(request, "pages/program_close.html", context)


def closed(request, place, program, form, at) -> bool:
    """Announce the end that a valid form says; False when it is refused, which the form then says."""
    if not form.is_valid():
        return False
    try:
        programs.close(program=program, at=at, actor=place.public_id, **form.days())
    except Refusal as refusal:
        refuse(form, refusal)
        return False
    said = {"name": program.name, "day": day(form.cleaned_data["last_earning_on"])}
    messages.success(request, _("%(name)s closes. Purchases earn through %(day)s.") % said)
    return True


@require_POST
@merchant_page(Right.MANAGE)
def reopen(request, place, program_id):
    """Take a closing back while the program still earns."""
    program = find_or_404(programs_of(place), program_id)
    said = _("%(name)s goes on: its closing is taken back.") % {"name": program.name}
    act(
        request,
        lambda: flows.reopen_program(program=program, at=timezone.now(), actor=place.public_id),
        said,
    )
    return redirect("program", place.merchant.slug, program_id)
