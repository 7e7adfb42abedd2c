"""Building a segment out of conditions, with a look at whom it finds."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import merchant_page, typed
from loyalty_site.criteria_forms import Builder, data_of
from loyalty_site.selectors import criteria as beside
from segments import lists

from .segments import find
from .settings import ASKED

PARTS = {"rows": "pages/_segment_rows.html", "measure": "pages/_segment_measure.html"}


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def new(request, place):
    """A new segment, from nothing or from a ready one."""
    ready = beside.ready_of(place.merchant, typed(request, "ready"))
    data = request.POST if request.method == "POST" else MultiValueDict()
    if ready and request.method != "POST":
        data = data_of(ready[1], merchant=place.merchant, name=ready[0].name, reason=ready[0].reason) or data
    return built(request, place, Builder(data, merchant=place.merchant), readies=beside.readies(place.merchant))


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def edit(request, place, segment_id):
    """Other conditions, another name or reason for a segment that follows criteria."""
    found = find(place, segment_id)
    if not found.follows or found.archived_at:
        messages.info(request, _("This list stands still, or is put away: it has no conditions to change."))
        return redirect("segment", place.merchant.slug, segment_id)
    data = request.POST
    if request.method != "POST":
        data = data_of(found.definition, merchant=place.merchant, name=found.name, reason=found.reason)
    if data is None:
        messages.info(request, _("The conditions of this segment stand in groups deeper than a page shows. They are "
                                 "changed over the API."))  # fmt: skip
        return redirect("segment", place.merchant.slug, segment_id)
    return built(request, place, Builder(data, merchant=place.merchant, segment=found), segment=found)


def built(request, place, form: Builder, **more):
    """The page, or the part that htmx asks for; saving leads to the segment."""
    at, do = timezone.now(), request.POST.get("do", "")
    form.rearrange(do)
    if do == "save" and not request.htmx and form.is_right() and (made := saved(request, form, at)):
        return redirect("segment", place.merchant.slug, made.public_id)
    context = {
        "form": form,
        "shown": beside.shown(form, at=at),
        "definitions": beside.definitions(),
        "at": at,
        **more,
    }
    return render(request, PARTS.get(request.htmx.target, "pages/segment_build.html"), context)


def saved(request, form: Builder, at):
    """Keep what the form says; None when it is refused, which the form then says."""
    said = form.head.cleaned_data
    try:
        if form.segment:
            made = lists.change(segment=form.segment, definition=form.definition, at=at, **said)
        else:
            made = lists.create(merchant=form.merchant, definition=form.definition, at=at, **said)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    messages.success(request, _("“%(name)s” is kept. It follows its criteria every night.") % {"name": made.name})
    return made
