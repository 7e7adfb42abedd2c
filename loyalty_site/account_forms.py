"""What people type about themselves: how they are called and how pages look to them, and a first or new password."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Theme, User


class AccountForm(forms.ModelForm):
    """Name, language and theme of one person; nobody else's business, so there is no verb behind it."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the browser says")), *settings.LANGUAGES],
        required=False,
        error_messages={"invalid_choice": _("Choose one of the languages.")},
    )
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=Theme.choices,
        required=False,
        error_messages={"invalid_choice": _("Choose one of the themes.")},
    )

    class Meta:
        model = User
        fields = ["name", "language", "theme"]
        labels = {"name": _("Name")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class ForgottenForm(forms.Form):
    """The e-mail of somebody who cannot sign in."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail you sign in with."),
            "invalid": _("This is no e-mail address. It needs a name, an @ and a domain."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


def in_our_words(form: forms.Form) -> None:
    """Short labels and one sentence of help, instead of Django's list."""
    form.fields["new_password1"].label = _("New password")
    form.fields["new_password1"].help_text = _("At least 8 characters; no common password, nor your name or e-mail.")
    form.fields["new_password2"].label = _("The same once more")
    form.fields["new_password2"].help_text = ""


class NewPasswordForm(SetPasswordForm):
    """A new password, twice."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        in_our_words(self)


class OwnPasswordForm(PasswordChangeForm):
    """The old password, and a new one, twice."""

    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": _("This is not your present password. Check capitals, and try again."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        in_our_words(self)
        self.fields["old_password"].label = _("Present password")


class WelcomeForm(NewPasswordForm):
    """The name and first password of somebody who was invited."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        error_messages={"required": _("Enter your name, as colleagues know you.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    field_order = ["name", "new_password1", "new_password2"]
