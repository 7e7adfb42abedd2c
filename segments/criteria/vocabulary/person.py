"""Who somebody is, as the card says."""

from django.conf import settings
from django.db.models import Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact, IContains, In
from django.utils.translation import gettext_lazy as _

from customers import words
from customers.models import CustomerWord
from segments.criteria.facts import within
from segments.criteria.field import Condition, Field, Group, Moment
from segments.criteria.kinds import Kind
from segments.criteria.shapes import known, of_card, written_on_card

from .elements import Holds

GENDERS = ("female", "male", "diverse")


def age(condition: Condition, moment: Moment) -> Q:
    """Years by the calendar, asked of the year of birth."""
    year, op, value = moment.today.year, condition.op, condition.value
    if op == "exists":
        return known("birth_year")
    born = {
        "eq": lambda: Q(birth_year=year - value),
        "in": lambda: Q(birth_year__in=[year - one for one in value]),
        "between": lambda: Q(birth_year__range=(year - value[1], year - value[0])),
        "lt": lambda: Q(birth_year__gt=year - value),
        "lte": lambda: Q(birth_year__gte=year - value),
        "gt": lambda: Q(birth_year__lt=year - value),
        "gte": lambda: Q(birth_year__lte=year - value),
    }[op]()
    return known("birth_year") & born


def name(condition: Condition, moment: Moment) -> Q:
    """Every word typed begins a word of the name, whatever its case and accents."""
    if condition.op == "exists":
        return ~Q(name="")
    typed = words.words(condition.value)
    found = Q(pk__in=[]) if not typed else Q()
    for word in typed:
        mine = CustomerWord.objects.filter(merchant=moment.merchant, word__begins=word)
        found &= within(mine.values("customer"))
    return found


def tag(condition: Condition, moment: Moment) -> Q:
    """A tag of the card, whatever its case and accents."""
    values = condition.value if condition.op == "in" else (condition.value,)
    mine = CustomerWord.objects.filter(merchant=moment.merchant, word__in=[words.tag_word(one) for one in values])
    return within(mine.values("customer"))


def attribute(condition: Condition, moment: Moment) -> Q:
    """A fact of the shop's own, compared as text."""
    fact = Coalesce(
        Cast(KeyTextTransform(condition.key, "attributes"), TextField()), Value(""), output_field=TextField()
    )
    op, value = condition.op, condition.value
    if op == "exists":
        return ~Q(Exact(fact, ""))
    if op == "in":
        return Q(In(fact, list(value)))
    return Q(IContains(fact, value) if op == "contains" else Exact(fact, value))


def preference(condition: Condition, moment: Moment) -> Q:
    """One of the preferences of the card, as it is written."""
    if condition.op == "exists":
        return ~Q(preferences=[])
    found = Q()
    for one in condition.value if condition.op == "in" else (condition.value,):
        found |= Q(Holds("preferences", one))
    return found


FIELDS = [
    Field(
        "gender", _("Gender"), Group.PERSON, Kind.TEXT, _("As it is written on the card."), written_on_card("gender"),
        _("have the gender %(this)s"), _("do not have the gender %(this)s"), _("told their gender"),
        _("did not tell their gender"), hints=GENDERS,
    ),
    Field(
        "age", _("Age"), Group.PERSON, Kind.COUNT, _("This calendar year less the year of birth."), age,
        _("are %(this)s old"), _("are not %(this)s old"), _("told their age"), _("did not tell their age"),
        unit="years", highest=150,
    ),
    Field(
        "birth_year", _("Year of birth"), Group.PERSON, Kind.COUNT, _("As it is written on the card."),
        of_card("birth_year"), _("were born in %(this)s"), _("were not born in %(this)s"),
        _("told their year of birth"), _("did not tell their year of birth"), unit="year", lowest=1900, highest=2100,
    ),
    Field(
        "language", _("Language"), Group.PERSON, Kind.TEXT,
        _("The code of the language on the card, such as en or es."), written_on_card("language"),
        _("speak %(this)s"), _("do not speak %(this)s"), _("have a language on their card"),
        _("have no language on their card"), hints=tuple(code for code, __ in settings.LANGUAGES),
    ),
    Field(
        "name", _("Name"), Group.PERSON, Kind.TEXT,
        _("Every word typed begins a word of the name, whatever its case and accents."), name,
        _("have a name with %(this)s"), None, _("have a name on their card"), _("have no name on their card"),
        operators=("contains",),
    ),
    Field(
        "phone", _("Phone"), Group.PERSON, Kind.TEXT, _("Whether a phone number is known."), of_card("phone"),
        _("have the phone %(this)s"), None, _("have a phone number on their card"),
        _("have no phone number on their card"), operators=("exists",),
    ),
    Field(
        "email", _("E-mail"), Group.PERSON, Kind.TEXT, _("Whether an e-mail address is known."), of_card("email"),
        _("have the e-mail %(this)s"), None, _("have an e-mail address on their card"),
        _("have no e-mail address on their card"), operators=("exists",),
    ),
    Field(
        "tag", _("Tag"), Group.PERSON, Kind.TEXT, _("A tag of the card, whatever its case and accents."), tag,
        _("have the tag %(this)s"), _("do not have the tag %(this)s"),
    ),
    Field(
        "preferences", _("Preference"), Group.PERSON, Kind.TEXT, _("One of the preferences of the card, as written."),
        preference, _("prefer %(this)s"), _("do not prefer %(this)s"), _("have a preference on their card"),
        _("have no preference on their card"),
    ),
    Field(
        "attributes.", _("Fact of your own"), Group.PERSON, Kind.TEXT,
        _("A fact that the card keeps under a name of your own, such as attributes.size, compared as text."),
        attribute, _("have “%(key)s” %(this)s"), _("do not have “%(key)s” %(this)s"), _("have “%(key)s” on their card"),
        _("have no “%(key)s” on their card"), operators=("eq", "ne", "in", "contains"),
    ),
]  # fmt: skip
