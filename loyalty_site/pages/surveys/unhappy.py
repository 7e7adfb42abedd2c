"""Unhappy answers: who waits for a word, and giving it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page, page_of
from loyalty_site import survey_mails
from loyalty_site.pages.settings import ASKED, act
from loyalty_site.selectors.surveys import unhappy as words
from segments.surveys import follow_ups


@require_safe
@merchant_page(Right.MANAGE)
def unhappy(request, place):
    """Everybody who was unhappy, those first whom nobody answered yet."""
    page = page_of(words.tasks(place.merchant), request)
    rows = words.shown(list(page), language=translation.get_language())
    return render(request, "surveys/unhappy.html", {"page": page, "rows": rows, "at": timezone.now()})


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def task(request, place, task_id):
    """One of them: what was said, how to reach them, and what they are told."""
    found = find_or_404(words.tasks(place.merchant), task_id)
    refused, text = None, request.POST.get("text", "")
    if request.method == "POST":
        try:
            told(found, place, text=text, by_mail=request.POST.get("how") == "mail")
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, _("Written down."))
            return redirect("survey_unhappy", place.merchant.slug)
    row = words.shown([found], language=translation.get_language())[0]
    context = {"row": row, "task": found, "refused": refused, "text": text or found.answer, "at": timezone.now()}
    return render(request, "surveys/task.html", context)


def told(task, place, *, text: str, by_mail: bool) -> None:
    """Write down what the customer is told, after the mail is out where it goes by mail."""
    if by_mail and text.strip():
        survey_mails.answer(follow_up=task, text=text)
    follow_ups.answer(follow_up=task, text=text, mailed=by_mail, by=place, at=timezone.now())


@require_POST
@merchant_page(Right.MANAGE)
def close(request, place, task_id):
    """Nothing more is to be done."""
    found, at = find_or_404(words.tasks(place.merchant), task_id), timezone.now()
    act(request, lambda: follow_ups.close(follow_up=found, by=place, at=at), _("Closed."))
    return redirect("survey_unhappy", place.merchant.slug)
