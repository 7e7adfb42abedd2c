"""Who is asked, and by which link. A link is signed: changed by one character it leads nowhere."""

from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.activity import CustomerErased
from customers.merchants.refusals import Missing
from customers.models import Customer, Purchase

from .models import Invitation, Survey, Touchpoint

PERSONAL = signing.Signer(salt="segments.surveys.invitation")
FOR_ALL = signing.Signer(salt="segments.surveys.link")
OPEN_LINKS = (Touchpoint.WEB, Touchpoint.TILL, Touchpoint.RECEIPT, Touchpoint.PARCEL)


class UnknownLink(Missing):
    code = "unknown_link"
    message = _("This link leads to no survey. It was cut short, mistyped, or taken back.")


@transaction.atomic
def invite(
    *, survey: Survey, customer: Customer, touchpoint: str, at: datetime, purchase: Purchase | None = None
) -> tuple[Invitation, bool]:
    """Ask a customer once, in general or about a purchase; whoever was asked so keeps that invitation (False then).

    Raises CustomerErased: nobody is there to be asked.
    """
    if customer.erased_at:
        raise CustomerErased(field="customer")
    return Invitation.objects.get_or_create(
        survey=survey,
        customer=customer,
        occasion=purchase.public_id if purchase else "",
        defaults={
            "merchant_id": survey.merchant_id, "purchase": purchase, "touchpoint": touchpoint, "created_at": at,
        },
    )  # fmt: skip


def token(invitation: Invitation) -> str:
    """The word of a personal link: the same as long as it is not taken back."""
    return PERSONAL.sign(f"{invitation.public_id}.{invitation.link_version}")


def open_token(survey: Survey, touchpoint: str) -> str:
    """The word of the link for everybody at a touchpoint."""
    return FOR_ALL.sign(f"{survey.public_id}.{survey.link_version}.{touchpoint}")


def find(word: str) -> tuple[Survey, Invitation | None, str]:
    """The survey of a link, with its invitation where it is personal, and the touchpoint (one query).

    Raises UnknownLink for every other word.
    """
    try:
        if word.startswith("siv_"):
            public_id, version = PERSONAL.unsign(word).split(".")
            found = Invitation.objects.select_related("survey__merchant", "customer")
            invitation = found.get(public_id=public_id, link_version=int(version))
            return invitation.survey, invitation, invitation.touchpoint
        public_id, version, touchpoint = FOR_ALL.unsign(word).split(".")
        survey = Survey.objects.select_related("merchant").get(public_id=public_id, link_version=int(version))
    except (signing.BadSignature, Invitation.DoesNotExist, Survey.DoesNotExist) as error:
        raise UnknownLink from error
    return survey, None, touchpoint


def looked_at(*, invitation: Invitation, at: datetime) -> None:
    """Remember when it was first opened."""
    Invitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=at)


def sent(*, invitations: list[Invitation], at: datetime) -> None:
    """Remember when these went out."""
    Invitation.objects.filter(pk__in=[one.pk for one in invitations]).update(sent_at=at)


@transaction.atomic
def take_back(*, invitation: Invitation) -> Invitation:
    """End the link of an invitation; a new one can be given out at once."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    invitation.link_version += 1
    invitation.save(update_fields=["link_version"])
    return invitation
