"""What people type about alerts: from when on something is told, and a note on what was found."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rewards import watching
from rewards.models import Watch
from rewards.models.alerts import SelfCredit
from rewards.watching.thresholds import LARGEST

WHOLE = watching.InvalidThreshold.message
ASKED = {
    "customer_day": (
        _("Purchases of one customer by one person, in a day"),
        _("A regular comes once or twice a day. Four times by the same hands is worth a question."),
    ),
    "customer_week": (
        _("Purchases of one customer by one person, in a week"),
        _("Even a daily customer is served by more than one person most weeks."),
    ),
    "adjustments_day": (
        _("Adjustments by one person, in a day"),
        _("Corrections are rare. Many in a day are a fault of a program, or something else."),
    ),
    "returns_week": (
        _("Returns without a receipt by one person, in a week"),
        _("Nobody can check them, and money leaves the till."),
    ),
    "unusual_times": (
        _("Times the usual points at once"),
        _("Usual is what 95 of 100 of your newest 2,000 purchases do not exceed. From 30 purchases on it is known."),
    ),
}


class WatchForm(forms.Form):
    """What a shop watches for."""

    self_credit = forms.ChoiceField(
        label=_("When somebody gives points to their own card"),
        choices=SelfCredit.choices,
        help_text=_("It concerns people whose customer card is linked, at the counter and on these pages."),
        error_messages={"required": _("Choose what happens."), "invalid_choice": _("Choose what happens.")},
    )

    def __init__(self, data=None, *, watch: Watch):
        super().__init__(data, initial={name: getattr(watch, name) for name in ("self_credit", *watching.NUMBERS)})
        for name in watching.NUMBERS:
            label, reason = ASKED[name]
            self.fields[name] = forms.IntegerField(
                label=label,
                help_text=reason,
                min_value=0,
                max_value=LARGEST,
                localize=False,
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), WHOLE),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}),
            )


class NoteForm(forms.Form):
    """What somebody found out about an alert."""

    note = forms.CharField(max_length=300, required=False, error_messages={"max_length": watching.InvalidNote.message})
