"""Which customer card is whose who works here: found, linked, and taken away again."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from customers import identity, staff_cards
from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page, typed
from customers.models import Customer
from loyalty_site.selectors import people

from .settings import ASKED, act
from .staff import places_of


@require_http_methods(ASKED)
@never_cache
@merchant_page(Right.MANAGE)
def card(request, place, staff_id):
    """Find the card of somebody who works here, and link it; htmx asks for the cards. Those with the person's name are
    there before anything is typed: the shop knows no phone of theirs.
    """
    found, at = find_or_404(places_of(place), staff_id), timezone.now()
    if request.method == "POST":
        return link(request, place, found, at)
    text = typed(request, "q")
    answering = identity.look_up(merchant=place.merchant, text=text or found.user.name)
    context = {"person": found, "q": text, "people": people.masked(answering), "at": at}
    return render(request, "pages/_settings_card_people.html" if request.htmx else "pages/settings_card.html", context)


def link(request, place, found, at):
    """Link the card that was chosen."""
    customer = find_or_404(Customer.objects.for_merchant(place.merchant), request.POST.get("to", ""))
    said = _("%(name)s is linked to the customer card of %(customer)s.") % {"name": found, "customer": customer}
    act(request, lambda: staff_cards.link(staff=found, customer=customer, by=place, at=at), said)
    return redirect("settings_person", place.merchant.slug, found.public_id)


@require_POST
@merchant_page(Right.MANAGE)
def unlink(request, place, staff_id):
    """Say that the card is not theirs."""
    found = find_or_404(places_of(place), staff_id)
    said = _("%(name)s has no customer card any more.") % {"name": found}
    act(request, lambda: staff_cards.unlink(staff=found, by=place, at=timezone.now()), said)
    return redirect("settings_person", place.merchant.slug, found.public_id)
