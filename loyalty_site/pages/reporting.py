"""What owners write beside their figures, and the report of a month with the switch for its mail."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site import mails, reporting
from loyalty_site.forms import refuse
from loyalty_site.note_forms import MonthForm, NoteForm
from loyalty_site.selectors import monthly as reports
from segments import annotations
from segments.models import Annotation, ReportReader


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.MANAGE)
def notes(request, place):
    """Notes on days, and a form for another."""
    today = timezone.localdate()
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"on": today})
    if form.is_bound and form.is_valid():
        try:
            annotations.note(
                merchant=place.merchant, **form.cleaned_data, actor=place.public_id, at=timezone.now(), today=today
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The note is written. It stands in the charts that run through time."))
            return redirect("notes", place.merchant.slug)
    found = annotations.moments(place.merchant)
    return render(request, "pages/retention_notes.html", {"form": form, "moments": found[::-1]})


@require_POST
@merchant_page(Right.MANAGE)
def note_remove(request, place, note_id):
    """A note away."""
    found = find_or_404(Annotation.objects.filter(merchant=place.merchant), note_id)
    found.delete()
    messages.success(request, _("The note is removed."))
    return redirect("notes", place.merchant.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.REPORTS)
def monthly(request, place):
    """The report of a month as it goes by mail, and the switch for it."""
    today = timezone.localdate()
    if request.method == "POST":
        if "off" in request.POST:
            reporting.switch_off(place=place)
            messages.success(request, _("The report no longer comes by mail."))
        else:
            site = request.build_absolute_uri("/")
            reporting.switch_on(place=place, today=today, site=site, language=get_language())
            messages.success(request, _("The report comes by mail on the first of each month."))
        return redirect("monthly", place.merchant.slug)
    month = MonthForm(request.GET, today=today).chosen
    context = {
        "report": reports.monthly(place.merchant, month=month),
        "reader": ReportReader.objects.filter(place=place).first(),
        "way": mails.way(),
        "around": reports.around(month, today=today),
    }
    return render(request, "pages/retention_monthly.html", context)
