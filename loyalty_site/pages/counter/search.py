"""Who is here? Finding the customer, or making a card for somebody new."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from customers import identity
from customers.merchants.models import Location, Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import merchant_page, typed
from loyalty_site import flows
from loyalty_site.counter_forms import EnrolForm
from loyalty_site.forms import refuse
from loyalty_site.selectors import cards, people
from loyalty_site.selectors.counter.scanned import Scanned, code_of, scanned, told

REMEMBERED = "counter_location_%s"  # per merchant, in the session


@require_safe
@merchant_page(Right.COUNTER)
def counter(request, place):
    """One search box; the results are the part that follows the typing. A whole code, as a scanner types it with
    Enter, opens its card at once.
    """
    text = code_of(typed(request, "q"))
    found = scanned(place.merchant, text, typing=bool(request.htmx))
    if found.card and not request.htmx:
        return opened(place, found)
    at, here = timezone.now(), request.session.get(REMEMBERED % place.merchant_id)
    seen = people.masked(identity.look_up(merchant=place.merchant, text=text))
    context = {"q": text, "people": seen, "form": EnrolForm.typed(text), "at": at}
    context["voucher"] = found.voucher and told(found.voucher, at=at)
    if not text:
        context["recent"] = cards.served_today(place, where=here, at=at)
    return render(request, "pages/_counter_results.html" if request.htmx else "pages/counter.html", context)


def opened(place, found: Scanned):
    """The card that a whole code names; at its vouchers where it is a voucher's."""
    card = reverse("counter_card", args=[place.merchant.slug, found.card.public_id])
    return redirect(f"{card}?{urlencode({'voucher': found.voucher.code})}" if found.voucher else card)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.COUNTER)
def enrol(request, place):
    """A card for somebody new."""
    if request.method != "POST":
        return render(request, "pages/counter_enrol.html", {"form": EnrolForm.typed(typed(request, "q")).focused()})
    form = EnrolForm(request.POST).focused()
    existing = None
    if form.is_valid():
        try:
            card = {"fields": form.card(where(request, place)), "consents": form.consents()}
            customer, _new = flows.enrol(merchant=place.merchant, **card, at=timezone.now())
            return redirect("counter_card", place.merchant.slug, customer.public_id)
        except Refusal as refusal:
            refuse(form, refusal)
            existing = refusal.extra.get("existing")
    return render(request, "pages/counter_enrol.html", {"form": form, "existing": existing})


def where(request, place) -> Location | None:
    """The location where this till stands: the remembered one, or the shop's only one."""
    found = list(Location.objects.for_merchant(place.merchant).order_by("name"))
    remembered = request.session.get(REMEMBERED % place.merchant_id)
    return found[0] if len(found) == 1 else next((one for one in found if one.public_id == remembered), None)
