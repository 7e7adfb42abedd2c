"""Giving back a purchase, wholly or an amount: first what happens to the points, then the deed."""

from django.contrib import messages
from django.db import OperationalError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.templatetags.ficha import money
from customers.merchants.web import find_or_404, merchant_page
from customers.models import Purchase
from loyalty_site import flows
from loyalty_site.api.problems import is_busy
from loyalty_site.forms import refuse
from loyalty_site.refund_forms import RefundForm
from loyalty_site.selectors import refunds

from .counter import Busy


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.COUNTER)
def give_back(request, place, purchase_id):
    """What is left of a purchase, and what the typed amount would do; htmx asks the same address for that part."""
    at, bought = timezone.now(), Purchase.objects.for_merchant(place.merchant).select_related("customer", "merchant")
    purchase = find_or_404(bought, purchase_id)
    form = RefundForm(request.POST if request.method == "POST" else request.GET, purchase=purchase)
    if request.method == "POST" and (done := refund(place, purchase, form, at)):
        messages.success(
            request, _("Given back: %(amount)s.") % {"amount": money(done.amount, place.merchant.currency)}
        )
        return redirect(*after(place, purchase))
    tried = None if purchase.voided_at or not purchase.remaining else refund(place, purchase, form, at, dry_run=True)
    context = {"purchase": purchase, "form": form, "tried": tried, "at": at}
    return render(request, "pages/_give_back_part.html" if request.htmx else "pages/give_back.html", context)


def refund(place, purchase, form, at, *, dry_run: bool = False) -> refunds.Given | None:
    """Give back what a valid form says, or only try; None when it is refused, which the form then says."""
    if not form.is_valid():
        return None
    try:
        return flows.attempt(lambda: given(place, purchase, form.cleaned_data, at), dry_run=dry_run)
    except Refusal as refusal:
        refuse(form, refusal)
    except OperationalError as error:
        if not is_busy(error):
            raise
        refuse(form, Busy())
    return None


def given(place, purchase, typed: dict, at) -> refunds.Given:
    """The refund that was typed, and what it moved."""
    draft = flows.refund_purchase(
        merchant=place.merchant,
        purchase_id=purchase.pk,
        amount=typed["amount"],
        external_id=typed["receipt"],
        at=at,
        actor=place.public_id,
    )
    return refunds.given(purchase, draft.pk, amount=draft.amount, duplicate=draft.duplicate, at=at)


def after(place, purchase) -> tuple:
    """Where one goes from there: to the customer, or back to an anonymous purchase."""
    if purchase.customer:
        return "customer", place.merchant.slug, purchase.customer.public_id
    return "give_back", place.merchant.slug, purchase.public_id
