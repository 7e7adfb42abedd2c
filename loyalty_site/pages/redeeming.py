"""Redeeming on a customer's page, and taking a redemption back with what happens shown before."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Location, Right
from customers.merchants.web import find_or_404, merchant_page
from customers.models import Customer
from loyalty_site.reward_forms import CancelForm, RedeemForm
from loyalty_site.selectors import redeeming as words
from loyalty_site.selectors import rewards as catalogs
from rewards import redemption
from rewards.models import Membership, Redemption, Reward

from .attempts import attempted
from .counter import REMEMBERED
from .settings import ASKED, sent


@require_http_methods(ASKED)
@never_cache
@merchant_page(Right.COUNTER)
def customer_rewards(request, place, public_id):
    """What somebody can redeem now, what not yet and why, and what they took; a button redeems at once."""
    at = timezone.now()
    people = Customer.objects.for_merchant(place.merchant).select_related("merchant")
    customer, form = find_or_404(people, public_id), RedeemForm(sent(request))
    made = redeem(request, place, customer, form, at) if form.is_bound else None
    if made is not None:
        messages.success(request, _("%(name)s is redeemed. The voucher is below.") % {"name": made.reward.name})
        return redirect("customer_rewards", place.merchant.slug, customer.public_id)
    shown = words.redeeming(customer, at=at)
    return render(
        request, "pages/customer_rewards.html", {"customer": customer, "shown": shown, "form": form, "at": at}
    )


def redeem(request, place, customer, form, at) -> Redemption | None:
    """Redeem what the form names; None when it is refused, which the form then says."""
    if not form.is_valid():
        return None
    asked = form.cleaned_data
    members = Membership.objects.filter(customer=customer).select_related("program__merchant")
    member = find_or_404(members, asked["membership"])
    wanted = find_or_404(Reward.objects.for_merchant(place.merchant), asked["reward"])
    remembered = request.session.get(REMEMBERED % place.merchant_id)
    location = Location.objects.for_merchant(place.merchant).filter(public_id=remembered).first()
    noted = {"location": location, "staff": place, "actor": place.public_id, "public_id": asked["receipt"]}
    return attempted(form, lambda: redemption.redeem(membership=member, reward=wanted, at=at, **noted))


@require_http_methods(ASKED)
@never_cache
@merchant_page(Right.COUNTER)
def cancel(request, place, redemption_id):
    """The question with what happens to the points, and the deed; one that was cancelled already stays so."""
    at, form = timezone.now(), CancelForm({})
    found = find_or_404(catalogs.redemptions(place.merchant), redemption_id)
    if request.method == "POST" and cancel_or_try(place, found, form, at) is not None:
        messages.success(request, _("%(name)s is cancelled.") % {"name": found.reward.name})
        return redirect("customer_rewards", place.merchant.slug, found.membership.customer.public_id)
    [taken] = catalogs.taken([found], at=at)
    tried = None if taken.over else cancel_or_try(place, found, form, at, dry_run=True)
    return render(request, "pages/redemption_cancel.html", {"taken": taken, "form": form, "tried": tried, "at": at})


def cancel_or_try(place, found, form, at, *, dry_run: bool = False) -> words.Undone | None:
    """Cancel a redemption, or only try; what comes back, or None when it is refused, which the form then says."""

    def work() -> words.Undone:
        return words.undone(redemption.cancel(redemption=found, at=at, actor=place.public_id), at=at)

    return attempted(form, work, dry_run=dry_run)
