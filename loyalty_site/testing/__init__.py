"""The pytest plugin of this project: `pytest --db sqlite` (the default) or `pytest --db postgres`.

It decides everything tests may depend on before the settings are loaded, so that neither the developer's environment
nor the shop's own data in var/ has a say. With pytest-xdist the controller starts the one PostgreSQL server and its
workers inherit the address; each worker has its own database and its own data folder.
"""

import gc
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from loyalty_site.testing import chromium, postgres

OURS = ["DEBUG", "HTTPS", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_REPLICA_URL", "DATABASE_POOL"]
OURS += ["DATABASE_POOL_SIZE", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "API_RATE_LIMIT"]
# pytest-playwright 0.10 has a fixture that pytest 9 calls deprecated; our warnings are errors.
PLAYWRIGHTS_OWN = "ignore:Session-scoped fixtures defined as instance methods:pytest.PytestRemovedIn10Warning"
DATABASE = {"db", "transactional_db", "live_server", "client", "admin_client", "own_database_url", "own_tables_url"}
MANY = 30  # rows of a list whose statements are counted; what one row takes is counted on both databases
BROWSER_FIXTURES = {"page", "context", "new_context", "browser"}


def pytest_addoption(parser):
    parser.addoption(
        "--db",
        choices=["sqlite", "postgres"],
        default=os.environ.get("FICHA_TEST_DB", "sqlite"),
        help="the database to test on; FICHA_TEST_DB says it too. PostgreSQL is started here unless TEST_POSTGRES_URL "
        "names a server.",
    )
    parser.addoption(
        "--everything",
        action="store_true",
        help="on PostgreSQL, also the tests whose statements others make there: those marked any_database",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    """Before pytest-django loads the settings: the whole environment they read."""
    kind = parser.parse_known_args(args).db
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        begin(early_config, kind)
    folder = Path(os.environ["FICHA_TEST_DIR"]) / (worker or "main")
    (folder / "static").mkdir(parents=True)  # WhiteNoise warns of a missing one, and warnings are errors
    for name in OURS:
        os.environ.pop(name, None)
    os.environ["SECRET_KEY"] = "test"  # noqa: S105 - no secret
    os.environ["DATA_DIR"] = str(folder)
    os.environ["DATABASE_URL"] = (
        os.environ["TEST_POSTGRES_URL"] if kind == "postgres" else f"sqlite:///{folder}/ficha.sqlite3"
    )


def begin(config, kind: str) -> None:
    """Once per run: the folder of everything temporary, and the PostgreSQL server when one is wanted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: with its clean-up
    folder = Path(tempfile.mkdtemp(prefix="ficha-test-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["FICHA_TEST_DIR"] = str(folder)
    if kind == "postgres" and not os.environ.get("TEST_POSTGRES_URL"):
        server = postgres.Server()
        config.add_cleanup(server.stop)
        config.add_cleanup(lambda: os.environ.pop("TEST_POSTGRES_URL", None))
        try:
            os.environ["TEST_POSTGRES_URL"] = server.start()
        except postgres.NoServer as error:
            raise pytest.UsageError(str(error)) from error


def pytest_configure(config):
    config.addinivalue_line("markers", "any_database: others make its statements on PostgreSQL; tried on SQLite alone")
    config.addinivalue_line("markers", "browser: drives a real browser; skipped where no Chromium is found")
    config.pluginmanager.import_plugin("loyalty_site.testing.fixtures")  # after pytest-playwright's, to override them
    config.option.output = os.path.join(settings.DATA_DIR, "playwright")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    default = settings.DATABASES["default"]
    default.setdefault("TEST", {})["MIGRATE"] = False
    if "sqlite3" in default["ENGINE"]:
        # A file, not the usual shared memory: there, threads that write meet "table is locked" instead of waiting.
        default["TEST"]["NAME"] = os.path.join(settings.DATA_DIR, "test.sqlite3")
        default["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


def leave_out_what_is_tried_on_sqlite(config, items) -> None:
    """Tested once, on the other lane: pure rules, the reader of files, what a browser makes of the pages, and what is
    marked any_database or counts the statements of a long list.

    With --everything, all that see a database are tried here too.
    """
    sees = [item for item in items if sees_database(item) and (config.option.everything or not is_settled(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(sees)])
    items[:] = sees


def sees_database(item) -> bool:
    """Whether a test has one, unless it looks at it through a browser."""
    wanted = item.get_closest_marker("django_db") or DATABASE & set(item.fixturenames)
    return bool(wanted) and not BROWSER_FIXTURES & set(item.fixturenames)


def is_settled(item) -> bool:
    """Whether SQLite's answer holds for all: it is marked so, or says that many rows take the statements of one."""
    cases = getattr(item, "callspec", None)
    many = cases and "django_assert_num_queries" in item.fixturenames and MANY in cases.params.values()
    return bool(item.get_closest_marker("any_database") or many)


def pytest_collection_finish(session):
    """What all tests stand on stays: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def pytest_report_header(config):
    return f"database: {config.option.db}; browser: {chromium.find() or 'none, so browser tests are skipped'}"


def pytest_collection_modifyitems(config, items):
    if config.option.db == "postgres":
        leave_out_what_is_tried_on_sqlite(config, items)
    missing = chromium.find() is None
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
            item.add_marker(pytest.mark.filterwarnings(PLAYWRIGHTS_OWN))
        if missing and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=chromium.MISSING))
