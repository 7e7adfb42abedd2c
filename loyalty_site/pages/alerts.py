"""What is worth a look at the till, and a word on it; what is watched, and the log of who decided what."""

import csv

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page, page_of, typed
from loyalty_site.selectors import alerts as found
from loyalty_site.selectors import log as written
from loyalty_site.watch_forms import NoteForm, WatchForm
from rewards import watching
from rewards.models import Alert

from .attempts import attempted
from .settings import ASKED, done, sent


def asked_state(request) -> str:
    """The state that the address names; what is open otherwise."""
    state = typed(request, "state")
    return state if state in found.STATES else "open"


@require_safe
@never_cache
@merchant_page(Right.MANAGE)
def alerts(request, place):
    """What was found, the newest first; looking looks for new ones too."""
    at, state = timezone.now(), asked_state(request)
    page = page_of(found.looked_up(place.merchant, state, at=at), request)
    context = {"page": page, "told": found.told(place, page), "state": state, "at": at}
    return render(request, "pages/alerts.html", context)


@require_safe
@merchant_page(Right.MANAGE)
def alerts_csv(request, place):
    """The same for a spreadsheet, all pages of it."""
    state = asked_state(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{place.merchant.slug}-alerts-{state}.csv"'
    listed = found.looked_up(place.merchant, state, at=timezone.now())
    csv.writer(response).writerows(found.rows(place.merchant, listed))
    return response


@require_POST
@merchant_page(Right.MANAGE)
def accept(request, place, alert_id):
    """Something was wrong."""
    return decide(request, place, alert_id, watching.accept, _("Accepted: somebody looks into it."))


@require_POST
@merchant_page(Right.MANAGE)
def dismiss(request, place, alert_id):
    """Nothing was wrong."""
    return decide(request, place, alert_id, watching.dismiss, _("Dismissed: nothing was wrong."))


def decide(request, place, alert_id: str, verb, said: str):
    """Say a word on an alert, and say what came of it."""
    alert = find_or_404(Alert.objects.for_merchant(place.merchant), alert_id)
    form = NoteForm(request.POST)
    if attempted(form, lambda: verb(alert=alert, by=place, at=timezone.now(), note=form.cleaned_data["note"])):
        messages.success(request, said)
    for sentence in [*form.non_field_errors(), *form.errors.get("note", [])]:
        messages.error(request, sentence)
    return redirect("alerts", place.merchant.slug)


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def watch(request, place):
    """From when on something is told; managers see it, an owner changes it."""
    set_now = watching.watch(place.merchant)
    form = WatchForm(sent(request), watch=set_now)
    if done(
        request,
        form,
        lambda: watching.change(merchant=place.merchant, by=place, at=timezone.now(), **form.cleaned_data),
        _("What is watched is changed."),
    ):
        return redirect("settings_watch", place.merchant.slug)
    context = {"form": form, "may_set": watching.changes_watch(place), "rule": set_now.get_self_credit_display()}
    return render(request, "pages/settings_watch.html", context)


@require_safe
@merchant_page(Right.MANAGE)
def log(request, place):
    """Who decided what and when, and what happened with PINs, the newest first."""
    asked = typed(request, "kind")
    kind = asked if asked in written.KINDS else "all"
    page = page_of(written.entries(place.merchant, kind), request)
    context = {"page": page, "entries": written.written(place.merchant, page), "kind": kind, "at": timezone.now()}
    return render(request, "pages/settings_log.html", context)
