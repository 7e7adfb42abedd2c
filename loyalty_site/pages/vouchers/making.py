"""Making vouchers: a batch of them, or one for a customer."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Right, StaffMember
from customers.merchants.web import find_or_404, merchant_page, typed
from customers.models import Customer
from loyalty_site.pages.attempts import attempted
from loyalty_site.pages.settings import ASKED, sent
from loyalty_site.reward_forms.benefits import FIELDS
from loyalty_site.selectors.vouchers import making
from loyalty_site.voucher_forms import GiftForm, VoucherForm
from rewards import vouchers


def kind_of(request) -> dict:
    """The kind of benefit that the address names, to begin with."""
    kind = typed(request, "kind")
    return {"kind": kind if kind in FIELDS else "amount_off"}


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def new(request, place):
    """A batch of vouchers; with `look` only the sentence that says what would be made, which htmx asks for."""
    look = "look" in request.POST
    form = VoucherForm(sent(request), merchant=place.merchant, initial=kind_of(request), tried=look)
    batch = attempted(form, lambda: made(place, form)) if form.is_bound and not look else None
    if batch:
        said = ngettext("%(count)d voucher is made.", "%(count)d vouchers are made.", batch.count)
        messages.success(request, said % {"count": batch.count})
        return redirect("voucher_batch", place.merchant.slug, batch.public_id)
    context = {"form": form, "said": making.said(form, at=timezone.now())}
    return render(request, "pages/_voucher_said.html" if look and request.htmx else "pages/voucher_new.html", context)


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def give(request, place, public_id):
    """A voucher for one customer: a surprise, an apology."""
    customer, look = find_or_404(Customer.objects.for_merchant(place.merchant), public_id), "look" in request.POST
    form = GiftForm(sent(request), merchant=place.merchant, customer=customer, initial=kind_of(request), tried=look)
    batch = attempted(form, lambda: made(place, form)) if form.is_bound and not look else None
    if batch:
        found = batch.vouchers.get()
        messages.success(request, _("%(name)s has the voucher %(code)s.") % {"name": customer, "code": found.code})
        return redirect("voucher", place.merchant.slug, found.public_id)
    context = {"form": form, "customer": customer, "said": making.said(form, at=timezone.now())}
    return render(request, "pages/_voucher_said.html" if look and request.htmx else "pages/voucher_give.html", context)


def made(place: StaffMember, form: VoucherForm | GiftForm):
    """Make what a valid form asks for."""
    return vouchers.make(merchant=place.merchant, wanted=form.wanted(), at=timezone.now(), actor=place.public_id)
