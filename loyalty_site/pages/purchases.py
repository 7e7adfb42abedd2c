"""One purchase: what it was and what stands of it; voiding it, and moving it to the customer whose it is."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from customers import identity
from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page, typed
from customers.models import Customer
from loyalty_site import flows
from loyalty_site.refund_forms import ReassignForm, VoidForm
from loyalty_site.selectors import outcomes, people
from loyalty_site.selectors import purchase as receipts

from .attempts import attempted


def find(place, purchase_id):
    """The shop's purchase, or 404."""
    return find_or_404(receipts.purchases(place.merchant), purchase_id)


@require_safe
@never_cache
@merchant_page(Right.LOOK)
def purchase(request, place, purchase_id):
    """The receipt, what it earned and why, what came back, what stands; and what a void would do, for its question."""
    at, found = timezone.now(), find(place, purchase_id)
    changes = place.may(Right.COUNTER) and not found.voided_at
    tried = void_or_try(place, found, VoidForm({}), at, dry_run=True) if changes else None
    shown = receipts.purchase_page(place, found)
    return render(
        request,
        "pages/purchase.html",
        {"purchase": found, "shown": shown, "tried": tried, "changes": changes, "at": at},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.COUNTER)
def void(request, place, purchase_id):
    """The question with what happens to the points, and the deed; one that was voided already stays so."""
    at, found, form = timezone.now(), find(place, purchase_id), VoidForm({})
    if request.method == "POST" and void_or_try(place, found, form, at) is not None:
        messages.success(request, _("The purchase is void: it counts for nothing now."))
        return redirect("purchase", place.merchant.slug, found.public_id)
    tried = None if found.voided_at else void_or_try(place, found, form, at, dry_run=True)
    return render(request, "pages/purchase_void.html", {"purchase": found, "form": form, "tried": tried, "at": at})


def void_or_try(place, found, form, at, *, dry_run: bool = False) -> outcomes.Voided | None:
    """Void a purchase, or only try; what comes of it, or None when it is refused, which the form then says."""

    def work() -> outcomes.Voided:
        flows.void_purchase(merchant=place.merchant, purchase_id=found.pk, at=at, actor=place.public_id)
        return outcomes.voided(found, at=at)

    return attempted(form, work, dry_run=dry_run)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.COUNTER)
def reassign(request, place, purchase_id):
    """Find whose purchase it is, see what happens to the points of both, and move it; htmx asks for the people."""
    at, found, text = timezone.now(), find(place, purchase_id), typed(request, "q")
    if request.htmx:
        return render(request, "pages/_reassign_people.html", whom(place, found, text, at))
    sent = request.POST if request.method == "POST" else request.GET
    if "to" not in sent:
        return render(request, "pages/reassign.html", whom(place, found, text, at))
    customer = find_or_404(Customer.objects.for_merchant(place.merchant), sent["to"])
    form = ReassignForm(sent, purchase=found)
    if request.method == "POST" and move_or_try(place, found, customer, form, at):
        messages.success(request, _("The purchase belongs to %(name)s now.") % {"name": customer})
        return redirect("purchase", place.merchant.slug, found.public_id)
    tried = move_or_try(place, found, customer, form, at, dry_run=True)
    context = {"purchase": found, "to": people.masked([customer])[0], "form": form, "tried": tried, "at": at}
    return render(request, "pages/reassign_confirm.html", context)


def whom(place, found, text: str, at) -> dict:
    """Who answers to what was typed, as the counter shows them."""
    answering = identity.look_up(merchant=place.merchant, text=text)
    return {"purchase": found, "q": text, "people": people.masked(answering), "at": at}


def move_or_try(place, found, customer, form, at, *, dry_run: bool = False) -> outcomes.Moved | None:
    """Move a purchase, or only try; the points of both, or None when it is refused, which the form then says."""

    def work() -> outcomes.Moved:
        postings = flows.reassign_purchase(
            merchant=place.merchant, purchase_id=found.pk, customer_id=customer.pk, at=at, actor=place.public_id
        )
        return outcomes.moved(found.customer, customer, postings, at=at)

    return attempted(form, work, dry_run=dry_run)
