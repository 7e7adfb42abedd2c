"""The counter without a network: its two pages, what a device keeps for them, and what it sends afterwards."""

import json
from dataclasses import asdict
from datetime import datetime
from functools import wraps

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page
from loyalty_site import offline as sending
from loyalty_site.api.parsing import is_storable
from loyalty_site.offline_forms import CLOCKS, QueuedForm, slip
from loyalty_site.selectors import offline as kept_on_devices

from .counter import REMEMBERED

WORKER_LASTS = 600  # seconds


@require_safe
@merchant_page(Right.COUNTER)
def offline(request, place):
    """The counter that goes on: the worker keeps this page, and shows it where another cannot be had."""
    form = QueuedForm(merchant=place.merchant, remembered=request.session.get(REMEMBERED % place.merchant_id))
    context = {"form": form, "amounts": kept_on_devices.amounts(place)}
    return render(request, "pages/counter_offline.html", context)


@require_safe
@merchant_page(Right.COUNTER)
def queue(request, place):
    """What the device has to send and what came of it; the device fills it in, the worker keeps it."""
    return render(request, "pages/counter_queue.html")


@require_safe
@never_cache
@merchant_page(Right.COUNTER)
def kept(request, place):
    """The customers that the device may keep, and who stands there: a page that the worker kept may not know."""
    at, where = timezone.now(), request.session.get(REMEMBERED % place.merchant_id)
    people = kept_on_devices.customers(place, where=where, at=at)
    who = {"place": place.public_id, "name": str(place), "slip": slip(place), "at": at.isoformat()}
    return JsonResponse({**who, "customers": people})


@require_POST
@never_cache
@merchant_page(Right.COUNTER)
def send(request, place):
    """Record what the device kept: `{now, for_others, purchases: [...]}`; each purchase is answered for itself."""
    at, asked = timezone.now(), read(request.body)
    if asked is None:
        said = _("This sending cannot be read. Load the page again; the purchases stay on this device.")
        return JsonResponse({"sentence": said}, status=400)
    clock, for_others, rows = asked
    sent = sending.Sending(place, ahead=clock - at, for_others=for_others)
    answers = sending.record(sent, rows, at=at)
    return JsonResponse({"clock": sent.about_the_clock(), "results": [asdict(answer) for answer in answers]})


def asked_seldom(view):
    """Let the browser ask anew after ten minutes only: it would ask with every page. `Vary` tells people apart."""

    @wraps(view)
    def door(request, **kwargs):
        response = view(request, **kwargs)
        if response.status_code == 200:
            response.headers["Cache-Control"] = f"private, max-age={WORKER_LASTS}"
        return response

    return door


@require_safe
@asked_seldom
@merchant_page(Right.COUNTER)
def worker(request, place):
    """The service worker: its program, and before it what it keeps. Its address makes the counter its realm."""
    slug = place.merchant.slug
    pages = {name: reverse(f"counter_{name}", args=[slug]) for name in ("offline", "queue")}
    kept = kept_on_devices.shell(place, QueuedForm(merchant=place.merchant))
    shell = json.dumps({**kept, **pages, "scope": reverse("counter", args=[slug])})
    return HttpResponse(f"const SHELL = {shell};\n{kept_on_devices.worker()}", content_type="text/javascript")


def read(body: bytes) -> tuple[datetime, bool, list[dict[str, str]]] | None:
    """What a device sent: its clock, whether it may send for others, and its purchases; None for anything else."""
    try:
        asked = json.loads(body)
        clock, rows = parse_datetime(asked["now"]), asked["purchases"]
        purchases = [{name: str(value) for name, value in row.items() if value is not None} for row in rows]
        right = CLOCKS[0] <= clock < CLOCKS[1] and len(purchases) <= sending.MOST and is_storable(asked)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return (clock, asked.get("for_others") is True, purchases) if right else None
