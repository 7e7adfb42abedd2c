"""Answering a survey by its link: no account, no script, once per invitation."""

from functools import wraps
from zoneinfo import ZoneInfo

from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.merchants.refusals import Conflict
from loyalty_site import flows
from loyalty_site.forms import refuse
from loyalty_site.selectors.surveys import public as shown
from loyalty_site.survey_forms import AnswerForm
from segments.surveys import invitations
from segments.surveys.wording import spoken

from .attempts import attempted
from .limits import too_many

MOST = 20  # answers from one address within the hour; a shop's own Wi-Fi is one address for all its guests


class TooManyAnswers(Conflict):
    code = "too_many"
    message = _("Too many answers have come from here within the hour. Try again later.")


def unlisted(view):
    """Ask search engines to leave this page alone."""

    @wraps(view)
    def door(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return door


@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
@never_cache
def answer(request, token):
    """The questions of a link; once sent, thanks. A link that leads nowhere says so and is 404."""
    at = timezone.now()
    try:
        survey, invitation, touchpoint = invitations.find(token.replace("\0", ""))
    except invitations.UnknownLink as refusal:
        return render(request, "surveys/gone.html", {"sentence": str(refusal)}, status=404)
    with timezone.override(ZoneInfo(survey.merchant.timezone)):
        return ask(request, survey, invitation, touchpoint, at)


def ask(request, survey, invitation, touchpoint, at):
    """The page of a survey that there is."""
    said = {"survey": survey, "merchant": survey.merchant, "words": words(survey), "personal": invitation is not None}
    if invitation and "stop" in request.POST:
        flows.stop_mails(customer=invitation.customer, at=at)
        return render(request, "surveys/stopped.html", said)
    if invitation and invitation.answered_at:
        return render(request, "surveys/thanks.html", {**said, "before": True})
    if not survey.takes(at):
        return render(request, "surveys/over.html", said, status=410)
    if request.method == "GET" and invitation:
        invitations.looked_at(invitation=invitation, at=at)
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        survey=survey,
        questions=list(survey.questions.order_by("position")),
        language=translation.get_language(),
        may_ask=bool(invitation and invitation.customer.email),
    )
    if form.is_bound and form.is_valid():
        return take(request, form, survey, invitation, touchpoint, at, said)
    context = {**said, "form": form, "promised": promised(survey, invitation, at)}
    return render(request, "surveys/answer.html", context)


def take(request, form, survey, invitation, touchpoint, at, said):
    """Store what a valid form says. A filled trap is thanked like anybody, and forgotten."""
    if form.cleaned_data["trap"]:
        return render(request, "surveys/thanks.html", said)
    context = {**said, "form": form, "promised": promised(survey, invitation, at)}
    if not invitation and too_many(request, f"survey:{survey.pk}", most=MOST):
        refuse(form, TooManyAnswers())
        return render(request, "surveys/answer.html", context, status=429)
    taken = attempted(
        form,
        lambda: flows.answer_survey(
            survey=survey, given=form.answers(), at=at, touchpoint=touchpoint, language=form.language,
            invitation=invitation, may_answer=form.cleaned_data.get("may_answer", False),
        ),
    )  # fmt: skip
    if taken is None:
        return render(request, "surveys/answer.html", context)
    __, earned = taken
    return render(request, "surveys/thanks.html", {**said, "thanked": shown.thanked(earned)})


def promised(survey, invitation, at) -> list[str]:
    """What an answer over this link earns."""
    return shown.promised(survey.merchant, at=at) if invitation and survey.rewarded else []


def words(survey) -> dict[str, str]:
    """The survey's own words in the visitor's language."""
    language = translation.get_language()
    return {name: spoken(getattr(survey, name), language, survey.language) for name in ("intro", "thanks")}
