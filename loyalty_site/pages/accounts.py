"""A person's own pages: signing in, a forgotten password, an invitation, how pages look."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.contrib.messages.views import SuccessMessageMixin
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from customers.merchants import staff
from customers.merchants.refusals import Refusal
from customers.merchants.web import signed_in
from loyalty_site import tasks
from loyalty_site.account_forms import AccountForm, ForgottenForm, NewPasswordForm, OwnPasswordForm, WelcomeForm
from loyalty_site.forms import refuse
from loyalty_site.selectors import settings as settings_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
ASKED = ["GET", "HEAD", "POST"]


def site_of(request) -> str:
    """The address under which this site is being asked, for links in mails; only allowed hosts get this far."""
    return f"{request.scheme}://{request.get_host()}"


@require_http_methods(ASKED)
@signed_in
def account(request):
    """How I am called, and how pages look to me."""
    form = AccountForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        return remember(request, form)
    return render(request, "accounts/account.html", {"form": form, "places": settings_of.serving(request.user)})


def remember(request, form):
    """Keep what a valid form says; the language of the browser's cookie must not speak against it."""
    person = form.save()
    translation.activate(person.language or translation.get_language_from_request(browser_only(request)))
    messages.success(request, _("Kept."))
    response = redirect("account")
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def browser_only(request):
    """The request as if no language had been clicked before."""
    request.COOKIES.pop(settings.LANGUAGE_COOKIE_NAME, None)
    return request


class PasswordChange(SuccessMessageMixin, PasswordChangeView):
    """A new password by somebody who knows the old one; other devices are signed out."""

    template_name = "accounts/password_change.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("account")
    success_message = gettext_lazy("Your password is changed. Other devices have to sign in again.")


password_change = signed_in(PasswordChange.as_view())


@require_http_methods(ASKED)
def forgotten(request):
    """Ask for a link to a new password. The answer is the same, and as quick, whether anybody signs in so or not."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        tasks.send_password_link.enqueue(email, site_of(request), translation.get_language())
        return redirect("password_reset_done")
    return render(request, "accounts/password_forgotten.html", {"form": form})


@require_safe
def link_sent(request):
    """What to do now that the mail is on its way, if there is one."""
    return render(request, "accounts/password_sent.html")


class NewPassword(SuccessMessageMixin, PasswordResetConfirmView):
    """The page behind the mailed link: a new password, and in."""

    template_name = "accounts/password_new.html"
    form_class = NewPasswordForm
    post_reset_login = True
    post_reset_login_backend = BACKEND
    success_url = reverse_lazy("front")
    success_message = gettext_lazy("Your new password works. You are signed in.")


new_password = NewPassword.as_view()


@require_http_methods(ASKED)
@never_cache
def invitation(request, token):
    """The page behind an invitation: a name and a password for somebody new, one click for somebody who has them."""
    at = timezone.now()
    try:
        offered = staff.find_invitation(token, at=at)
    except Refusal as refusal:
        return render(request, "accounts/invitation_over.html", {"refusal": refusal}, status=410)
    known = staff.invited_user(offered)
    form = welcome(request, offered, known)
    if request.method == "POST" and (form is None or form.is_valid()):
        return take_place(request, offered, form, at)
    return render(request, "accounts/invitation.html", {"invitation": offered, "form": form, "known": known})


def welcome(request, offered, known) -> WelcomeForm | None:
    """The form for whoever has no password yet; None for somebody who signs in already."""
    if known is not None and known.has_usable_password():
        return None
    person = known or staff.newcomer(offered)
    return WelcomeForm(person, request.POST if request.method == "POST" else None, initial={"name": person.name})


def take_place(request, offered, form, at):
    """Accept, sign in somebody new, and go to the shop."""
    chosen = {"name": form.cleaned_data["name"], "password": form.cleaned_data["new_password1"]} if form else {}
    try:
        place = staff.accept(invitation=offered, at=at, **chosen)
    except Refusal as refusal:
        if form is None:
            return render(request, "accounts/invitation_over.html", {"refusal": refusal}, status=410)
        refuse(form, refusal)
        return render(request, "accounts/invitation.html", {"invitation": offered, "form": form, "known": None})
    if form is not None:
        login(request, place.user, backend=BACKEND)
    messages.success(request, _("Welcome to %(shop)s.") % {"shop": place.merchant.name})
    return redirect("home", slug=place.merchant.slug)
