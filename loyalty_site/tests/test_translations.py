"""The Spanish is complete, compiled and spoken.

The catalogue is kept with `python manage.py makemessages -l es` and the options below; then translate what is new and
run `python manage.py compilemessages -l es`. Both need gettext's programs; reading the compiled file needs none.
"""

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template.defaultfilters import striptags

from customers.merchants.models import User
from loyalty_site.tests import api_client, factories

FOLDER = Path(settings.BASE_DIR) / "locale/es/LC_MESSAGES"
PO, MO = polib.pofile(str(FOLDER / "django.po")), polib.mofile(str(FOLDER / "django.mo"))
EXTRACT = "makemessages -l es --no-wrap --add-location file --no-obsolete -i .venv -i var -i tests -i staticfiles"
SOURCES = ["CHANGELOG.md", "manage.py", "customers", "rewards", "segments", "loyalty_site", "templates", "locale"]

POSITIONAL = re.compile(r"%(?!\()")
RECEIPT = "till-" + "x" * 22  # as the counter's form names each receipt
NAMED = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")


def pairs(entry) -> list[tuple[str, str]]:
    """Each text of an entry with what it is translated to: the singular first, then the plural forms."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    singular, *plurals = (entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural))
    return [(entry.msgid, singular), *((entry.msgid_plural, plural) for plural in plurals)]


def names(text: str) -> list[str]:
    """The placeholders of a text; one that is doubled by a plural's grammar counts once."""
    return sorted(set(NAMED.findall(text)))


def strings(catalogue) -> set[tuple]:
    """What a catalogue holds, whatever it is translated to."""
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}


def said(catalogue) -> dict:
    """What a catalogue says for each of its strings."""
    return {(entry.msgctxt, entry.msgid): pairs(entry) for entry in catalogue}


def test_every_string_is_translated_and_none_is_fuzzy_or_obsolete():
    unfinished = [entry.msgid for entry in PO if not entry.translated()]

    assert len(PO) > 500
    assert unfinished == []


def test_translations_keep_the_placeholders():
    changed = [(text, spanish) for entry in PO for text, spanish in pairs(entry) if names(text) != names(spanish)]

    assert changed == []


def test_placeholders_have_names_so_that_a_language_may_reorder_them():
    texts = [text for entry in PO for text in (entry.msgid, entry.msgid_plural)]

    assert [text for text in texts if POSITIONAL.search(text.replace("%%", ""))] == []


def test_the_compiled_file_says_what_the_catalogue_says():
    assert said(MO) == said(PO), "run: python manage.py compilemessages -l es"


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="xgettext is not installed (Debian, Ubuntu: gettext)")
def test_the_catalogue_holds_every_string_of_the_source(tmp_path):
    for name in SOURCES:
        source = Path(settings.BASE_DIR) / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)

    run = [sys.executable, "manage.py", *EXTRACT.split()]
    subprocess.run(run, cwd=tmp_path, env=os.environ, check=True, capture_output=True)

    found = polib.pofile(str(tmp_path / "locale/es/LC_MESSAGES/django.po"))
    assert strings(found) == strings(PO), f"run: python manage.py {EXTRACT}"


def seen(response) -> str:
    """The text of a page without its tags."""
    return striptags(response.content.decode().partition("<body")[2])


def english_in(response) -> list[str]:
    """Sentences of the source that a page shows or reads out as they are."""
    page = html.unescape(response.content.decode())
    return sorted(entry.msgid for entry in PO if " " in entry.msgid and entry.msgid in page)


@pytest.mark.django_db
def test_whoever_asks_for_no_language_of_ours_gets_english(client):
    response = client.get("/login/", headers={"Accept-Language": "eo"})

    assert '<html lang="en">' in response.content.decode()
    assert {"Sign in", "To the content"} <= set(english_in(response))


@pytest.mark.django_db
def test_sign_in_speaks_the_browsers_language(client):
    response = client.get("/login/", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})

    assert '<html lang="es">' in response.content.decode()
    assert "Iniciar sesión" in seen(response)
    assert english_in(response) == []


@pytest.fixture
def shop():
    """A shop with a program, and a customer who bought in two months."""
    opened = factories.merchant()
    factories.program(opened)
    buyer = factories.customer(opened, external_id="17")
    factories.purchase(opened, buyer)
    factories.purchase(opened, buyer, at=factories.AT.replace(month=4))
    return opened


PAGES = [
    ("/m/a/figures/", "Desde el principio"),
    ("/m/a/counter/", "¿Quién viene?"),
    ("/m/a/counter/?q=Customer", "Última compra"),
    ("/m/a/counter/?q=Nadie", "Crear ficha"),
    ("/m/a/counter/enrol/", "Nuevo cliente"),
    (
        "/m/a/customers/",
        "Todos los que tienen ficha. Buscar, filtrar y guardar con un nombre las listas que hagan falta.",
    ),
    ("/m/a/retention/", "De cada 100 clientes nuevos, 100 vuelven al mes siguiente"),
    ("/m/b/", "Aquí no hay nada"),
]


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize(("address", "words"), PAGES)
def test_pages_speak_the_language_of_the_browser(client, shop, address, words):
    client.force_login(User.objects.get(email="alice@a.test"))

    response = client.get(address, headers={"Accept-Language": "es"})

    assert '<html lang="es">' in response.content.decode()
    assert words in seen(response)
    assert english_in(response) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "words"), PAGES[:-1])
def test_pages_speak_the_language_a_person_chose_whatever_the_browser_says(client, shop, address, words):
    User.objects.update(language="es")
    client.force_login(User.objects.get(email="alice@a.test"))

    response = client.get(address, headers={"Accept-Language": "en"})

    assert '<html lang="es">' in response.content.decode()
    assert words in seen(response)


@pytest.mark.any_database
@pytest.mark.django_db
def test_customers_card_and_page_are_in_spanish(client, shop):
    client.force_login(User.objects.get(email="alice@a.test"))
    buyer = shop.customers.get()

    typed = {"amount": "12,50", "receipt": RECEIPT}

    card = client.get(f"/m/a/counter/{buyer.public_id}/", typed, headers={"Accept-Language": "es"})
    page = client.get(f"/m/a/customers/{buyer.public_id}/", headers={"Accept-Language": "es"})

    assert "12 puntos" in seen(card)
    assert "1 por cada tramo completo de 1,00\xa0€ en 12,50\xa0€" in seen(card)
    assert f"Registrar para {buyer.name}" in seen(card)
    assert "2 compras, la última: 10 abr 2026." in seen(page)
    assert english_in(card) == []
    assert english_in(page) == []


@pytest.mark.django_db
def test_a_refused_amount_is_explained_in_spanish(client, shop):
    client.force_login(User.objects.get(email="alice@a.test"))
    address = f"/m/a/counter/{shop.customers.get().public_id}/"

    page = client.post(address, {"amount": "doce", "receipt": RECEIPT}, headers={"Accept-Language": "es"})

    assert "Escribir el importe solo con cifras, por ejemplo 1250,50." in seen(page)


REFUSALS = [
    ("GET", "customers/cus_unknown", "This shop has nothing with that id.", "Esta tienda no tiene nada con ese id."),
    (
        "GET",
        "customers?limit=0",
        "'limit' is a whole number from 1 to 100.",
        "'limit' es un número entero del 1 al 100.",
    ),
    (
        "GET",
        "me/too",
        "The API has no such address. See /api/v1/docs.",
        "La API no tiene esta dirección. Ver /api/v1/docs.",
    ),
    ("POST", "programs", "A program has 1 to 50 rules.", "Un programa tiene de 1 a 50 reglas."),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "english", "spanish"), REFUSALS)
def test_refusal_tells_staff_in_spanish_and_the_log_in_english(shop, method, path, english, spanish):
    till = api_client.api(shop)

    response = till.send(method, path, {"name": "Stamps", "rules": []}, **{"Accept-Language": "es"})

    assert response.json()["staff_message"] == spanish
    assert response.json()["detail"] == english
