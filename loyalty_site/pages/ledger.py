"""A customer's account: every entry with its reason, the same as a file, and points given or taken by hand."""

import csv

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from customers.merchants.models import Right
from customers.merchants.templatetags.ficha import points as written
from customers.merchants.web import find_or_404, merchant_page, page_of, typed
from customers.models import Customer
from loyalty_site import flows
from loyalty_site.adjustment_forms import AdjustForm
from loyalty_site.selectors import account as accounts
from loyalty_site.selectors import approvals
from rewards import adjustments

from .attempts import attempted


def find(place, public_id) -> Customer:
    """The shop's customer, or 404."""
    return find_or_404(Customer.objects.for_merchant(place.merchant), public_id)


def find_member(place, public_id, membership_id):
    """The shop's customer as a member of a program that counts something, or 404."""
    mine = accounts.with_points(find(place, public_id))
    return find_or_404(mine.select_related("program__merchant", "customer"), membership_id)


def chosen(request, customer, at) -> accounts.Account:
    """The account and the kind of entries that the address names."""
    return accounts.account(customer, program=typed(request, "program"), kind=typed(request, "kind"), at=at)


@require_safe
@never_cache
@merchant_page(Right.LOOK)
def ledger(request, place, public_id):
    """What somebody holds, and every entry that made it so; points can be given or taken here."""
    at, customer = timezone.now(), find(place, public_id)
    account = chosen(request, customer, at)
    page = page_of(account.entries, request)
    shown = accounts.explained(place.merchant, page, of=customer, found=account)
    context = {"customer": customer, "account": account, "page": page, "shown": shown, "at": at}
    if account.member and place.may(Right.COUNTER):
        allowed = adjustments.allowance(by=place, program=account.member.program, at=at)
        context |= {"form": AdjustForm(program=account.member.program), "member": account.member, "allowed": allowed}
    return render(request, "pages/ledger.html", context)


@require_safe
@merchant_page(Right.LOOK)
def ledger_csv(request, place, public_id):
    """The same entries for a spreadsheet, all pages of them."""
    customer = find(place, public_id)
    account = chosen(request, customer, timezone.now())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ledger-{customer.public_id}.csv"'
    csv.writer(response).writerows(accounts.rows(place.merchant, customer, account))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_page(Right.COUNTER)
def adjust(request, place, public_id, membership_id):
    """Give or take points; with `look` only what would happen, which htmx asks for as the typing goes on."""
    at, member = timezone.now(), find_member(place, public_id, membership_id)
    customer = member.customer
    look = "look" in request.POST
    form = AdjustForm(request.POST if request.method == "POST" else None, program=member.program, tried=look)
    allowed = adjustments.allowance(by=place, program=member.program, at=at)
    tried = adjust_or_try(place, member, form, allowed, at, dry_run=look) if form.is_bound else None
    if tried and not look:
        say(request, tried, customer, member.program)
        return redirect(account_of(place, customer, member.program))
    context = {"customer": customer, "member": member, "form": form, "allowed": allowed, "tried": tried, "at": at}
    return render(request, "pages/_adjust_part.html" if request.htmx else "pages/adjust.html", context)


def adjust_or_try(place, member, form, allowed, at, *, dry_run: bool) -> approvals.Outcome | None:
    """Adjust as a valid form says, or only try; None when it is refused, which the form then says."""

    def work() -> approvals.Outcome:
        made = flows.adjust_points(membership=member, by=place, at=at, **form.what())
        return approvals.outcome(made, allowed, at=at)

    return attempted(form, work, dry_run=dry_run)


def account_of(place, customer, program) -> str:
    """The address of somebody's account in a program."""
    page = reverse("customer_ledger", args=[place.merchant.slug, customer.public_id])
    return f"{page}?program={program.public_id}"


def say(request, done: approvals.Outcome, customer, program) -> None:
    """Say what came of an adjustment."""
    named = {
        "points": written(done.amount, program.unit),
        "left": written(done.after, program.unit),
        "name": customer,
    }
    if done.waits:
        said = _("Asked for, not booked yet: somebody else with the right to manage decides about these %(points)s.")
        messages.warning(request, said % named)
    elif done.points > 0:
        messages.success(request, _("Given: %(points)s. %(name)s has %(left)s to spend.") % named)
    else:
        messages.success(request, _("Taken: %(points)s. %(name)s has %(left)s to spend.") % named)
