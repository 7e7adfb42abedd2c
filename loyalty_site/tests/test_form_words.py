"""What forms say in Spanish is ours: "usted" nowhere, whatever kind of field speaks."""

import importlib
import pkgutil
import re
from pathlib import Path

import django
import polib
import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.utils import translation

import loyalty_site
from customers.filters import PeopleFilter
from customers.merchants.models import User
from customers.models import Customer
from loyalty_site import django_words
from loyalty_site.account_forms import AccountForm, ForgottenForm, NewPasswordForm
from loyalty_site.people_forms import CardForm
from loyalty_site.tests import factories

# Imperatives as one says them to "usted", and its pronouns.
FORMAL = re.compile(
    r"\b(Introduzca|Ingrese|Inserte|Asegúrese|Escoja|Elija|Seleccione|Escriba|Envíe|envíe|Compruebe|Verifique|"
    r"Por favor|usted|[Ss]u contraseña)\b"
)
MAINTENANCE = {AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm}  # Django's own pages, in its own words


def forms_of_the_site() -> list[type[forms.BaseForm]]:
    """Every form that the site declares, those behind its filters too."""
    for module in pkgutil.iter_modules(loyalty_site.__path__, "loyalty_site."):
        if module.name.endswith("forms"):
            importlib.import_module(module.name)
    ours = ("loyalty_site.", "customers.", "rewards.", "segments.")
    declared = [form for form in descendants(forms.BaseForm) if form.__module__.startswith(ours)]
    return [*declared, PeopleFilter({}, Customer.objects.none(), merchant=None).get_form_class()]


def descendants(kind: type) -> list[type]:
    return [found for one in kind.__subclasses__() if one not in MAINTENANCE for found in [one, *descendants(one)]]


def sayings(field: forms.Field) -> list[str]:
    """Whatever a field and its validators may say, in the active language."""
    said = [*field.error_messages.values(), *(getattr(one, "message", "") for one in field.validators)]
    return [spoken(one) for one in said]


def spoken(saying) -> str:
    """A saying with its figures; one that counts cannot be heard without them."""
    return str(saying % {"limit_value": 2, "show_value": 3, "max": 2, "length": 3, "value": "x", "pk": "x"})


def test_forms_are_found():
    assert {AccountForm, CardForm, ForgottenForm} <= set(forms_of_the_site())


def test_no_field_says_usted():
    with translation.override("es"):
        found = {
            f"{form.__name__}.{name}: {said}"
            for form in forms_of_the_site()
            for name, field in form.base_fields.items()
            for said in sayings(field)
            if FORMAL.search(said)
        }

    assert found == set()


def test_the_sentences_are_djangos_own():
    """One that Django has changed would never be heard."""
    theirs = polib.pofile(str(Path(django.__file__).parent / "conf/locale/es/LC_MESSAGES/django.po"))
    ours = polib.pofile(str(Path(settings.BASE_DIR) / "locale/es/LC_MESSAGES/django.po"))
    listed = {entry.msgid for entry in ours if ("loyalty_site/django_words.py", "") in entry.occurrences}

    assert set(django_words.SENTENCES) <= listed
    assert listed - {entry.msgid for entry in theirs} == set()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (forms.CharField(), "", "Falta rellenar este campo."),
        (forms.EmailField(), "ana", "Esto no es un correo: le falta el nombre, la @ o el dominio."),
        (
            forms.ChoiceField(choices=[("a", "a")]),
            "z",
            "Elegir una de las opciones de la lista; “z” no está entre ellas.",
        ),
        (forms.CharField(max_length=2), "abc", "Dejarlo en 2 caracteres como mucho (ahora tiene 3)."),
        (forms.CharField(max_length=1), "abc", "Dejarlo en 1 carácter como mucho (ahora tiene 3)."),
        (forms.IntegerField(min_value=1), "0", "El valor mínimo es 1."),
        (forms.IntegerField(), "x", "Escribir un número entero."),
        (forms.DateField(), "x", "Escribir una fecha que exista."),
    ],
)
def test_field_speaks_our_spanish(field, typed, said):
    with translation.override("es"):
        with pytest.raises(ValidationError) as refused:
            field.clean(typed)

        assert refused.value.messages == [said]


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("corta", "corta", "La contraseña es demasiado corta. Debe contener por lo menos 8 caracteres."),
        ("password", "password", "Esta contraseña es demasiado común."),
        ("alice@a.test", "alice@a.test", "La contraseña es demasiado similar a la de correo."),
        ("as-dull-as-can-be", "something-else", "Los dos campos de contraseña no coinciden."),
    ],
)
def test_passwords_are_refused_without_usted(password, again, said):
    factories.merchant()

    with translation.override("es"):
        form = NewPasswordForm(User.objects.get(), {"new_password1": password, "new_password2": again})
        found = [error for errors in form.errors.values() for error in errors]

    assert said in found
    assert [error for error in found if FORMAL.search(error)] == []
