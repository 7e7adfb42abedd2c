"""Batches of vouchers: what became of each, all codes as a file, sheets to print, and revoking what is unused."""

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from customers.merchants.models import Right, StaffMember
from customers.merchants.web import find_or_404, merchant_page, page_of
from loyalty_site.pages.settings import ASKED
from loyalty_site.print_forms import SheetForm
from loyalty_site.selectors.vouchers import batches as lists
from loyalty_site.selectors.vouchers.sheets import sheets as laid_out
from rewards import vouchers
from rewards.models import Voucher, VoucherBatch

SHEETS = 20  # on a page: more QR codes than that make a browser wait


def find(place: StaffMember, batch_id: str) -> VoucherBatch:
    """The shop's batch with that id, or 404."""
    return find_or_404(VoucherBatch.objects.for_merchant(place.merchant).select_related("merchant"), batch_id)


@require_safe
@merchant_page(Right.MANAGE)
def batches(request, place):
    """What was made together, newest first."""
    made = VoucherBatch.objects.for_merchant(place.merchant).order_by("-created_at", "-pk")
    page, at = page_of(made, request, per_page=25), timezone.now()
    context = {"page": page, "batches": lists.batches(place.merchant, page, at=at), "at": at}
    return render(request, "pages/voucher_batches.html", context)


@require_safe
@merchant_page(Right.MANAGE)
def batch(request, place, batch_id):
    """One batch: how many are used, what is still out, and what one can do with it."""
    at, found = timezone.now(), find(place, batch_id)
    [shown] = lists.batches(place.merchant, [found], at=at)
    context = {"shown": shown, "form": SheetForm({}, merchant=place.merchant), "at": at}
    return render(request, "pages/voucher_batch.html", {**context, "unused": lists.revocable(found, at=at)})


@require_safe
@merchant_page(Right.MANAGE)
def codes(request, place, batch_id):
    """Every code of a batch for a spreadsheet or a printer."""
    found = find(place, batch_id)
    lines = lists.as_csv(found, at=timezone.now())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="vouchers-{found.public_id}.csv"'
    return response


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def revoke_all(request, place, batch_id):
    """Revoke what is unused: the question first, for those whose browser has no dialog."""
    at, found = timezone.now(), find(place, batch_id)
    if request.method == "POST":
        revoked = vouchers.revoke_unused(batch=found, at=at, actor=place.public_id)
        said = ngettext("%(count)d voucher is revoked.", "%(count)d vouchers are revoked.", revoked)
        messages.success(request, said % {"count": revoked})
        return redirect("voucher_batch", place.merchant.slug, found.public_id)
    context = {"batch": found, "unused": lists.revocable(found, at=at)}
    return render(request, "pages/voucher_batch_revoke.html", context)


@require_safe
@merchant_page(Right.MANAGE)
def sheets(request, place, batch_id):
    """What can still be used of a batch on paper, some sheets at a time."""
    at, found = timezone.now(), find(place, batch_id)
    form = SheetForm(request.GET, merchant=place.merchant)
    chosen = form.chosen()
    each = int(chosen["each"])
    left = Voucher.objects.filter(batch=found).untouched().in_time(at).select_related("customer").order_by("pk")
    page = page_of(left, request, per_page=SHEETS * each)
    printed = laid_out(list(page), place.merchant, each=each, language=chosen["language"])
    back = reverse("voucher_batch", args=[place.merchant.slug, found.public_id])
    context = {"form": form, "chosen": chosen, "sheets": printed, "page": page, "batch": found, "back": back}
    return render(request, "print/vouchers.html", context)
