"""A photo of a code."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ScanForm(forms.Form):
    """A picture of a card or voucher; on a phone the camera takes it at once."""

    picture = forms.FileField(
        label=_("Photo of the code"),
        error_messages={
            "required": _("Choose a photo, or take one."),
            "empty": _("This file is empty. Take the photo again."),
            "missing": _("Choose a photo, or take one."),
        },
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
