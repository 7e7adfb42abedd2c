"""Giving back a purchase, by product or by amount: first what happens to the points, then the deed."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Right
from customers.merchants.templatetags.ficha import money
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site import flows
from loyalty_site.refund_forms import RefundForm
from loyalty_site.selectors import outcomes
from loyalty_site.selectors import purchase as receipts

from .attempts import attempted


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.COUNTER)
def give_back(request, place, purchase_id):
    """What is left of a purchase, and what is typed would do; htmx asks the same address for that part.

    A receipt may be longer than an address: so its lines are looked at by a POST, too, which says that it only looks.
    """
    at, purchase = timezone.now(), find_or_404(receipts.purchases(place.merchant), purchase_id)
    sent = request.POST if request.method == "POST" else request.GET
    form = RefundForm(sent, purchase=purchase, bought=receipts.bought(purchase))
    deed = request.method == "POST" and "look" not in sent
    if deed and (done := refund(place, purchase, form, at)):
        messages.success(
            request, _("Given back: %(amount)s.") % {"amount": money(done.amount, place.merchant.currency)}
        )
        return redirect("purchase", place.merchant.slug, purchase.public_id)
    tried = refund(place, purchase, form, at, dry_run=True) if form.anything_left() else None
    context = {"purchase": purchase, "form": form, "tried": tried, "at": at}
    return render(request, "pages/_give_back_part.html" if request.htmx else "pages/give_back.html", context)


def refund(place, purchase, form, at, *, dry_run: bool = False) -> outcomes.Given | None:
    """Give back what a valid form says, or only try; None when it is refused, which the form then says."""

    def work() -> outcomes.Given:
        draft = flows.refund_purchase(
            merchant=place.merchant,
            purchase_id=purchase.pk,
            external_id=form.cleaned_data["receipt"],
            at=at,
            actor=place.public_id,
            **form.what(),
        )
        return outcomes.given(purchase, draft.pk, amount=draft.amount, duplicate=draft.duplicate, at=at)

    return attempted(form, work, dry_run=dry_run)
