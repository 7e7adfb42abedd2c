"""Reading a code with the camera: live where the browser can, from a photo everywhere else."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import merchant_page
from loyalty_site import scanning
from loyalty_site.counter_forms import ScanForm
from loyalty_site.forms import refuse


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.COUNTER)
def scan(request, place):
    """Take a photo of a card or voucher; what it says is looked for as if a scanner had typed it."""
    form = ScanForm(request.POST, request.FILES) if request.method == "POST" else ScanForm()
    if form.is_bound and form.is_valid() and (text := code_in(form)):
        return redirect(f"{reverse('counter', args=[place.merchant.slug])}?{urlencode({'q': text})}")
    return render(request, "pages/counter_scan.html", {"form": form})


def code_in(form) -> str | None:
    """The text of the code in a form's picture; None where there is none, which the form then says."""
    picture = form.cleaned_data["picture"]
    try:
        return scanning.read(picture, size=picture.size)
    except Refusal as refusal:
        refuse(form, refusal)
        return None
