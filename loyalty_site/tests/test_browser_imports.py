"""A file imported in a browser, at both widths, with and without JavaScript."""

import threading

import pytest
from playwright.sync_api import expect

from customers.models import Import, Purchase
from loyalty_site.jobs import worker
from loyalty_site.tests.browsing import findings, sign_in

pytestmark = [pytest.mark.django_db(transaction=True)]

SALES = "Cliente;Ticket;Fecha;Importe\n7;T1;31/01/2024;1.234,50\n8;T2;01/02/2024;nada\n"


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "kept"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ventas.csv"
    path.write_text(SALES)
    return path


@pytest.fixture
def alice(page, live_server, shop):
    sign_in(page.context, live_server)
    page.set_default_timeout(10_000)
    return page


def work():
    worker.work(once=True, stop=threading.Event())


def test_file_is_imported_and_no_page_has_a_finding(alice, live_server, file):
    complaints, found = [], {}
    alice.on("console", lambda message: complaints.append(message.text))

    def look(name):
        found[name] = (list(complaints), findings(alice))

    alice.goto(f"{live_server.url}/m/a/imports/")
    look("empty list")
    alice.goto(f"{live_server.url}/m/a/imports/new/")
    look("form")
    alice.set_input_files("[name=file]", file)
    alice.click("text=Look at the file")
    expect(alice.locator(".preview")).to_contain_text("1,234.50\xa0€")
    look("check")
    alice.click("text=See what will happen")
    expect(alice.locator("progress")).to_be_visible()
    look("progress")
    work()
    expect(alice.locator("h1")).to_have_text("What will happen")
    look("rehearsal")
    alice.click("text=Start the import")
    expect(alice.locator("h1")).to_have_text("Recording")
    work()
    expect(alice.locator("h1")).to_have_text("What happened")
    look("result")
    alice.click("text=Undo this import")
    expect(alice.locator("h1")).to_have_text("Undo this import?")
    look("undo")

    assert found == {name: ([], []) for name in found}
    assert Purchase.objects.get().amount == 123450


def test_change_of_a_choice_is_read_at_once_and_keeps_the_focus(alice, live_server, file):
    heard = []
    alice.on("console", lambda message: heard.append(message.text))
    alice.goto(f"{live_server.url}/m/a/imports/new/")
    alice.set_input_files("[name=file]", file)
    alice.click("text=Look at the file")

    alice.focus("[name=column_3]")
    alice.wait_for_load_state()
    alice.select_option("[name=column_3]", "")
    expect(alice.locator(".notice.warn")).to_contain_text("No column is read as the amount.")
    assert alice.evaluate("document.activeElement.name") == "column_3"
    alice.wait_for_load_state("networkidle")  # the part is settled, so that its fields are htmx's again
    alice.select_option("[name=column_3]", "amount")
    expect(alice.locator(".preview")).to_contain_text("1,234.50\xa0€")
    alice.reload()
    expect(alice.locator("[name=column_3]")).to_have_value("amount")
    assert heard == []


def test_progress_survives_a_reload(alice, live_server, file):
    alice.goto(f"{live_server.url}/m/a/imports/new/")
    alice.set_input_files("[name=file]", file)
    alice.click("text=Look at the file")
    alice.click("text=See what will happen")
    expect(alice.locator("progress")).to_be_visible()
    alice.reload()
    expect(alice.locator("progress")).to_be_visible()

    work()

    expect(alice.locator("h1")).to_have_text("What will happen")


def test_rows_left_out_are_downloaded(alice, live_server, file):
    alice.goto(f"{live_server.url}/m/a/imports/new/")
    alice.set_input_files("[name=file]", file)
    alice.click("text=Look at the file")
    alice.click("text=See what will happen")
    expect(alice.locator("progress")).to_be_visible()
    work()

    with alice.expect_download() as download:
        alice.click("text=Download the rows left out")

    assert download.value.path().read_text(encoding="utf-8-sig").splitlines()[1].startswith("8;T2;01/02/2024;nada;")


def test_file_is_imported_without_javascript(browser, live_server, shop, file):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    sign_in(context, live_server)
    page = context.new_page()

    page.goto(f"{live_server.url}/m/a/imports/new/")
    page.set_input_files("[name=file]", file)
    page.click("text=Look at the file")
    page.select_option("[name=column_1]", "")
    page.click("text=Check again")
    expect(page.locator("[name=column_1]")).to_have_value("")
    page.click("text=See what will happen")
    expect(page.locator("progress")).to_be_visible()
    work()
    page.click("text=Look again")
    page.click("text=Start the import")
    expect(page.locator("progress")).to_be_visible()
    work()
    page.click("text=Look again")

    expect(page.locator("h1")).to_have_text("What happened")
    assert Purchase.objects.get().external_id.startswith("row-")
    assert Import.objects.get().ignored == ["Ticket"]
    context.close()
