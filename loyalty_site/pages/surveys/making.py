"""Making a survey: from a ready one or an empty sheet, changed as a draft, opened and closed."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import merchant_page
from loyalty_site import flows
from loyalty_site.forms import refuse
from loyalty_site.pages.settings import ASKED, act, sent
from loyalty_site.survey_forms import AnswerForm, QuestionForms, SurveyForm
from loyalty_site.survey_forms.making import of_question
from segments.surveys import making
from segments.surveys.models import Status, Survey
from segments.surveys.ready import READY

from .reading import find


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def new(request, place):
    """The ready surveys to begin with, and an empty one."""
    if request.method != "POST":
        return render(request, "surveys/new.html", {"ready": READY.values()})
    chosen, language = READY.get(request.POST.get("ready", "")), translation.get_language()
    title = str(chosen.title) if chosen else _("New survey")
    made = making.create(
        merchant=place.merchant, title=title, language=language, at=timezone.now(),
        intro=chosen.intro if chosen else {}, given=chosen.questions if chosen else [],
    )  # fmt: skip
    return redirect("survey_edit", place.merchant.slug, made.public_id)


@require_http_methods(ASKED)
@never_cache
@merchant_page(Right.MANAGE)
def edit(request, place, survey_id):
    """The words and questions of a draft; the last form is for one more question."""
    found = find(place, survey_id)
    if found.status != Status.DRAFT:
        messages.error(request, str(making.NotADraft.message))
        return redirect("survey", place.merchant.slug, found.public_id)
    form = SurveyForm(sent(request), survey=found)
    forms = QuestionForms(sent(request), initial=initial(found), prefix="q")
    if form.is_bound and form.is_valid() and forms.is_valid() and saved(found, form, forms):
        messages.success(request, _("The draft is saved."))
        further = "more" in request.POST
        return redirect("survey_edit" if further else "survey_preview", place.merchant.slug, found.public_id)
    return render(request, "surveys/edit.html", {"survey": found, "form": form, "forms": forms})


def initial(survey: Survey) -> list[dict]:
    """The questions as the forms show them."""
    names = ("kind", "text", "options", "required", "measures_value")
    return [of_question(*one) for one in survey.questions.order_by("position").values_list(*names)]


def saved(survey: Survey, form: SurveyForm, forms) -> bool:
    """Write the draft; False when it is refused, which the form of that place then says."""
    try:
        flows.attempt(
            lambda: making.update(survey=survey, at=timezone.now(), given=forms.questions(), **form.changes())
        )
    except Refusal as refusal:
        say(form, forms, refusal)
        return False
    return True


def say(form: SurveyForm, forms, refusal: Refusal) -> None:
    """Say a refusal beside the question that it is about, or in the survey's own form."""
    head, __, rest = (refusal.field or "").partition("[")
    if head == "questions" and rest:
        refuse(forms.form_at(int(rest.partition("]")[0])), refusal)
    else:
        refuse(form, refusal)


@require_safe
@merchant_page(Right.MANAGE)
def preview(request, place, survey_id):
    """A survey as customers will see it; nothing can be sent from here."""
    found = find(place, survey_id)
    questions = list(found.questions.order_by("position"))
    language = request.GET.get("language") or translation.get_language()
    form = AnswerForm(survey=found, questions=questions, language=language, may_ask=False)
    return render(request, "surveys/preview.html", {"survey": found, "form": form, "language": language})


@require_POST
@merchant_page(Right.MANAGE)
def state(request, place, survey_id):
    """Open a survey, or close it."""
    at, found = timezone.now(), find(place, survey_id)
    if "open" in request.POST:
        act(request, lambda: making.open_(survey=found, at=at), _("The survey is open."))
        return redirect("survey_links", place.merchant.slug, found.public_id)
    act(request, lambda: making.close(survey=found, at=at), _("The survey is closed. Its answers stay."))
    return redirect("survey", place.merchant.slug, found.public_id)


@require_POST
@merchant_page(Right.MANAGE)
def copy(request, place, survey_id):
    """The same questions as a new draft."""
    made = making.copy(survey=find(place, survey_id), at=timezone.now())
    return redirect("survey_edit", place.merchant.slug, made.public_id)
