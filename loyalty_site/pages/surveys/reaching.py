"""How a survey reaches people: links, papers, the receipt, and mails."""

from django.contrib import messages
from django.http.request import split_domain_port
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.web import merchant_page
from customers.models import Audience
from loyalty_site import mails, survey_mails, tasks
from loyalty_site.pages.home import THIS_MACHINE
from loyalty_site.pages.settings import ASKED, act, done, sent
from loyalty_site.print_forms import PaperForm
from loyalty_site.survey_forms import WindowForm
from segments.surveys import invitations, making
from segments.surveys.models import Survey, Touchpoint

from .reading import find


@require_safe
@merchant_page(Right.MANAGE)
def links(request, place, survey_id):
    """Every way to this survey, each with its own link, so that results tell them apart."""
    return shown(request, place, find(place, survey_id))


def shown(request, place, found: Survey, form: WindowForm | None = None):
    """The page of ways."""
    context = {
        "survey": found,
        "links": {one.value: address(request, found, one) for one in invitations.OPEN_LINKS},
        "only_here": split_domain_port(request.get_host())[0] in THIS_MACHINE,
        "audiences": Audience.objects.for_merchant(place.merchant).order_by("name"),
        "askable": survey_mails.askable(found, None).count(),
        "form": form or WindowForm(survey=found),
        "papers": PaperForm({}, merchant=place.merchant),
        "way": mails.way(),
        "takes": found.takes(timezone.now()),
    }
    return render(request, "surveys/links.html", context)


def address(request, survey: Survey, touchpoint: str) -> str:
    """The link for everybody at a touchpoint, as this site is being asked."""
    return request.build_absolute_uri(reverse("survey_answer", args=[invitations.open_token(survey, touchpoint)]))


@require_POST
@merchant_page(Right.MANAGE)
def renew(request, place, survey_id):
    """End the links for everybody that were handed out, and make new ones."""
    found = find(place, survey_id)
    act(request, lambda: making.renew_links(survey=found), _("The links are new. Those handed out before are over."))
    return redirect("survey_links", place.merchant.slug, found.public_id)


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def window(request, place, survey_id):
    """When it closes, and whom it asks by itself."""
    found = find(place, survey_id)
    form = WindowForm(sent(request), survey=found)
    site = request.build_absolute_uri("/").rstrip("/")
    if done(
        request,
        form,
        lambda: making.update(survey=found, at=timezone.now(), site=site, **form.cleaned_data),
        _("The survey is changed."),
    ):
        return redirect("survey_links", place.merchant.slug, found.public_id)
    return shown(request, place, found, form)


@require_POST
@merchant_page(Right.MANAGE)
def mail(request, place, survey_id):
    """Ask a list, or everybody, by e-mail; the worker sends."""
    found = find(place, survey_id)
    audience = Audience.objects.for_merchant(place.merchant).filter(public_id=request.POST.get("audience", "")).first()
    people = survey_mails.askable(found, audience).count()
    if not found.takes(timezone.now()):
        messages.error(request, str(making.NotOpen.message))
    elif not people:
        messages.error(request, _("Nobody there agreed to mails and has not been asked yet."))
    else:
        site = request.build_absolute_uri("/").rstrip("/")
        tasks.mail_survey.enqueue(found.pk, audience and audience.pk, site)
        messages.success(request, _("%(people)s mails are on their way.") % {"people": people})
    return redirect("survey_links", place.merchant.slug, found.public_id)


@require_safe
@merchant_page(Right.MANAGE)
def poster(request, place, survey_id):
    """A poster for the counter."""
    return paper(request, place, survey_id, Touchpoint.TILL, "print/survey_poster.html")


@require_safe
@merchant_page(Right.MANAGE)
def insert(request, place, survey_id):
    """Small sheets to cut, for parcels and bags."""
    return paper(request, place, survey_id, Touchpoint.PARCEL, "print/survey_insert.html")


def paper(request, place, survey_id, touchpoint: str, template: str):
    """One of the papers, as the address asks for it."""
    found = find(place, survey_id)
    chosen = PaperForm(request.GET, merchant=place.merchant).chosen()
    back = reverse("survey_links", args=[place.merchant.slug, found.public_id])
    sheet = {**chosen, "code": address(request, found, touchpoint), "each": range(4)}
    return render(request, template, {"survey": found, "merchant": place.merchant, "sheet": sheet, "back": back})
