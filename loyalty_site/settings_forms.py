"""What the settings pages ask for; whether it may be so is decided by the verbs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants import shops
from customers.merchants.models import Location, Merchant, Role, Scope
from customers.merchants.money import DECIMALS
from customers.models import AttributeField
from customers.models.attributes import AttributeGroup, AttributeKind

PLACES = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def timezones(current: str) -> list[tuple[str, str]]:
    """Time zones by place, as IANA names them, with the current one whatever it is."""
    names = {name for name in shops.timezones() if name.partition("/")[0] in PLACES} | {current, "UTC"}
    return [(name, name.replace("_", " ")) for name in sorted(names)]


class ShopForm(forms.Form):
    """What the shop is called and how it counts; what history has fixed cannot be chosen any more."""

    name = forms.CharField(
        label=_("Name of the shop"), max_length=150, error_messages={"required": _("A shop needs a name.")}
    )
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        help_text=_("Two letters, such as ES. Phone numbers without a country code are read as from here."),
        error_messages={"required": _("Enter the country with two letters, such as ES.")},
        widget=forms.TextInput(attrs={"autocomplete": "country", "autocapitalize": "characters", "size": 4}),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[(code, code) for code in sorted(DECIMALS)],
        error_messages={"invalid_choice": _("Choose one of the currencies.")},
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Days, months and opening hours are counted here."),
        error_messages={"invalid_choice": _("Choose one of the time zones.")},
    )

    def __init__(self, data=None, *, merchant: Merchant, fixed: bool):
        names = ("name", "country", "currency", "timezone")
        super().__init__(data, initial={name: getattr(merchant, name) for name in names})
        self.fields["timezone"].choices = timezones(merchant.timezone)
        for name in ("currency", "timezone"):
            self.fields[name].disabled = fixed

    def clean_country(self) -> str:
        return self.cleaned_data["country"].strip().upper()


class LocationForm(forms.Form):
    """A counter by its name."""

    name = forms.CharField(
        label=_("Name of the location"),
        max_length=100,
        error_messages={"required": _("Enter a name, such as Main Street.")},
    )


def degrees(label, most: int) -> forms.DecimalField:
    """Degrees as maps write them."""
    return forms.DecimalField(
        label=label, required=False, min_value=-most, max_value=most, max_digits=9, decimal_places=6, localize=False,
        help_text=_("In degrees, as maps show them, such as 40.416775."),
        error_messages={
            "invalid": _("Enter degrees as a decimal number."),
            "max_decimal_places": _("Enter at most six decimals."),
        },
    )  # fmt: skip


class PlaceForm(LocationForm):
    """A counter by its name, and where on the map it is: segments measure distances from there."""

    latitude = degrees(_("Latitude"), 90)
    longitude = degrees(_("Longitude"), 180)

    def __init__(self, data=None, *, location: Location):
        names = ("name", "latitude", "longitude")
        super().__init__(data, initial={name: getattr(location, name) for name in names})


def roles(by) -> list[tuple[str, str]]:
    """The roles that this person may give."""
    return [(role.value, role.label) for role in Role if role != Role.OWNER or by.role == Role.OWNER]


class InviteForm(forms.Form):
    """Somebody's e-mail and what they will do here."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"required": _("Enter the e-mail of the person you invite.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        initial=Role.STAFF,
        error_messages={"invalid_choice": _("Choose one of the roles you can give.")},
    )

    def __init__(self, data=None, *, by):
        super().__init__(data)
        self.fields["role"].choices = roles(by)


class RoleForm(forms.Form):
    """Another role for somebody who works here."""

    role = forms.ChoiceField(
        label=_("Role"), error_messages={"invalid_choice": _("Choose one of the roles you can give.")}
    )

    def __init__(self, data=None, *, by, place):
        super().__init__(data, initial={"role": place.role})
        self.fields["role"].choices = roles(by)


class KeyForm(forms.Form):
    """What a key is for and how far it reaches."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What uses it, such as till 1."),
        error_messages={"required": _("Enter what the key is for, such as till 1.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=_("May"),
        initial=Scope.COUNTER,
        choices=[
            (Scope.READ, _("read: look up, nothing else")),
            (Scope.COUNTER, _("counter: look up, enrol, record purchases")),
            (Scope.MANAGE, _("manage: everything, programs too")),
        ],
        error_messages={"invalid_choice": _("Choose what the key may do.")},
    )
    location = forms.ModelChoiceField(
        label=_("Location"),
        queryset=Location.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("any location"),
        error_messages={"invalid_choice": _("Choose one of your locations.")},
    )

    def __init__(self, data=None, *, merchant: Merchant):
        super().__init__(data)
        self.fields["location"].queryset = Location.objects.for_merchant(merchant).order_by("name")


class AttributeForm(forms.Form):
    """Something that the shop wants to know of its customers."""

    label = forms.CharField(
        label=_("Name"), max_length=60, error_messages={"required": _("Enter a name, such as Shoe size.")}
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=AttributeKind.choices)
    group = forms.ChoiceField(label=_("What it tells"), choices=AttributeGroup.choices)
    choices = forms.CharField(
        label=_("Choices"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line. Only for what is chosen of some."),
    )  # fmt: skip

    def __init__(self, data=None, *, field: AttributeField | None = None):
        known = {"label": field.label, "group": field.group, "choices": "\n".join(field.choices)} if field else {}
        super().__init__(data, initial=known)
        if field:
            del self.fields["kind"]
            if not field.choices:
                del self.fields["choices"]

    def clean_choices(self) -> list[str]:
        """The choices, one on each line."""
        return self.cleaned_data["choices"].splitlines()
