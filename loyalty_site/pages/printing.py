"""What is printed for the counter: choosing it, and the papers themselves."""

from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page
from loyalty_site.print_forms import PosterForm
from loyalty_site.selectors import joining, printing

from .home import THIS_MACHINE


@require_safe
@merchant_page(Right.COUNTER)
def papers(request, place):
    """What can be printed, and how."""
    promises = joining.promises(place.merchant, at=timezone.now())
    form = PosterForm(request.GET, merchant=place.merchant, promises=promises)
    here = split_domain_port(request.get_host())[0] in THIS_MACHINE
    context = {"form": form, "promises": promises, "address": address(request, place), "only_here": here}
    return render(request, "pages/printing.html", context)


@require_safe
@merchant_page(Right.COUNTER)
def poster(request, place):
    """A poster for the counter or the door: one page."""
    return paper(request, place, "print/poster.html")


@require_safe
@merchant_page(Right.COUNTER)
def tent(request, place):
    """A table tent: one page, folded in the middle, that says the same on both sides."""
    return paper(request, place, "print/tent.html")


def paper(request, place, template: str):
    """One of the papers, as the address asks for it."""
    at = timezone.now()
    form = PosterForm(request.GET, merchant=place.merchant, promises=joining.promises(place.merchant, at=at))
    sheet = printing.sheet(place.merchant, **form.chosen(), code=address(request, place), at=at)
    back = f"{reverse('print', args=[place.merchant.slug])}?{request.GET.urlencode()}"
    return render(request, template, {"sheet": sheet, "back": back})


def address(request, place) -> str:
    """Where customers join, as this site is being asked."""
    return request.build_absolute_uri(reverse("join", args=[place.merchant.slug]))
