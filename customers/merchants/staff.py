"""Who works at the shop: invited by mail, given a role, and let go again.

Whoever changes people names the person that does it (`by`): only an owner makes or unmakes owners, and a shop always
keeps one. Changes of one shop wait for each other, so that two owners cannot let each other go.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from . import shops
from .models import Invitation, Merchant, Role, StaffMember, User
from .refusals import Conflict, Forbidden, Invalid, Missing

LIFE = timedelta(days=7)
SIGNER = signing.Signer(salt="customers.merchants.invitation")


class OnlyOwners(Forbidden):
    code = "only_owners"
    message = _("Only an owner can make somebody an owner, or change one. Ask an owner of the shop.")


class LastOwner(Conflict):
    code = "last_owner"
    message = _("This is the only owner. Make somebody else an owner first.")


class HereAlready(Conflict):
    code = "here_already"
    message = _("This person works here already. Change the role in the list.")


class InvitationOver(Conflict):
    code = "invitation_over"
    message = _("This invitation was used, replaced or withdrawn, or its seven days are over. Ask for a new one.")


class SwitchedOff(Conflict):
    code = "switched_off"
    message = _("The login with this e-mail is switched off. Ask whoever runs this site.")


@transaction.atomic
def invite(*, merchant: Merchant, email: str, role: str, by: StaffMember, at: datetime) -> Invitation:
    """Offer a place for seven days; an open invitation of the same address is replaced, and its link ends.

    Raises Invalid for an e-mail or role that cannot be, OnlyOwners, HereAlready.
    """
    email = email.strip()
    shops.check_email(email, field="email")
    check_role(role)
    lock(merchant)
    if role == Role.OWNER:
        require_owner(by)
    if StaffMember.objects.filter(merchant=merchant, user__email__iexact=email, is_active=True).exists():
        raise HereAlready(field="email")
    refuse_if_owner(merchant, email, by)
    waiting = Invitation.objects.for_merchant(merchant).waiting()
    waiting.filter(email__iexact=email).update(withdrawn_at=at)
    return Invitation.objects.create(
        merchant=merchant, email=email, role=role, invited_by=by, created_at=at, expires_at=at + LIFE
    )


def refuse_if_owner(merchant: Merchant, email: str, by: StaffMember) -> None:
    """An owner who was let go comes back by an owner's word only."""
    if StaffMember.objects.filter(merchant=merchant, user__email__iexact=email, role=Role.OWNER).exists():
        require_owner(by)


def token(invitation: Invitation) -> str:
    """The signed word for the link; it says nothing by itself."""
    return SIGNER.sign(invitation.public_id)


def find_invitation(word: str, *, at: datetime) -> Invitation:
    """The open invitation of a signed word; raises InvitationOver for any other (one query)."""
    try:
        public_id = SIGNER.unsign(word)
    except signing.BadSignature as error:
        raise InvitationOver from error
    found = Invitation.objects.waiting().select_related("merchant", "invited_by__user")
    invitation = found.filter(public_id=public_id, expires_at__gt=at).first()
    if invitation is None:
        raise InvitationOver
    return invitation


def invited_user(invitation: Invitation) -> User | None:
    """The person who signs in with that address already, if any (one query)."""
    return User.objects.filter(email__iexact=invitation.email).first()


def newcomer(invitation: Invitation) -> User:
    """The person an invitation would make, not stored: passwords are checked against who chooses them."""
    return User(email=User.objects.normalize_email(invitation.email))


@transaction.atomic
def accept(
    *, invitation: Invitation, at: datetime, name: str | None = None, password: str | None = None
) -> StaffMember:
    """Take the offered place. Somebody new needs a checked name and password; those of others stay as they are.

    Raises InvitationOver, also for the second of two clicks, SwitchedOff for a login that may not be used.
    """
    lock(invitation.merchant)
    open_still = Invitation.objects.waiting().filter(pk=invitation.pk, expires_at__gt=at)
    if not open_still.update(accepted_at=at):
        raise InvitationOver
    user = invited_user(invitation)
    if user is not None and not user.is_active:
        raise SwitchedOff
    if user is None or not user.has_usable_password():
        user = settle_login(user or newcomer(invitation), name, password)
    place, __ = StaffMember.objects.update_or_create(
        merchant=invitation.merchant, user=user, defaults={"role": invitation.role, "is_active": True}
    )
    return place


def settle_login(user: User, name: str | None, password: str | None) -> User:
    """The login of somebody who never had a password: their name and first password."""
    if not password:
        raise Invalid(_("Choose a password."), field="new_password1")
    user.name = (name or "").strip() or user.name
    user.set_password(password)
    user.save()
    return user


@transaction.atomic
def withdraw(*, merchant: Merchant, public_id: str, by: StaffMember, at: datetime) -> Invitation:
    """End an open invitation; raises Missing when it is not open any more, OnlyOwners for one to an owner's place."""
    waiting = Invitation.objects.for_merchant(merchant).waiting().select_for_update()
    invitation = waiting.filter(public_id=public_id).first()
    if invitation is None:
        raise Missing(_("This invitation is not open any more."))
    if invitation.role == Role.OWNER:
        require_owner(by)
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    return invitation


def change_role(*, place: StaffMember, role: str, by: StaffMember) -> StaffMember:
    """Give somebody another role; raises OnlyOwners, LastOwner, Invalid."""
    check_role(role)
    return change(place=place, by=by, role=role)


def deactivate(*, place: StaffMember, by: StaffMember) -> StaffMember:
    """Close the shop to somebody at once; what they did keeps their name. Raises OnlyOwners, LastOwner."""
    return change(place=place, by=by, is_active=False)


def reactivate(*, place: StaffMember, by: StaffMember) -> StaffMember:
    """Let somebody in again, in the role they had; raises OnlyOwners."""
    return change(place=place, by=by, is_active=True)


@transaction.atomic
def change(*, place: StaffMember, by: StaffMember, **fields) -> StaffMember:
    """Change a place under the shop's lock, after the rules for owners."""
    lock(place.merchant)
    place = StaffMember.objects.select_related("merchant", "user").get(pk=place.pk)
    was_owner, role = place.role == Role.OWNER, fields.get("role", place.role)
    if was_owner or role == Role.OWNER:
        require_owner(by)
    stays = role == Role.OWNER and fields.get("is_active", place.is_active)
    if was_owner and place.is_active and not stays:
        keep_an_owner(place)
    for name, value in fields.items():
        setattr(place, name, value)
    place.save(update_fields=list(fields))
    return place


def lock(merchant: Merchant) -> None:
    """Changes of a shop's people happen one after the other; tills, which only refer to the shop, go on."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)


def check_role(role: str) -> None:
    """Refuse a role that does not exist."""
    if role not in Role.values:
        raise Invalid(_("Choose one of the four roles."), field="role")


def require_owner(by: StaffMember) -> None:
    """Owners are the business of owners: read again under the lock, for they may be one no longer."""
    if not StaffMember.objects.filter(pk=by.pk, merchant=by.merchant_id, role=Role.OWNER, is_active=True).exists():
        raise OnlyOwners(field="role")


def keep_an_owner(place: StaffMember) -> None:
    """Refuse to let the last owner go who can still sign in."""
    others = StaffMember.objects.filter(merchant=place.merchant_id, role=Role.OWNER, is_active=True)
    if not others.filter(user__is_active=True).exclude(pk=place.pk).exists():
        raise LastOwner(field="role")
