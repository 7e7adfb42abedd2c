"""The customer's card: type the amount, see what it earns, record the purchase."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page, typed
from customers.models import Customer
from loyalty_site import flows
from loyalty_site.counter_forms import NotesForm, TillForm, in_money
from loyalty_site.pages.attempts import attempted
from loyalty_site.selectors.counter.card import counter_card
from loyalty_site.selectors.counter.items import itemised
from loyalty_site.selectors.counter.preview import Preview, preview
from loyalty_site.selectors.vouchers import open_vouchers
from rewards.ledger import InsufficientPoints

from .search import REMEMBERED


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.COUNTER)
def card(request, place, public_id):
    """The customer's card with the amount to type; htmx asks the same address what the amount would earn."""
    people = Customer.objects.for_merchant(place.merchant)
    customer = find_or_404(people.select_related("activity", "merchant"), public_id)
    at, remembered = timezone.now(), request.session.get(REMEMBERED % place.merchant_id)
    hand = open_vouchers(customer, currency=place.merchant.currency, at=at)
    benefits = [one.voucher.benefit for one in hand]
    form = till(request, place, remembered, itemised(place.merchant, at=at, benefits=benefits))
    if asks(request) and (answer := done(request, place, customer, form, at)):
        return answer
    context = {
        "form": form,
        "at": at,
        "preview": tried(place, customer, form, at),
        "lacking": form.lacking(hand, request.POST or request.GET),
    }
    if request.htmx:
        return render(request, "pages/_counter_preview.html", context)
    named = {name: typed(request, name) for name in ("receipt", "voucher")}
    shown = counter_card(customer, hand, **named, currency=place.merchant.currency, at=at)
    return render(request, "pages/counter_card.html", {**context, "notes": NotesForm(customer=customer), "card": shown})


def till(request, place, remembered, itemised) -> TillForm:
    """The form as it was sent, or as far as an address fills it in; empty where that says nothing of a purchase."""
    known = {"merchant": place.merchant, "itemised": itemised, "remembered": remembered}
    if request.method == "POST":
        sent = TillForm.with_one_more(request.POST, itemised)
        return TillForm(sent, tried=not asks(request), nothing_bought="without" in sent, **known)
    return TillForm(request.GET if TillForm.is_typed(request.GET, itemised) else None, tried=True, **known)


def asks(request) -> bool:
    """Whether a button is to do something: looking, and adding a product to look again, do nothing yet."""
    return request.method == "POST" and not {"look", "add"} & request.POST.keys()


def done(request, place, customer, form, at) -> HttpResponseRedirect | None:
    """Record the purchase, or redeem rewards without one, and go on; None when it is refused."""
    if not form.is_valid():
        return None
    if "location" in form.cleaned_data:
        request.session[REMEMBERED % place.merchant_id] = form.cleaned_data["location"].public_id
    return (redeem if form.nothing_bought else record)(request, place, customer, form, at)


@require_POST
@never_cache
@merchant_page(Right.COUNTER)
def notes(request, place, public_id):
    """Write down what colleagues should know, and back to the card; what somebody else wrote meanwhile stays."""
    customer = find_or_404(Customer.objects.for_merchant(place.merchant).select_related("merchant"), public_id)
    form = NotesForm(request.POST, customer=customer)
    if attempted(form, lambda: flows.change_customer(customer=customer, **form.change(), at=timezone.now())):
        messages.success(request, _("The notes are kept."))
        return redirect("counter_card", place.merchant.slug, customer.public_id)
    return render(request, "pages/counter_notes.html", {"customer": customer, "notes": form})


def record(request, place, customer, form, at) -> HttpResponseRedirect | None:
    """Record what the form says and go to the card with its receipt; None when it is refused."""
    recorded = attempted(form, lambda: sell(place, customer, form, at))
    if recorded is None:
        return None
    shown = {"receipt": recorded.draft.public_id, **({"again": 1} if recorded.draft.duplicate else {})}
    return redirect(f"{reverse('counter_card', args=[place.merchant.slug, customer.public_id])}?{urlencode(shown)}")


def redeem(request, place, customer, form, at) -> HttpResponseRedirect | None:
    """Redeem the rewards that were tapped, and go to the card, where their vouchers are; None when it is refused."""
    asked = {"wishes": form.wishes(), "receipt": form.cleaned_data["receipt"], "location": form.where()}
    made = attempted(form, lambda: flows.take_rewards(customer=customer, staff=place, at=at, **asked))
    if made is None:
        return None
    names = ", ".join(one.reward.name for one in made)
    messages.success(
        request, _("Redeemed: %(names)s. What it gives is a voucher below, to use now or later.") % {"names": names}
    )
    return redirect("counter_card", place.merchant.slug, customer.public_id)


def tried(place, customer, form, at) -> Preview | None:
    """What the form's purchase would bring, by the code that records it; None where it says none, or is refused."""

    def work() -> Preview:
        return preview(sell(place, customer, form, at), customer, currency=place.merchant.currency, at=at)

    return None if form.nothing_bought else attempted(form, work, dry_run=True)


def sell(place, customer, form, at) -> flows.Recorded:
    """Record the purchase of a valid form."""
    draft = form.draft(customer=customer, place=place, at=at)
    try:
        return flows.record_once(merchant=place.merchant, drafts=[draft], at=at)[0]
    except InsufficientPoints as refusal:
        raise in_money(refusal, place.merchant.currency) from refusal
