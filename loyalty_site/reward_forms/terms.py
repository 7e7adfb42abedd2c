"""A reward as one fills it in: what it gives, what it costs, how many, when, for whom, and what it looks like."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Refusal
from customers.models import Audience
from loyalty_site.forms import decimal_mark, read_amount
from loyalty_site.program_forms import words
from rewards.catalog.pictures import MOST_BYTES, InvalidPicture
from rewards.catalog.terms import LARGEST_COST, LARGEST_COUNT, LONGEST_LIFE, tier_names
from rewards.models import Program, Reward
from rewards.models.programs import Kind
from rewards.models.rewards import LimitPeriod

from . import benefits
from .benefits import BenefitForm, money, whole

MOMENT = "%Y-%m-%dT%H:%M"
MANY = {"tiers", "early_tiers"}
PLACES = {
    **benefits.PLACES,
    "limits.per_customer": "per_customer",
    "limits.period": "limit_period",
    "early_access.starts_at": "early_at",
    "early_access.tiers": "early_tiers",
}


def moment(label, **more) -> forms.DateTimeField:
    """A day and time at the shop."""
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=[MOMENT, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
        error_messages={"invalid": _("Write day and time, for example 2026-05-01 09:00.")},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "placeholder": "2026-05-01 09:00"}, format=MOMENT),
        **more,
    )


class RewardForm(BenefitForm):
    """The terms of a reward of one program."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("As customers read it in the menu."),
        error_messages={"required": _("Give the reward a name, such as A coffee.")},
    )
    description = forms.CharField(
        label=_("A few words more"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    cost = forms.CharField(max_length=20, error_messages={"required": _("What does it cost? 0 for nothing.")})
    stock = whole(0, LARGEST_COUNT, label=_("How many are there"), help_text=_("Left empty, there is no end."))
    per_customer = whole(
        1, LARGEST_COUNT, label=_("At most for each customer"), help_text=_("Left empty, as often as they like.")
    )
    limit_period = forms.ChoiceField(
        label=_("Counted over"),
        choices=[(one.value, one.label) for one in LimitPeriod],
        initial=LimitPeriod.EVER,
        required=False,
    )
    starts_at = moment(_("From"), help_text=_("Left empty, from now on."))
    ends_at = moment(_("Until"), help_text=_("Left empty, until you withdraw it."))
    tiers = forms.MultipleChoiceField(
        label=_("Only for"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose tiers of this program.")},
    )  # fmt: skip
    early_tiers = forms.MultipleChoiceField(
        label=_("Earlier for"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose tiers of this program.")},
    )  # fmt: skip
    early_at = moment(_("Early access from"), help_text=_("Before everybody's start."))
    audience = forms.ModelChoiceField(
        label=_("Only for the list"), queryset=Audience.objects.none(), to_field_name="public_id", required=False,
        empty_label=_("everybody"), error_messages={"invalid_choice": _("Choose one of your lists.")},
    )  # fmt: skip
    unit_cost = money(help_text=_("What you pay for one. Only you see it."))
    perceived_value = money(help_text=_("What a customer would pay for it elsewhere. Only you see it."))
    voucher_days = whole(
        1, LONGEST_LIFE, label=_("Days to use it after redeeming"), help_text=_("Left empty, it does not expire.")
    )
    picture = forms.FileField(
        label=_("Picture"), required=False, allow_empty_file=True,
        help_text=_("JPEG, PNG, WebP or GIF, up to 8 MB. It is kept small, without the place and camera."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )  # fmt: skip
    picture_description = forms.CharField(
        label=_("What the picture shows"), required=False, max_length=200,
        help_text=_("Read aloud to those who do not see it."),
    )  # fmt: skip
    no_picture = forms.BooleanField(label=_("Without this picture"), required=False)

    def __init__(
        self, data=None, files=None, *, program: Program, reward: Reward | None = None, asked: dict | None = None
    ):
        """`asked` is what was typed so far, while a kind is chosen: nothing of it is judged yet."""
        self.program, self.reward = program, reward
        initial = asked or (filled_in(reward) if reward else {})
        super().__init__(data, files, merchant=program.merchant, initial=initial)
        currency = {"currency": program.merchant.currency}
        self.fields["unit_cost"].label = _("Costs the shop, in %(currency)s") % currency
        self.fields["perceived_value"].label = _("Worth to the customer, in %(currency)s") % currency
        cash = program.kind == Kind.CASHBACK
        self.fields["cost"].label = _("Cost, in %(unit)s") % {"unit": program.unit}
        self.fields["cost"].widget = benefits.MONEY if cash else benefits.COUNT
        names = [(name, name) for name in tier_names(program)]
        for name in ("tiers", "early_tiers"):
            self.fields[name].choices = names
        lists = Audience.objects.for_merchant(program.merchant).exclude(segment__archived_at__isnull=False)
        self.fields["audience"].queryset = lists.order_by("name")
        if program.kind == Kind.MEMBERSHIP:
            del self.fields["cost"]
        self.leave_out(tiers=bool(names))

    def leave_out(self, *, tiers: bool) -> None:
        """Ask for nothing that the shop does not have: tiers, lists, a picture to take away."""
        unasked = [] if tiers else ["tiers", "early_tiers", "early_at"]
        if not self.fields["audience"].queryset.exists():
            unasked.append("audience")
        if not (self.reward and hasattr(self.reward, "picture")):
            unasked.append("no_picture")
        for name in unasked:
            del self.fields[name]

    def clean_cost(self) -> int:
        text = self.cleaned_data["cost"].strip()
        if self.program.kind == Kind.CASHBACK:
            return read_amount(text, self.merchant.currency, decimal_mark(self.merchant))
        if not (text.isascii() and text.isdecimal()) or int(text) > LARGEST_COST:
            raise forms.ValidationError(_("Write a whole number, for example 150; 0 for nothing."))
        return int(text)

    def clean_unit_cost(self) -> int | None:
        return self.read_money("unit_cost")

    def clean_perceived_value(self) -> int | None:
        return self.read_money("perceived_value")

    def clean_picture(self) -> bytes | None:
        """What was sent, as far as a picture may be large."""
        sent = self.cleaned_data["picture"]
        if sent and sent.size > MOST_BYTES:
            raise forms.ValidationError(_("This picture is larger than 8 MB. Choose a smaller one."))
        return sent.read() if sent else None

    def clean(self):
        self.check_benefit()
        return self.cleaned_data

    def terms(self) -> dict:
        """The terms of a valid form, as the catalog takes them; what was not asked stays."""
        typed = self.cleaned_data
        plain = ("name", "description", "stock", "per_customer", "starts_at", "ends_at", "unit_cost")
        plain += ("perceived_value", "voucher_days", "tiers", "early_tiers", "early_at", "audience")
        period = typed["limit_period"] or LimitPeriod.EVER
        return {
            "benefit": self.benefit(),
            "cost": typed.get("cost", 0),
            "limit_period": period if typed["per_customer"] else LimitPeriod.EVER,
            **{name: typed[name] for name in plain if name in self.fields},
        }

    def picture_asked(self) -> dict:
        """What a valid form says of the picture."""
        typed = self.cleaned_data
        return {
            "content": typed["picture"],
            "description": typed["picture_description"],
            "none": bool(typed.get("no_picture")),
        }

    def place_of(self, refusal: Refusal) -> str | None:
        """The field that a refusal is about."""
        if isinstance(refusal, InvalidPicture):
            return refusal.field
        return PLACES.get(refusal.field, refusal.field)


def so_far(data) -> dict:
    """What was typed so far, to be shown again."""
    return {name: data.getlist(name) if name in MANY else data.get(name) for name in data}


def filled_in(reward: Reward) -> dict:
    """A reward as it would be typed."""
    merchant, cash = reward.merchant, reward.program.kind == Kind.CASHBACK

    def typed(minor: int | None) -> str:
        return "" if minor is None else words.amount(minor, merchant)

    plain = ("name", "description", "stock", "per_customer", "limit_period", "tiers", "early_tiers", "voucher_days")
    return {
        **benefits.filled(reward.benefit, merchant),
        **{name: getattr(reward, name) for name in plain},
        **{name: local(getattr(reward, name)) for name in ("starts_at", "ends_at", "early_at")},
        "cost": typed(reward.cost) if cash else reward.cost,
        "unit_cost": typed(reward.unit_cost),
        "perceived_value": typed(reward.perceived_value),
        "audience": reward.audience and reward.audience.public_id,
        "picture_description": reward.picture.description if hasattr(reward, "picture") else "",
    }


def local(at: datetime | None) -> datetime | None:
    """A moment on the shop's clock, as the field writes it."""
    return at and timezone.localtime(at).replace(tzinfo=None)
