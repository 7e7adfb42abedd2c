"""Joining by oneself: a public page that says what one gets, asks little, and tells nobody who is a customer."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict
from loyalty_site import flows
from loyalty_site.forms import refuse
from loyalty_site.join_forms import JoinForm
from loyalty_site.selectors import joining

from .attempts import attempted
from .limits import too_many

MOST = 60  # a shop's own Wi-Fi is one address for all its guests


class TooManyJoin(Conflict):
    code = "too_many"
    message = _("Too many people have joined from here within the hour. Try again later, or ask at the counter.")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request, slug):
    """What one gets and the form; once sent, how to be recognised: the same words whether one was known or not."""
    merchant = Merchant.objects.filter(slug=slug).first()
    if merchant is None:
        raise Http404
    at, form = timezone.now(), JoinForm(request.POST if request.method == "POST" else None)
    context = {"merchant": merchant, "promises": joining.promises(merchant, at=at)}
    if form.is_bound and form.is_valid() and too_many(request, f"join:{merchant.pk}", most=MOST):
        refuse(form, TooManyJoin())
        return render(request, "pages/join.html", {**context, "form": form}, status=429)
    if form.is_bound and attempted(form, lambda: enrolled(merchant, form, at)):
        return render(request, "pages/joined.html", {**context, "said": form.said(merchant)})
    return render(request, "pages/join.html", {**context, "form": form})


def enrolled(merchant, form, at) -> bool:
    """Join as the form says; always true, for whether the card is new is nobody's business."""
    flows.join(merchant=merchant, fields=form.card(), consents=form.consents(), at=at)
    return True
