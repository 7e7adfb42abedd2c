"""The first pages: which shop, and how it goes."""

from django.conf import settings
from django.http.request import split_domain_port
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from customers.merchants.models import Right, User
from customers.merchants.web import merchant_page, signed_in
from loyalty_site.selectors import home as figures

from .accounts import site_of

THIS_MACHINE = {"localhost", "127.0.0.1", "[::1]"}


@require_safe
def front(request):
    """Nobody at all has a login: how to make the shop. Otherwise to one's own."""
    if not request.user.is_authenticated and not User.objects.exists():
        return render(request, "pages/first_run_site.html", {"site": site_of(request)})
    return own_shops(request)


@signed_in
def own_shops(request):
    """To the shop of somebody who has one; otherwise the choice, or what to do without any."""
    places = list(request.user.places.filter(is_active=True).select_related("merchant").order_by("merchant__name"))
    if len(places) == 1:
        return redirect("home", slug=places[0].merchant.slug)
    return render(request, "pages/front.html", {"places": places})


@require_safe
@merchant_page(Right.LOOK)
def home(request, place):
    shown = figures.home(place, at=timezone.now())
    return render(request, "pages/home.html", {"home": shown, "plain_http": plain_http(request)})


def plain_http(request) -> bool:
    """Whether people reach this site from elsewhere without HTTPS."""
    return not settings.HTTPS and split_domain_port(request.get_host())[0] not in THIS_MACHINE


@require_POST
def language(request):
    """Switch the language; somebody signed in finds it again at the next sign-in."""
    response = set_language(request)
    chosen = request.POST.get("language")
    if request.user.is_authenticated and translation.check_for_language(chosen) and chosen in dict(settings.LANGUAGES):
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return response
