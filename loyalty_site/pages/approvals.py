"""The inbox of adjustments that wait for a second person: yes or no, one click each."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.templatetags.ficha import signed
from customers.merchants.web import find_or_404, merchant_page, page_of
from loyalty_site import flows
from loyalty_site.adjustment_forms import DecisionForm
from loyalty_site.selectors import approvals as requests
from rewards import adjustments
from rewards.models import Adjustment
from rewards.models.adjustments import AdjustmentStatus

from .attempts import attempted

APPROVED, REJECTED = AdjustmentStatus.APPROVED, AdjustmentStatus.REJECTED
VERBS = {APPROVED: flows.approve_adjustment, REJECTED: adjustments.reject}


@require_safe
@merchant_page(Right.MANAGE)
def approvals(request, place):
    """Who asks for what, for whom and why, and what the balance would be; below, what was decided lately."""
    at = timezone.now()
    page = page_of(requests.waiting(place.merchant), request)
    return render(
        request, "pages/approvals.html", {"page": page, "inbox": requests.inbox(place, page, at=at), "at": at}
    )


@require_POST
@merchant_page(Right.MANAGE)
def approve(request, place, adjustment_id):
    """Yes: the points are booked."""
    return decide(request, place, adjustment_id, APPROVED, _("Approved: %(points)s for %(name)s."))


@require_POST
@merchant_page(Right.MANAGE)
def reject(request, place, adjustment_id):
    """No: nothing is booked."""
    return decide(request, place, adjustment_id, REJECTED, _("Rejected: %(points)s for %(name)s."))


def decide(request, place, adjustment_id: str, word: str, said: str):
    """Say yes or no to what waits, and say what came of it."""
    asked = find_or_404(requests.asked(place.merchant), adjustment_id)
    form = DecisionForm({})
    if attempted(form, lambda: once(place, asked, word)):
        points = signed(asked.points, asked.membership.program.unit)
        messages.success(request, said % {"points": points, "name": asked.membership.customer})
    for sentence in form.non_field_errors():
        messages.error(request, sentence)
    return redirect("approvals", place.merchant.slug)


def once(place, asked: Adjustment, word: str) -> Adjustment:
    """Decide; a button that one person pressed twice has done what it said, and is no mistake."""
    try:
        return VERBS[word](adjustment=asked, by=place, at=timezone.now())
    except adjustments.AlreadyDecided:
        asked.refresh_from_db(fields=["status", "decided_by"])
        if (asked.status, asked.decided_by) != (word, place.public_id):
            raise
        return asked
