"""The project's fixtures, and those that override other plugins'; loaded last by loyalty_site.testing."""

import os
from uuid import uuid4

import psycopg
import pytest
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
        return
    server, name = os.environ["TEST_POSTGRES_URL"], f"ficha_own_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{server.rpartition('/')[0]}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
