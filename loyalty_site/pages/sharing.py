"""Passing points on to another member of a program, and sharing one account with family and friends."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import identity
from customers.merchants.models import Right
from customers.merchants.templatetags.ficha import points as written
from customers.merchants.web import find_or_404, merchant_page, typed
from customers.models import Customer
from loyalty_site import flows
from loyalty_site.selectors import people, sharing
from loyalty_site.sharing_forms import PassForm, PoolForm
from rewards import pools, transfers

from .attempts import attempted
from .ledger import account_of, find_member
from .settings import act


@require_safe
@never_cache
@merchant_page(Right.MANAGE)
def share(request, place, public_id, membership_id):
    """Find the other person, then choose what happens; htmx asks for the people."""
    member = find_member(place, public_id, membership_id)
    if "to" in request.GET and not request.htmx:
        return choose(request, place, member, find_other(place, request.GET["to"]))
    text = typed(request, "q")
    answering = identity.look_up(merchant=place.merchant, text=text)
    context = {"member": member, "customer": member.customer, "q": text, "people": people.masked(answering)}
    context["at"] = timezone.now()
    return render(request, "pages/_share_people.html" if request.htmx else "pages/share.html", context)


def find_other(place, public_id: str) -> Customer:
    """The other person, or 404."""
    return find_or_404(Customer.objects.for_merchant(place.merchant), public_id)


def choose(request, place, member, other, *, passing: PassForm | None = None, pooling: PoolForm | None = None):
    """The two side by side, with what could be done, and why it was refused."""
    context = {
        "customer": member.customer,
        "member": member,
        "both": sharing.both(member, other, at=timezone.now()),
        "passing": passing or PassForm(program=member.program),
        "pooling": pooling or PoolForm(),
    }
    return render(request, "pages/share_with.html", context)


@require_POST
@merchant_page(Right.MANAGE)
def pass_on(request, place, public_id, membership_id, other_id):
    """Give points to the other person: those that would be spent next, as long as they last."""
    at, member, other = timezone.now(), find_member(place, public_id, membership_id), find_other(place, other_id)
    theirs, form = sharing.beside(member, other), PassForm(request.POST, program=member.program)

    def work() -> transfers.Transfer:
        key = f"transfer:{form.cleaned_data['receipt']}"
        what = {"points": form.cleaned_data["points"], "key": key, "at": at, "actor": place.public_id}
        return flows.transfer_points(sender=member, receiver=theirs, **what)

    if not theirs or not attempted(form, work):
        return choose(request, place, member, other, passing=form)
    named = {"points": written(form.cleaned_data["points"], member.program.unit), "name": other}
    messages.success(request, _("Passed on to %(name)s: %(points)s.") % named)
    return redirect(account_of(place, member.customer, member.program))


@require_POST
@merchant_page(Right.MANAGE)
def pool(request, place, public_id, membership_id, other_id):
    """Let the two share the account of the other person, to which this one brings all points along."""
    member, other = find_member(place, public_id, membership_id), find_other(place, other_id)
    theirs, form = sharing.beside(member, other), PoolForm(request.POST)
    join = {"membership": member, "host": theirs, "at": timezone.now(), "actor": place.public_id}
    if not theirs or not attempted(form, lambda: flows.join_pool(**join)):
        return choose(request, place, member, other, pooling=form)
    named = {"name": member.customer, "other": other}
    messages.success(request, _("%(name)s and %(other)s share one account now.") % named)
    return redirect(account_of(place, member.customer, member.program))


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.MANAGE)
def leave(request, place, public_id, membership_id):
    """Take somebody out of a shared account, after a question; the points stay."""
    member = find_member(place, public_id, membership_id)
    if request.method != "POST":
        return render(request, "pages/share_leave.html", {"customer": member.customer, "member": member})
    act(
        request,
        lambda: pools.leave(membership=member, at=timezone.now()),
        _("%(name)s has an account of their own now, without points.") % {"name": member.customer},
    )
    return redirect(account_of(place, member.customer, member.program))
