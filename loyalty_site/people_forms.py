"""A customer's card as people fill it in, and the small forms around the list of customers."""

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from customers import attributes, identity, profiles, words
from customers.merchants.models import Right, StaffMember
from customers.models import Customer
from customers.models.attributes import AttributeGroup, AttributeKind

CHANNELS = [
    ("email", _("E-mail")),
    ("sms", _("SMS")),
    ("messenger", _("Messenger")),
    ("phone", _("Phone")),
    ("post", _("Post")),
]
# What people are asked when they join, by themselves or at the counter.
ASKED = {"sms": _("by text message"), "email": _("by e-mail"), "messenger": _("by WhatsApp or another messenger")}
MARKETING = "marketing"
PURPOSES = {MARKETING: _("News and offers"), "reminders": _("Points and reminders")}
CONTACTS = ("phone", "email")
PLAIN = ("name", "phone", "email", "external_id", "card_code", "language", "city", "postal_code", "country", "notes")
LONGEST_LINE, MOST_LINES = 200, 100


def lines(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def asked(field) -> forms.Field:
    """A field for an attribute of the shop; what it takes is checked by `attributes.value`."""
    how = {"label": field.label, "required": False}
    if field.kind == AttributeKind.CHOICE:
        return forms.CharField(**how, widget=forms.Select(choices=[("", "–"), *((one, one) for one in field.choices)]))
    if field.kind == AttributeKind.TAGS:
        choices = [(one, one) for one in field.choices]
        return forms.MultipleChoiceField(**how, choices=choices, widget=forms.CheckboxSelectMultiple)
    if field.kind == AttributeKind.DATE:
        return forms.CharField(**how, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    return forms.CharField(**how, max_length=attributes.LONGEST_TEXT)


class CardForm(forms.Form):
    """Who somebody is. To those who see contacts masked, an empty phone or e-mail means: leave it as it is."""

    name = forms.CharField(label=_("Name"), max_length=300, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    birthday_day = forms.TypedChoiceField(
        label=_("Birthday: day"), required=False, coerce=int, empty_value=None,
        choices=[("", "–"), *((day, day) for day in range(1, 32))],
    )  # fmt: skip
    birthday_month = forms.TypedChoiceField(
        label=_("Birthday: month"), required=False, coerce=int, empty_value=None,
        choices=[("", "–"), *MONTHS.items()],
    )  # fmt: skip
    birth_year = forms.IntegerField(
        label=_("Year of birth"), min_value=1900, max_value=2100, required=False, localize=False
    )
    language = forms.CharField(
        label=_("Language"), max_length=8, required=False, help_text=_("As a short code, such as en or es.")
    )
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    country = forms.RegexField(
        "^[A-Za-z]{2}$", label=_("Country"), required=False, help_text=_("Two letters, such as ES."),
        error_messages={"invalid": _("Write the country with two letters, such as ES.")},
    )  # fmt: skip
    preferences = forms.CharField(
        label=_("Preferences"), required=False, max_length=LONGEST_LINE * MOST_LINES,
        help_text=_("One on each line, such as: oat milk. The counter shows them."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What colleagues should know. The counter shows them, so write what the customer may read."),
    )  # fmt: skip
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=1000, help_text=_("Separated by commas, such as: regular, press.")
    )
    attributes = forms.CharField(
        label=_("More facts"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line with a colon, such as: shoe size: 42."),
    )  # fmt: skip
    external_id = forms.CharField(label=_("Id in your system"), max_length=100, required=False)
    card_code = forms.CharField(
        label=_("Card code"), max_length=100, required=False, help_text=_("Left empty, a new card gets one by itself.")
    )

    def __init__(
        self, data=None, *, place: StaffMember, customer: Customer | None = None, standing: dict | None = None
    ):
        self.place, self.customer, self.standing = place, customer, standing or {}
        self.masks = customer is not None and not place.may(Right.REPORTS)
        self.defined = attributes.defined(place.merchant)
        super().__init__(data, initial=self.known() if customer else {})
        if self.masks:
            self.mask()
        self.fields |= {f"fact-{key}": asked(field) for key, field in self.defined.items()}
        for channel, __ in CHANNELS:
            for purpose in self.purposes():
                self.fields[f"consent-{channel}-{purpose}"] = self.consent(self.standing.get((channel, purpose)))

    def known(self) -> dict:
        """The card as the form shows it."""
        card = self.customer
        month, __, day = card.birthday.partition("-")
        facts = card.attributes if isinstance(card.attributes, dict) else {}
        return {
            **{name: getattr(card, name) or "" for name in PLAIN if not (self.masks and name in CONTACTS)},
            "birthday_day": int(day) if day else "",
            "birthday_month": int(month) if month else "",
            "birth_year": card.birth_year,
            "preferences": "\n".join(str(one) for one in card.preferences),
            "tags": ", ".join(words.tags(facts)),
            **{f"fact-{key}": facts.get(key) for key in self.defined},
            "attributes": "\n".join(f"{name}: {value}" for name, value in facts.items() if self.simple(name, value)),
        }

    def mask(self) -> None:
        """Say what is kept without showing it."""
        shown = {"phone": identity.mask_phone(self.customer.phone), "email": identity.mask_email(self.customer.email)}
        for name in CONTACTS:
            if shown[name]:
                self.fields[name].widget.attrs["placeholder"] = shown[name]
                self.fields[name].help_text = _("Left empty, it stays as it is.")

    def simple(self, name: str, value) -> bool:
        """Whether a fact fits on a line; what has its own field does not, nor what an API client keeps as it likes."""
        return name != "tags" and ":" not in name and isinstance(value, (str, int, float)) and name not in self.defined

    def fact_groups(self) -> list[tuple]:
        """The fields of the shop's attributes by what they tell of a person."""
        found = {group: [] for group in AttributeGroup}
        for key, field in self.defined.items():
            found[AttributeGroup(field.group)].append(self[f"fact-{key}"])
        return [(group.label, fields) for group, fields in found.items() if fields]

    def consent(self, granted: bool | None) -> forms.ChoiceField:
        """Yes, no, or not asked; once asked, it cannot become not asked again."""
        choices = [("yes", _("yes")), ("no", _("no"))]
        if granted is None:
            return forms.ChoiceField(choices=[("", _("not asked")), *choices], required=False)
        return forms.ChoiceField(choices=choices, initial="yes" if granted else "no", required=False)

    def purposes(self) -> dict:
        """What consent is asked for: the usual two, and whatever this customer was asked for elsewhere."""
        return {**PURPOSES, **{purpose: PURPOSES.get(purpose, purpose) for __, purpose in self.standing}}

    def consent_rows(self) -> list[tuple]:
        """The fields as a table: a channel, and a field for each purpose."""
        return [
            (
                label,
                [(words_for, self[f"consent-{channel}-{purpose}"]) for purpose, words_for in self.purposes().items()],
            )
            for channel, label in CHANNELS
        ]

    def clean_preferences(self) -> list[str]:
        found = lines(self.cleaned_data["preferences"])
        if len(found) > MOST_LINES or any(len(line) > LONGEST_LINE for line in found):
            raise forms.ValidationError(_("Write at most 100 preferences of 200 characters."))
        return found

    def clean_tags(self) -> list[str]:
        found = {
            words.fold(tag): tag
            for tag in (" ".join(tag.split()) for tag in self.cleaned_data["tags"].split(","))
            if tag
        }
        if any(len(tag) > words.LONGEST for tag in found.values()):
            raise forms.ValidationError(_("A tag is a word or a few, at most 40 characters."))
        return list(found.values())

    def clean_attributes(self) -> dict:
        found = {}
        for line in lines(self.cleaned_data["attributes"]):
            name, colon, value = line.partition(":")
            if not colon or not name.strip():
                raise forms.ValidationError(
                    _("“%(line)s” has no name and value. Write it like: shoe size: 42."), params={"line": line[:60]}
                )
            found[name.strip()] = value.strip()
        return found

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()

    def clean(self):
        day, month = self.cleaned_data.get("birthday_day"), self.cleaned_data.get("birthday_month")
        if bool(day) != bool(month):
            self.add_error("birthday_day", _("Choose the day and the month, or neither."))
        elif day and not profiles.is_birthday(f"{month:02}-{day:02}"):
            self.add_error("birthday_day", _("This month has no such day."))
        if (
            not self.customer
            and not self.errors
            and not any(self.cleaned_data.get(name) for name in ("name", *CONTACTS))
        ):
            self.add_error("name", _("Write at least a name, a phone or an e-mail."))
        return self.cleaned_data

    def _post_clean(self):
        """What the shop's attributes take, beside the field that is wrong."""
        for key, field in self.defined.items():
            name = f"fact-{key}"
            try:
                self.cleaned_data[name] = attributes.value(field, self.cleaned_data.get(name))
            except attributes.InvalidAttribute as refusal:
                self.add_error(name, str(refusal))

    def changes(self) -> dict:
        """The fields of a valid form that differ from the card, as the verbs take them."""
        given = self.cleaned_data
        day, month = given["birthday_day"], given["birthday_month"]
        fields = {
            **{name: given[name] for name in PLAIN if not (self.masks and name in CONTACTS and not given[name])},
            "birthday": f"{month:02}-{day:02}" if day else "",
            "birth_year": given["birth_year"],
            "preferences": given["preferences"],
            "attributes": self.facts(),
        }
        blank = Customer()
        return {
            name: value
            for name, value in fields.items()
            if (value or None) != (getattr(self.customer or blank, name) or None)
        }

    def facts(self) -> dict:
        """The attributes with tags: what the form cannot show stays, what did not change keeps its type."""
        before = self.customer.attributes if self.customer and isinstance(self.customer.attributes, dict) else {}
        ours = {"tags", *self.defined}
        kept = {name: value for name, value in before.items() if not self.simple(name, value) and name not in ours}
        given = {
            name: before[name] if name in before and str(before[name]) == text else text
            for name, text in self.cleaned_data["attributes"].items()
        }
        tags = {"tags": self.cleaned_data["tags"]} if self.cleaned_data["tags"] else {}
        told = {key: self.cleaned_data[f"fact-{key}"] for key in self.defined}
        return {**kept, **given, **{key: fact for key, fact in told.items() if fact is not None}, **tags}

    def consents(self) -> list[dict]:
        """The yes and no that were not said before."""
        return [
            {"channel": channel, "purpose": purpose, "granted": said == "yes", "source": "staff"}
            for channel, __ in CHANNELS
            for purpose in self.purposes()
            if (said := self.cleaned_data[f"consent-{channel}-{purpose}"])
            and (said == "yes") != self.standing.get((channel, purpose))
        ]


class BulkForm(forms.Form):
    """What to do with many customers at once, and with which."""

    ACTIONS = [("tag", _("Add a tag")), ("untag", _("Take a tag away")), ("csv", _("Save as CSV"))]
    action = forms.ChoiceField(
        label=_("Action"), choices=ACTIONS, error_messages={"invalid_choice": _("Choose what to do.")}
    )
    who = forms.ChoiceField(choices=[("ticked", _("the ticked ones")), ("all", _("all that match"))])
    tag = forms.CharField(label=_("Tag"), max_length=60, required=False)

    def clean(self):
        if self.cleaned_data.get("action") in {"tag", "untag"} and not self.cleaned_data.get("tag"):
            self.add_error("tag", _("Write the tag."))
        return self.cleaned_data


class ViewForm(forms.Form):
    """A customer list under a name."""

    name = forms.CharField(label=_("Name"), max_length=60, error_messages={"required": _("Give the view a name.")})
    shared = forms.BooleanField(label=_("For everybody in the shop"), required=False)
