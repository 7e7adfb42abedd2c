"""Programs: what the shop promises, a new promise, and starting or pausing one."""

from datetime import timedelta

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site import flows, tasks
from loyalty_site.program_forms import ProgramForm
from loyalty_site.selectors import programs as words
from loyalty_site.selectors import versions
from rewards import programs
from rewards.models import Program
from rewards.models.programs import Status

from .settings import ASKED, act, sent

A_LITTLE_AFTER = timedelta(seconds=10)  # longer than any request that had begun before


@require_safe
@merchant_page(Right.MANAGE)
def program_list(request, place):
    """Every promise of the shop."""
    listed = words.program_list(place.merchant, at=timezone.now())
    return render(request, "pages/programs.html", {"programs": listed})


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def new(request, place):
    """A promise in a dozen words; started at once, or kept as a draft to look at."""
    at = timezone.now()
    form = ProgramForm(sent(request), merchant=place.merchant, today=timezone.localdate(at))
    program = draft(place, form, at) if form.is_bound and form.is_valid() else None
    if program is None:
        return render(request, "pages/programs_new.html", {"form": form})
    if "draft" not in request.POST and program.status == Status.DRAFT:  # a button pressed twice starts it once
        start(request, program, at)
    return redirect("program", place.merchant.slug, program.public_id)


def draft(place, form, at) -> Program | None:
    """The program of a valid form; None when it is refused, which the form then says."""
    try:
        return programs.create_once(merchant=place.merchant, at=at, **form.terms())
    except Refusal as refusal:
        form.refuse(refusal)
        return None


@require_safe
@merchant_page(Right.MANAGE)
def program(request, place, program_id):
    """One promise: its wordings, and what is still to be judged."""
    at, found = timezone.now(), find_or_404(programs_of(place), program_id)
    shown = words.program_page(found, at=at)
    context = {"shown": shown, "difference": versions.lately(shown), "at": at}
    return render(request, "pages/programs_one.html", context)


def programs_of(place):
    """The shop's programs."""
    return Program.objects.for_merchant(place.merchant).select_related("merchant")


@require_POST
@merchant_page(Right.MANAGE)
def activate(request, place, program_id):
    """Let a draft begin or a pause end."""
    start(request, find_or_404(programs_of(place), program_id), timezone.now())
    return redirect("program", place.merchant.slug, program_id)


def start(request, program, at) -> None:
    """Activate. The worker follows a little after: for sales that had begun before, and for a long history."""
    later = tasks.follow_activation.using(run_after=at + A_LITTLE_AFTER)
    said = _("%(name)s runs: purchases earn.") % {"name": program.name}
    act(
        request,
        lambda: flows.activate_program(program=program, at=at, later=lambda one: later.enqueue(one.pk)),
        said,
    )


@require_POST
@merchant_page(Right.MANAGE)
def pause(request, place, program_id):
    """Stop earning for a while."""
    found = find_or_404(programs_of(place), program_id)
    said = _("%(name)s is paused: purchases earn nothing until it goes on. Points stay.") % {"name": found.name}
    act(request, lambda: programs.pause(program=found, at=timezone.now()), said)
    return redirect("program", place.merchant.slug, program_id)
