import pytest
from django.db import OperationalError, connection
from django.db.utils import load_backend

from loyalty_site import database
from loyalty_site.processes import CannotServe
from loyalty_site.testing.postgres import free_port


def wrapper(engine, **settings):
    """A connection of its own to some database, not that of the tests."""
    given = {"NAME": "shop", "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "OPTIONS": {}, "TIME_ZONE": None}
    given |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False}
    return load_backend(f"django.db.backends.{engine}").DatabaseWrapper({**given, **settings}, "other")


def test_shown_without_password():
    shop = wrapper("postgresql", USER="ficha", PASSWORD="secret", HOST="db.test", PORT=5433)

    assert database.shown(shop) == "postgres://ficha@db.test:5433/shop"


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ('FATAL:  password authentication failed for user "ficha"', "refuses this user with this password"),
        ("fe_sendauth: no password supplied", "wants a password"),
        ('FATAL:  role "ficha" does not exist', "createuser --pwprompt ficha"),
        ('FATAL:  database "shop" does not exist', "createdb --owner=ficha shop"),
        ("connection refused\n\tIs the server running", "systemctl start postgresql"),
        ("connection timeout expired", "does not answer within seconds"),
        ("failed to resolve host 'db.test': [Errno -2] Name or service not known", "host's name is not known"),
        ('no pg_hba.conf entry for host "10.0.0.1"', "pg_hba.conf"),
        ("FATAL:  sorry, too many clients already", "max_connections"),
        ("permission denied for schema public", "ALTER DATABASE shop OWNER TO ficha"),
        ("could not extend file: No space left on device", "disk is full"),
        ("something new", "It says: something new Correct DATABASE_URL"),
    ],
)
def test_sentence_postgres(said, advice):
    text = database.sentence(OperationalError(said), wrapper("postgresql"))

    assert text.startswith("The database cannot be used (postgres://localhost/shop). ")
    assert advice in text


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("unable to open database file", "Create the folder"),
        ("attempt to write a readonly database", "right to write"),
        ("file is not a database", "something else than a SQLite database"),
        ("database disk image is malformed", "last backup"),
        ("database is locked", "Another process"),
        ("database or disk is full", "disk is full"),
        ("disk I/O error", "disk is full"),
    ],
)
def test_sentence_sqlite(said, advice):
    text = database.sentence(OperationalError(said), wrapper("sqlite3", NAME="/srv/shop.sqlite3"))

    assert text.startswith("The database cannot be used (SQLite file /srv/shop.sqlite3). ")
    assert advice in text


@pytest.mark.django_db(transaction=True)
def test_require_accepts_what_works():
    database.require(connection)


def test_require_missing_folder(tmp_path):
    with pytest.raises(CannotServe, match="Create the folder"):
        database.require(wrapper("sqlite3", NAME=str(tmp_path / "no" / "shop.sqlite3")))


def test_require_other_file(tmp_path, django_db_blocker):
    (tmp_path / "shop.sqlite3").write_text("no database at all, but a long letter to the bank\n" * 50)
    shop = wrapper("sqlite3", NAME=str(tmp_path / "shop.sqlite3"))

    with django_db_blocker.unblock(), pytest.raises(CannotServe, match="something else than a SQLite database"):
        database.require(shop)

    shop.close()


def test_require_server_down(django_db_blocker):
    shop = wrapper("postgresql", HOST="127.0.0.1", PORT=free_port(), OPTIONS={"pool": True})

    with django_db_blocker.unblock(), pytest.raises(CannotServe, match="systemctl start postgresql"):
        database.require(shop)
