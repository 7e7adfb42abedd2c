"""The history of a promise: what any two of its versions say differently."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site.program_forms import VersionsForm
from loyalty_site.selectors import versions as words

from .programs import programs_of


@require_safe
@merchant_page(Right.MANAGE)
def versions(request, place, program_id):
    """Two versions side by side; htmx asks the same address for that part."""
    program = find_or_404(programs_of(place), program_id)
    form = VersionsForm(request.GET)
    context = {"program": program, "difference": words.chosen(program, **form.numbers())}
    return render(request, "pages/_versions_part.html" if request.htmx else "pages/program_versions.html", context)
