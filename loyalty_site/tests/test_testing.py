import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from loyalty_site.testing import chromium, postgres


def test_tests_never_touch_the_shops_own_data():
    folder = Path(os.environ["FICHA_TEST_DIR"])

    assert folder in Path(settings.DATA_DIR).parents
    assert folder in Path(settings.MEDIA_ROOT).parents
    assert settings.SECRET_KEY == "test"


def test_passwords_are_cheap():
    assert make_password("x").startswith("md5$")


@pytest.mark.django_db
def test_database_is_the_one_asked_for(pytestconfig):
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[pytestconfig.option.db]


@pytest.mark.django_db(transaction=True)
def test_sqlite_is_a_file_that_threads_share():
    if connection.vendor == "sqlite":
        assert Path(connection.settings_dict["NAME"]).exists()


def test_chromium_named(monkeypatch):
    monkeypatch.setenv("CHROMIUM", sys.executable)

    assert chromium.find() == sys.executable


def test_chromium_named_but_missing(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    assert chromium.find() is None


@pytest.mark.browser
def test_browser_starts(page):
    page.set_content("<h1>Ficha</h1>")

    assert page.inner_text("h1") == "Ficha"


def test_server_lives_as_long_as_the_block():
    with postgres.server() as url, psycopg.connect(url) as first:
        assert first.execute("SELECT current_database()").fetchone() == ("ficha",)
        assert first.execute("SHOW fsync").fetchone() == ("off",)

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_server_missing_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PGBIN", str(tmp_path))

    with pytest.raises(postgres.NoServer, match="Install the package postgresql, or set PGBIN"):
        postgres.programs()


def test_command_gets_the_server():
    command = [sys.executable, "-m", "loyalty_site.testing", "sh", "-c", 'echo "$TEST_POSTGRES_URL"; exit 3']

    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert done.returncode == 3
    assert done.stdout.startswith("postgres://ficha@127.0.0.1:")
