"""Papers for the counter: what they say, in which language, and where their code leads."""

import re

import pytest

from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from loyalty_site.tests.test_qr import read

pytestmark = pytest.mark.django_db
PRINT, POSTER, TENT = "/m/a/print/", "/m/a/print/poster/", "/m/a/print/tent/"


@pytest.mark.any_database
def test_choice_says_where_the_code_leads_and_warns_where_nobody_else_gets_there(alice, shop, settings):
    settings.ALLOWED_HOSTS = ["*"]

    here, there = alice.get(PRINT, headers={"host": "localhost:8000"}), alice.get(PRINT, headers={"host": "shop.test"})

    assert "http://localhost:8000/join/a/" in text(here)
    assert "Only this machine reaches that address." in text(here)
    assert "Only this machine reaches that address." not in text(there)
    assert "No program runs, so the paper promises nothing." in text(here)


@pytest.mark.parametrize("page", [POSTER, TENT])
def test_code_leads_to_the_join_page_of_the_asked_address(alice, shop, settings, page):
    settings.ALLOWED_HOSTS = ["*"]

    answer = alice.get(page, headers={"host": "shop.test"}).content.decode()

    drawn = re.findall(r"<svg class=\"qr\".*?</svg>", answer, re.S)
    assert {read(one) for one in drawn} == {"http://shop.test/join/a/"}
    assert "shop.test/join/a/</p>" in answer


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("language", "promise"),
    [("en", "1 point for each full 1.00"), ("es", "1 punto por cada tramo completo de 1,00")],
    ids=["English", "Spanish"],
)
def test_promise_is_the_programs_first_rule_in_the_chosen_language(alice, shop, language, promise):
    factories.program(shop)

    answer = alice.get(POSTER, {"language": language, "size": "a5"})

    assert f'class="paper a5 poster" lang="{language}"' in answer.content.decode()
    assert promise in re.search(r'<p class="promise \w+">(.*?)</p>', answer.content.decode())[1]
    assert '<html lang="en"' in answer.content.decode()


def test_program_is_chosen_where_there_are_several(alice, shop):
    factories.program(shop, name="First", every=100)
    second = factories.program(shop, name="Second", every=700)

    assert "First Second" in text(alice.get(PRINT))
    assert "each full 7.00" in text(alice.get(TENT, {"program": second.public_id}))
    assert "each full 1.00" in text(alice.get(TENT))


@pytest.mark.parametrize(("country", "size"), [("ES", "a4"), ("US", "letter")])
def test_paper_is_what_printers_have_there(alice, shop, country, size):
    shop.country = country
    shop.save(update_fields=["country"])

    assert f'class="paper {size} poster"' in alice.get(POSTER, {"size": "a0"}).content.decode()


def test_black_ink_is_black(alice, shop):
    assert 'class="paper a4 tent black"' in alice.get(TENT, {"ink": "black"}).content.decode()


@pytest.mark.parametrize("page", [POSTER, TENT])
def test_paper_carries_no_style_and_no_script_of_its_own(alice, shop, page):
    answer = alice.get(page).content.decode()

    assert re.findall(r"<script|<style|style=", answer) == []
