"""Settings: what the shop wants to know of its customers."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers import attributes
from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page
from customers.models import AttributeField
from loyalty_site.settings_forms import AttributeForm

from .settings import ASKED, act, done, sent


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def fields(request, place):
    """The attributes of the shop, and a further one."""
    form = AttributeForm(sent(request))
    if done(
        request,
        form,
        lambda: attributes.define(merchant=place.merchant, at=timezone.now(), **form.cleaned_data),
        _("The attribute is added: every card asks for it now."),
    ):
        return redirect("settings_attributes", place.merchant.slug)
    known = AttributeField.objects.for_merchant(place.merchant)
    return render(request, "pages/settings_attributes.html", {"form": form, "attributes": known})


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def field(request, place, attribute_id):
    """One attribute: another name, other choices, or none."""
    found = find_or_404(AttributeField.objects.for_merchant(place.merchant), attribute_id)
    form = AttributeForm(sent(request), field=found)
    if done(request, form, lambda: attributes.change(field=found, **form.cleaned_data), _("The attribute is changed.")):
        return redirect("settings_attributes", place.merchant.slug)
    return render(request, "pages/settings_attribute.html", {"form": form, "attribute": found})


@require_POST
@merchant_page(Right.MANAGE)
def remove(request, place, attribute_id):
    """Ask for it no longer; what cards hold stays there."""
    found = find_or_404(AttributeField.objects.for_merchant(place.merchant), attribute_id)
    act(
        request, lambda: attributes.remove(field=found), _("The attribute is removed. Cards keep what they hold of it.")
    )
    return redirect("settings_attributes", place.merchant.slug)
