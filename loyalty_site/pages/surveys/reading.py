"""The surveys of a shop, and what came of each."""

from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page, page_of
from loyalty_site import spreadsheets
from loyalty_site.selectors.surveys import listing
from loyalty_site.selectors.surveys import results as words
from segments.surveys import results
from segments.surveys.models import Status, Survey


def find(place, survey_id) -> Survey:
    """The shop's survey, or 404."""
    return find_or_404(Survey.objects.for_merchant(place.merchant).select_related("merchant"), survey_id)


@require_safe
@merchant_page(Right.REPORTS)
def survey_list(request, place):
    """Every survey, the newest first, and what all of them say together."""
    at = timezone.now()
    context = {"page": page_of(listing.surveys(place.merchant), request), "at": at}
    return render(request, "surveys/list.html", {**context, "shown": listing.page(place.merchant, at=at)})


@require_safe
@merchant_page(Right.REPORTS)
def survey(request, place, survey_id):
    """What came of one survey; a draft is looked at before it is opened."""
    at, found = timezone.now(), find(place, survey_id)
    if found.status == Status.DRAFT:
        return redirect("survey_preview", place.merchant.slug, found.public_id)
    page = page_of(results.comments(results.of_survey(found)), request, per_page=words.READ)
    context = {"survey": found, "page": page, "at": at, "shown": words.page(found, at=at)}
    return render(request, "surveys/results.html", context)


@require_safe
@merchant_page(Right.REPORTS)
def responses_csv(request, place, survey_id):
    """Every response for a spreadsheet."""
    found = find(place, survey_id)
    response = StreamingHttpResponse(spreadsheets.written(words.rows(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="survey-{found.public_id}.csv"'
    return response
