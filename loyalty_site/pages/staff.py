"""Who works here: invitations, roles, and letting people go."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.merchants import pins, staff
from customers.merchants.models import Right, StaffMember
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page
from loyalty_site import mails
from loyalty_site.forms import refuse
from loyalty_site.selectors import settings as lists
from loyalty_site.settings_forms import InviteForm, RoleForm

from .accounts import site_of
from .settings import ASKED, act, done, sent


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def people(request, place):
    """Everybody who works here or is asked to; and asking one more."""
    at, form = timezone.now(), InviteForm(sent(request), by=place)
    if form.is_bound and form.is_valid() and (answer := invite(request, place, form, at)):
        return answer
    return shown(request, place, form, at)


def shown(request, place, form, at, **more):
    """The page of people; `more` is what just came of an invitation."""
    context = {"form": form, "team": lists.team(place.merchant, at=at), "at": at, **more}
    return render(request, "pages/settings_staff.html", context)


def invite(request, place, form, at):
    """Invite by mail. Where mails stay on this machine, the link is shown instead, to be passed on by hand."""
    try:
        offered = staff.invite(merchant=place.merchant, by=place, at=at, **form.cleaned_data)
    except Refusal as refusal:
        refuse(form, refusal)
        return None
    try:
        mails.send_invitation(invitation=offered, site=site_of(request), language=translation.get_language())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return shown(request, place, InviteForm(by=place), at, unsent=offered)
    if not mails.way().leaves:
        link = mails.invitation_link(offered, site=site_of(request))
        return shown(request, place, InviteForm(by=place), at, link=link, offered=offered)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": offered.email})
    return redirect("settings_staff", place.merchant.slug)


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def person(request, place, staff_id):
    """One person: another role, or no longer here."""
    found = find_or_404(places_of(place), staff_id)
    form = RoleForm(sent(request), by=place, place=found)
    if done(
        request,
        form,
        lambda: staff.change_role(place=found, role=form.cleaned_data["role"], by=place),
        _("The role is changed."),
    ):
        return redirect("settings_staff", place.merchant.slug)
    notes = lists.pin_notes(found)
    return render(
        request, "pages/settings_person.html", {"form": form, "person": found, "notes": notes, "at": timezone.now()}
    )


def places_of(place):
    """The people of the shop."""
    return StaffMember.objects.filter(merchant=place.merchant).select_related(
        "user", "merchant", "staff_card__customer"
    )


@require_POST
@merchant_page(Right.MANAGE)
def deactivate(request, place, staff_id):
    """Close the shop to somebody."""
    found = find_or_404(places_of(place), staff_id)
    said = _("%(name)s cannot open this shop any more.") % {"name": found}
    act(request, lambda: staff.deactivate(place=found, by=place), said)
    return redirect("settings_staff", place.merchant.slug)


@require_POST
@merchant_page(Right.MANAGE)
def reactivate(request, place, staff_id):
    """Let somebody in again."""
    found = find_or_404(places_of(place), staff_id)
    said = _("%(name)s can open this shop again.") % {"name": found}
    act(request, lambda: staff.reactivate(place=found, by=place), said)
    return redirect("settings_staff", place.merchant.slug)


@require_POST
@merchant_page(Right.MANAGE)
def clear_pin(request, place, staff_id):
    """Take somebody's PIN away; they choose another in their account."""
    found = find_or_404(places_of(place), staff_id)
    said = _("%(name)s has no PIN now and can choose another in their account.") % {"name": found}
    act(request, lambda: pins.clear(place=found, by=place, at=timezone.now()), said)
    return redirect("settings_person", place.merchant.slug, found.public_id)


@require_POST
@merchant_page(Right.MANAGE)
def withdraw(request, place, invitation_id):
    """Let an invitation's link end."""
    offered = find_or_404(place.merchant.invitations.all(), invitation_id)
    said = _("The invitation to %(email)s is withdrawn.") % {"email": offered.email}
    act(
        request,
        lambda: staff.withdraw(merchant=place.merchant, public_id=invitation_id, by=place, at=timezone.now()),
        said,
    )
    return redirect("settings_staff", place.merchant.slug)
