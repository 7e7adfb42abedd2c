"""The first half hour of somebody who has never seen it: a file, a program, a customer served, retention read.

Nothing but what the pages show leads on: every step is a link, a button or a field by its own words, in either
language, on a phone and on a desk.
"""

import re
import threading

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from customers.merchants.models import User
from loyalty_site.jobs import worker
from loyalty_site.tests import factories
from loyalty_site.tests.browsing import HEIGHT
from rewards.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True)]
SALES = """Cliente;Nombre;Ticket;Fecha;Importe
7;Ana Invención;T1;15/01/2024;1.234,50
7;Ana Invención;T2;15/02/2024;20,00
8;Ben Ficticio;T3;20/01/2024;7,25
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ventas.csv"
    path.write_text(SALES)
    return path


@pytest.fixture
def alice(settings, tmp_path):
    """The owner of a new shop, who has chosen no language yet."""
    settings.MEDIA_ROOT = tmp_path / "kept"
    factories.merchant()
    alice = User.objects.get(email="alice@a.test")
    alice.set_password(factories.PASSWORD)
    alice.save()
    return alice


class Person:
    """Somebody at a browser, who finds things by what they say in the browser's language."""

    def __init__(self, page, language):
        self.page, self.language = page, language

    def say(self, text):
        with override(self.language):
            return gettext(text)

    def follow(self, text):
        self.page.get_by_role("link", name=self.say(text), exact=True).first.click()

    def press(self, text):
        self.page.get_by_role("button", name=self.say(text), exact=True).click()

    def sees(self, heading):
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.say(heading))

    def waits_for_the_worker(self):
        expect(self.page.locator("progress")).to_be_visible()
        worker.work(once=True, stop=threading.Event())


@pytest.fixture(params=[("en", 1280), ("es", 390)], ids=lambda it: f"{it[0]}-{it[1]}")
def person(request, browser):
    language, width = request.param
    context = browser.new_context(
        locale={"en": "en-US", "es": "es-ES"}[language], viewport={"width": width, "height": HEIGHT}
    )
    yield Person(context.new_page(), language)
    context.close()


def test_newcomer_imports_a_file_serves_a_customer_and_reads_retention(live_server, alice, person, file):
    page = person.page
    page.goto(live_server.url)
    page.fill("[name=username]", alice.email)
    page.fill("[name=password]", factories.PASSWORD)
    person.press("Sign in")

    person.follow("Import a file")
    import_the_file(person, file)
    page.goto(f"{live_server.url}/m/a/")
    start_a_program(person)
    serve(person, "invenc")

    person.follow("Home")
    person.follow("Retention")
    page.locator(".heat tbody tr").first.get_by_role("link").nth(2).click()
    expect(page).to_have_url(re.compile(r"\?cohort=2024-01&active=2024-02$"))
    expect(page.locator("main tbody th")).to_have_text(["Ana Invención"])
    assert list(Entry.objects.order_by("pk").values_list("points", flat=True)) == [1234, 7, 20, 12]


def import_the_file(person, file):
    person.sees("Imports")
    person.follow("Import a file")
    person.page.set_input_files("[name=file]", file)
    person.press("Look at the file")
    expect(person.page.locator(".preview")).to_contain_text("Ana Invención")
    person.press("See what will happen")
    person.waits_for_the_worker()
    person.sees("What will happen")
    person.press("Start the import")
    person.waits_for_the_worker()
    person.sees("What happened")


def start_a_program(person):
    person.follow("Make the first program")
    person.follow("Or write it yourself, on one page")
    person.page.fill("[name=name]", "Puntos")
    person.page.select_option("[name=start]", "past")
    person.page.fill("[name=since]", "2024-01-01")
    person.press("Start the program")
    person.sees("Puntos")


def serve(person, typed):
    page = person.page
    person.follow("Counter")
    page.fill("[name=q]", typed)
    page.press("[name=q]", "Enter")
    page.locator(".found", has_text="Ana Invención").get_by_role("link").click()
    page.fill("[name=amount]", "12,50")
    page.press("[name=amount]", "Enter")
    expect(page.locator(".receipt")).to_contain_text("12")
    assert timezone.localdate() == Entry.objects.latest("pk").recorded_at.date()
