"""Exchanging something of a purchase for something else: first what happens, then the deed."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site import flows
from loyalty_site.counter_forms import TillForm
from loyalty_site.pages.attempts import attempted
from loyalty_site.refund_forms import RefundForm
from loyalty_site.selectors import exchange as exchanges
from loyalty_site.selectors import purchase as receipts
from loyalty_site.selectors.counter.items import itemised

from .search import REMEMBERED


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.COUNTER)
def exchange(request, place, purchase_id):
    """What comes back and what is bought instead; htmx asks the same address what both together do."""
    at, purchase = timezone.now(), find_or_404(receipts.purchases(place.merchant), purchase_id)
    back, new = forms(request, place, purchase, at)
    looks = request.method != "POST" or "look" in request.POST
    tried = swap(place, purchase, back, new, at, dry_run=looks) if new.is_bound and back.anything_left() else None
    if tried and not looks:
        messages.success(request, _("Exchanged: both are recorded."))
        return redirect("purchase", place.merchant.slug, tried.public_id)
    context = {"purchase": purchase, "back": back, "new": new, "tried": tried, "at": at}
    return render(request, "pages/_exchange_part.html" if request.htmx else "pages/exchange.html", context)


def forms(request, place, purchase, at) -> tuple[RefundForm, TillForm]:
    """What comes back, and what is bought instead: two forms that are sent together."""
    posted = request.POST if request.method == "POST" else None
    back = RefundForm(posted or request.GET, purchase=purchase, bought=receipts.bought(purchase))
    known = {
        "itemised": itemised(place.merchant, at=at),
        "remembered": request.session.get(REMEMBERED % place.merchant_id),
    }
    new = TillForm(posted, merchant=place.merchant, tried=bool(posted and "look" in posted), prefix="new", **known)
    return back, new


def swap(place, purchase, back, new, at, *, dry_run: bool) -> exchanges.Outcome | None:
    """Exchange what valid forms say, or only try; None where one is wrong or refused, which the forms then say."""

    def work() -> exchanges.Outcome:
        draft = new.draft(customer=purchase.customer, place=place, at=at)
        given = {**back.what(), "external_id": back.cleaned_data["receipt"]}
        done = flows.exchange_purchase(
            merchant=place.merchant, purchase_id=purchase.pk, back=given, draft=draft, at=at, actor=place.public_id
        )
        return exchanges.outcome(purchase, done, currency=place.merchant.currency, at=at)

    return attempted(back, work, dry_run=dry_run) if new.is_valid() else None
