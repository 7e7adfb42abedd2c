"""The project's fixtures, and those that override other plugins'; loaded last by loyalty_site.testing."""

import os
import shutil
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation

from loyalty_site.testing import chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium. Playwright's event loop lives in the test's thread, where Django sees async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {**browser_type_launch_args, **chromium.launch_args()}


@pytest.fixture(autouse=True)
def _own_language():
    """Each test begins in English, whatever language the last request of another one spoke."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def own_database_url(pytestconfig, tmp_path):
    """DATABASE_URL for a program that a test starts: an empty database that nobody else uses."""
    if pytestconfig.option.db == "sqlite":
        yield f"sqlite:///{tmp_path}/own.sqlite3"
    else:
        with own_postgres() as url:
            yield url


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tables of the tests, and a copy of them before the first test: its name."""
    with django_db_blocker.unblock():
        note_migrations()
        if connection.vendor == "sqlite":
            begin_numbers()
        connection.close()  # SQLite then has all of it in the one file that is copied
        connection.creation.clone_test_db("pristine", verbosity=0)
        yield connection.creation.get_test_db_clone_settings("pristine")["NAME"]
        connection.creation.destroy_test_db(verbosity=0, suffix="pristine")


def note_migrations() -> None:
    """The tables were made at once, as `makemigrations --check` proves the migrations would: they count as applied."""
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in known)


def begin_numbers() -> None:
    """Let every table count its keys from the start, as after migrations; else the first row of each costs a query."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence")
        cursor.execute("INSERT INTO sqlite_sequence SELECT name, 0 FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")


@pytest.fixture
def own_tables_url(pytestconfig, tmp_path, django_db_setup):
    """DATABASE_URL for programs that a test starts: empty tables that nobody else uses. Saves each its migrations."""
    if pytestconfig.option.db == "sqlite":
        shutil.copy(django_db_setup, tmp_path / "own.sqlite3")
        yield f"sqlite:///{tmp_path}/own.sqlite3"
    else:
        with own_postgres(like=django_db_setup) as url:
            yield url


@contextmanager
def own_postgres(like: str = "template1"):
    """The address of a database of the test server that is made for one test."""
    server, name = os.environ["TEST_POSTGRES_URL"], f"ficha_own_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE {name} TEMPLATE "{like}"')
        yield f"{server.rpartition('/')[0]}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
