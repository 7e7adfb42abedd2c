"""Mails to people who work here: plain text, in the language of whoever reads them, with links under the given address.

A mail's template begins with its subject; a line of dashes ends it.
"""

import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants import passwords, staff
from customers.merchants.models import Invitation, User
from customers.merchants.refusals import Refusal
from loyalty_site.selectors.monthly import Monthly
from segments.models import ReportReader

END_OF_SUBJECT = "\n---\n"


class NotSent(Refusal):
    """The mail server would not have it; the sentence carries what it said."""

    kind = "busy"
    code = "mail_not_sent"
    retryable = True
    message = gettext_lazy("The mail was not sent. %(answer)s")


def send(template: str, *, to: str, language: str, html: bool = False, **words) -> None:
    """Write a mail and give it to the mail server; raises NotSent with the server's answer.

    With `html` there is a template for the same in HTML too.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        text = render_to_string(f"mails/{template}.txt", words)
        marked_up = render_to_string(f"mails/{template}.html", words) if html else None
    subject, __, body = text.partition(END_OF_SUBJECT)
    mail = EmailMultiAlternatives(" ".join(subject.split()), body.strip() + "\n", to=[to])
    if marked_up:
        mail.attach_alternative(marked_up, "text/html")
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(values={"answer": answer(error)}) from error


def answer(error: Exception) -> str:
    """What the mail server said, or what kept us from hearing it, and what to do."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        error = smtplib.SMTPResponseException(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("The mail server refuses the name and password of EMAIL_URL: %(said)s") % {"said": said(error)}
    if isinstance(error, smtplib.SMTPResponseException):
        return _("The mail server answered: %(said)s") % {"said": said(error)}
    if isinstance(error, TimeoutError):
        return _("The mail server does not answer in time. Check host and port in EMAIL_URL.")
    if isinstance(error, ConnectionRefusedError):
        return _("Nobody listens there. Check host and port in EMAIL_URL.")
    return _("The mail server cannot be reached: %(said)s. Check EMAIL_URL.") % {"said": error}


def said(error: smtplib.SMTPResponseException) -> str:
    """The server's own words with their number."""
    words = error.smtp_error
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return f"{error.smtp_code} {' '.join(text.split())}"


@dataclass(frozen=True)
class Way:
    """Where mails go: to a mail server, or only to the console of whoever runs this site."""

    leaves: bool
    server: str = ""
    sender: str = ""


def way() -> Way:
    """Where mails go by the settings, on any Django we run on."""
    mailer = getattr(settings, "MAILERS", {}).get("default", {})
    backend = mailer.get("BACKEND") or settings.EMAIL_BACKEND
    given = mailer.get("OPTIONS", {})
    host = given.get("host") or getattr(settings, "EMAIL_HOST", "") if "smtp" in backend else ""
    port = given.get("port") or getattr(settings, "EMAIL_PORT", "") if host else ""
    leaves = not any(word in backend for word in ("console", "filebased", "dummy"))
    return Way(leaves, f"{host}:{port}" if port else host, settings.DEFAULT_FROM_EMAIL)


def send_password_link(*, email: str, site: str, language: str) -> None:
    """Mail the link to set a new password to whoever signs in with this e-mail; nothing when nobody does."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is not None:
        link = site + passwords.path(user)
        send("password", to=user.email, language=user.language or language, link=link, user=user)


def invitation_link(invitation: Invitation, *, site: str) -> str:
    """The address under which an invitation is accepted."""
    return site + reverse("invitation", args=[staff.token(invitation)])


def send_invitation(*, invitation: Invitation, site: str, language: str) -> None:
    """Mail an invitation in the language the address reads, or that of whoever invites; raises NotSent."""
    known = staff.invited_user(invitation)
    link = invitation_link(invitation, site=site)
    spoken = known.language if known and known.language else language
    send("invitation", to=invitation.email, language=spoken, invitation=invitation, link=link, known=known)


def send_monthly(*, reader: ReportReader, report: Monthly, language: str) -> None:
    """Mail the report of a month, in plain text and simple HTML; raises NotSent."""
    slug, site = reader.merchant.slug, reader.site.rstrip("/")
    send(
        "monthly",
        to=reader.place.user.email,
        language=language,
        html=True,
        shop=reader.merchant,
        report=report,
        page=f"{site}{reverse('retention', args=[slug])}",
        switch=f"{site}{reverse('monthly', args=[slug])}?month={report.month:%Y-%m}#switch",
    )


def send_test(*, user: User, shop: str, language: str) -> None:
    """A mail to oneself, to see whether mails arrive; raises NotSent."""
    send("test", to=user.email, language=language, shop=shop, user=user)
