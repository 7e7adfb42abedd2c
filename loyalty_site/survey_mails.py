"""Mails about surveys: to customers who agreed to mails, and answers to those who asked for one."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict
from customers.models import Audience, Consent, Customer, Purchase
from loyalty_site import mails
from loyalty_site.people_forms import MARKETING
from segments.surveys import follow_ups, invitations
from segments.surveys.models import FollowUp, Invitation, Response, Stage, Survey, Touchpoint
from segments.surveys.wording import spoken

AT_ONCE = 500
LATEST = timedelta(days=14)  # a purchase that nobody was asked about for so long is let go


class MayNotMail(Conflict):
    code = "may_not_mail"
    message = _("This customer did not agree to be answered by e-mail. Call them, or tell them at the counter.")


def agreed(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Those with an e-mail whose newest word on mails with news is yes."""
    newest = Consent.objects.filter(customer=OuterRef("pk"), channel="email", purpose=MARKETING)
    newest = newest.order_by("-recorded_at", "-pk").values("granted")[:1]
    return customers.filter(email__isnull=False).annotate(mails=Subquery(newest)).filter(mails=True)


def askable(survey: Survey, audience: Audience | None) -> QuerySet[Customer]:
    """Whom a survey may still ask by e-mail: of a list or of everybody, agreed, and not asked yet in general."""
    people = Customer.objects.for_merchant(survey.merchant)
    if audience:
        people = people.filter(pk__in=audience.members.now().values("customer"))
    asked = Invitation.objects.filter(survey=survey, customer=OuterRef("pk"), occasion="", sent_at__isnull=False)
    return agreed(people).filter(~Exists(asked))


def ask(*, survey: Survey, customer: Customer, site: str, at: datetime, purchase: Purchase | None = None) -> None:
    """Invite a customer and send the link; raises NotSent, and then the invitation stands unsent."""
    invitation, __ = invitations.invite(
        survey=survey, customer=customer, touchpoint=Touchpoint.EMAIL, at=at, purchase=purchase
    )
    language = customer.language or survey.language
    link = site + reverse("survey_answer", args=[invitations.token(invitation)])
    intro = spoken(survey.intro, language, survey.language)
    mails.send(
        "survey", to=customer.email, language=language, survey=survey, merchant=survey.merchant, link=link, intro=intro,
        name=customer.name,
    )  # fmt: skip
    invitations.sent(invitations=[invitation], at=at)


def ask_all(*, survey: Survey, audience: Audience | None, site: str, at: datetime) -> int:
    """Ask everybody who may be asked; returns how many mails went out. May be repeated: nobody is asked twice."""
    sent = 0
    for customer in askable(survey, audience).order_by("pk").iterator(chunk_size=AT_ONCE):
        ask(survey=survey, customer=customer, site=site, at=at)
        sent += 1
    return sent


def ask_buyers(*, at: datetime) -> int:
    """After purchases, where a survey says so: ask whoever agreed, and was not asked lately. May be repeated."""
    waiting = Survey.objects.taking(at).filter(send_after_hours__isnull=False).exclude(site="")
    return sum(ask_buyers_of(survey, at=at) for survey in waiting.select_related("merchant"))


def ask_buyers_of(survey: Survey, *, at: datetime) -> int:
    """One survey's purchases that are due."""
    due = at - timedelta(hours=survey.send_after_hours)
    begun = max(survey.opened_at, at - LATEST)
    bought = Purchase.objects.for_merchant(survey.merchant).counted()
    asked = Invitation.objects.filter(
        survey=survey, customer=OuterRef("customer"), occasion=OuterRef("public_id"), sent_at__isnull=False
    )
    bought = bought.filter(~Exists(asked), occurred_at__gt=begun, occurred_at__lte=due).order_by("occurred_at", "pk")
    lately = at - timedelta(days=survey.rest_days)
    rested = Invitation.objects.filter(customer=OuterRef("pk"), sent_at__gt=lately)
    people = agreed(Customer.objects.for_merchant(survey.merchant)).filter(~Exists(rested))
    chosen = {one.customer_id: one for one in bought.filter(customer__in=people)}  # the last of each
    found = Customer.objects.for_merchant(survey.merchant).filter(pk__among=set(chosen)).order_by("pk")
    for customer in found:
        ask(survey=survey, customer=customer, site=survey.site, at=at, purchase=chosen[customer.pk])
    return len(chosen)


def may_be_answered(responses: Iterable[Response]) -> set[int]:
    """The responses (primary keys) whose customer has an e-mail and agreed to be answered, or to mails (one query)."""
    responses = list(responses)
    people = Customer.objects.filter(pk__in=[one.customer_id for one in responses])
    open_to_mails = set(agreed(people).values_list("pk", flat=True))
    return {
        one.pk
        for one in responses
        if one.customer_id in open_to_mails or one.may_answer and one.customer and one.customer.email
    }


def answer(*, follow_up: FollowUp, text: str) -> None:
    """Tell a customer what is done about what they said; raises Settled, MayNotMail, NotSent."""
    if follow_up.stage == Stage.CLOSED:
        raise follow_ups.Settled
    response, customer = follow_up.response, follow_up.customer
    if response.pk not in may_be_answered([response]):
        raise MayNotMail(field="how")
    mails.send(
        "survey_answer", to=customer.email, language=customer.language or response.language, text=text.strip(),
        survey=response.survey, merchant=response.survey.merchant, name=customer.name,
    )  # fmt: skip
