"""Changing what a program promises: rules and policies in words, with an example, and a look before publishing."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site.selectors import editing
from rewards import programs
from rewards.models.programs import Kind

from .programs import programs_of
from .settings import ASKED, sent


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def edit(request, place, program_id):
    """The promise as a form. htmx sends it for the part beside it; only what that part showed is published."""
    at, program = timezone.now(), find_or_404(programs_of(place), program_id)
    if program.kind == Kind.MEMBERSHIP:
        messages.info(request, _("A membership has no points and no rules. Its tiers are changed over the API."))
        return redirect("program", place.merchant.slug, program_id)
    form = editing.form_of(program, sent(request))
    form.rearrange(request.POST.get("do", ""))
    shown = editing.edited(form, at=at)
    if not request.htmx and wants_to_publish(request, shown) and (not shown.seen or published(request, form, at)):
        return redirect("program", place.merchant.slug, program_id)
    context = {"form": form, "shown": shown, "program": program, "asked": request.POST.get("do") == "publish"}
    return render(request, "pages/_program_edit_part.html" if request.htmx else "pages/program_edit.html", context)


def wants_to_publish(request, shown) -> bool:
    """Whether the button was pressed below what the form still says; pressed twice, the program says it already."""
    return request.POST.get("do") == "publish" and bool(shown.said) and request.POST.get("seen") == shown.said


def published(request, form, at) -> bool:
    """Publish what the form says; False when it is refused, which the form then says."""
    wording = form.wording()
    try:
        programs.publish(program=form.program, at=at, read=form.read, rules=wording.rules, policies=wording.policies)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("The promise of %(name)s is changed.") % {"name": form.program.name})
    return True
