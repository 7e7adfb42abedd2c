"""The living page of the look, for those who build it: only while DEBUG is on, and only for whoever may use /admin/."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Theme
from loyalty_site.selectors import design as parts


@require_safe
def design(request):
    """Every shared part with example data; ?theme= tries the other light without keeping it."""
    if not (settings.DEBUG and request.user.is_authenticated and request.user.is_staff):
        raise Http404
    if request.GET.get("theme") in Theme.values:
        request.user.theme = request.GET["theme"]
    request.place = parts.example_place(request.user)
    context = {"shown": parts.showcase(request.place, at=timezone.now()), "themes": Theme.choices}
    return render(request, "pages/design.html", context)
