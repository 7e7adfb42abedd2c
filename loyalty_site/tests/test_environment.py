import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from loyalty_site import environment


@pytest.fixture
def set_env(monkeypatch):
    return monkeypatch.setenv


@pytest.mark.parametrize("text", ["1", "true", "YES", " on "])
def test_flag_yes(set_env, text):
    set_env("HTTPS", text)

    assert environment.flag("HTTPS") is True


@pytest.mark.parametrize("text", ["0", "false", "No", "off"])
def test_flag_no(set_env, text):
    set_env("HTTPS", text)

    assert environment.flag("HTTPS", default=True) is False


@pytest.mark.parametrize("default", [True, False])
def test_flag_default(set_env, default):
    set_env("HTTPS", "")

    assert environment.flag("HTTPS", default=default) is default


def test_flag_that_is_neither(set_env):
    set_env("HTTPS", "maybe")

    with pytest.raises(ImproperlyConfigured, match=r"HTTPS is 'maybe', which is neither yes nor no\. Set it to 1 or 0"):
        environment.flag("HTTPS")


@pytest.mark.parametrize(("text", "number"), [("", 7), ("0", 0), (" 12 ", 12)])
def test_whole_number(set_env, text, number):
    set_env("API_RATE_LIMIT", text)

    assert environment.whole_number("API_RATE_LIMIT", default=7) == number


@pytest.mark.parametrize("text", ["-1", "1.5", "many"])
def test_whole_number_that_is_none(set_env, text):
    set_env("API_RATE_LIMIT", text)

    with pytest.raises(ImproperlyConfigured, match=f"API_RATE_LIMIT is '{text}'.*whole number, for example 7"):
        environment.whole_number("API_RATE_LIMIT", default=7)


@pytest.mark.parametrize(("text", "found"), [("a.org, b.org ,", ["a.org", "b.org"]), ("", ["x"]), (" , ", ["x"])])
def test_words(set_env, text, found):
    set_env("ALLOWED_HOSTS", text)

    assert environment.words("ALLOWED_HOSTS", default=["x"]) == found


def test_database_default_is_a_file_in_a_folder_that_is_made(set_env, tmp_path):
    set_env("DATABASE_URL", "")

    config = environment.database(default_path=tmp_path / "var" / "ficha.sqlite3")

    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.sqlite3", str(tmp_path / "var/ficha.sqlite3"))
    assert (tmp_path / "var").is_dir()


def test_database_sqlite(set_env, tmp_path):
    set_env("DATABASE_URL", f"sqlite:///{tmp_path}/shop.sqlite3")

    config = environment.database(default_path=tmp_path / "unused")

    assert config["NAME"] == f"{tmp_path}/shop.sqlite3"
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_database_postgres(set_env, tmp_path, scheme):
    set_env("DATABASE_URL", f"{scheme}://ficha:s%40fe@db.test:5433/shop")
    set_env("DATABASE_POOL", "")

    config = environment.database(default_path=tmp_path / "unused")

    assert config["ENGINE"] == "django.db.backends.postgresql"
    assert [config[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        *("ficha", "s@fe", "db.test", 5433, "shop")
    ]
    assert "pool" not in config["OPTIONS"]


def test_database_pool(set_env, tmp_path):
    set_env("DATABASE_URL", "postgres://ficha@db.test/shop")
    set_env("DATABASE_POOL", "1")
    set_env("DATABASE_POOL_SIZE", "5")

    config = environment.database(default_path=tmp_path / "unused")

    assert config["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 5}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://root@host/shop", r"begins with 'mysql'\. Set it to sqlite:///.* or postgres://"),
        ("shop.sqlite3", r"begins with 'shop\.sqlite3'\. Set it to sqlite:///"),
        ("postgres:shop", r"begins with 'postgres'\. Set it to"),
        ("postgres://u:p@host:many/shop", r"cannot be read .*Write it as postgres://user:password@host:5432/name"),
        ("postgres://u:p@host/", r"names no database\. Add its name after the last slash"),
    ],
)
def test_database_url_that_is_wrong(set_env, tmp_path, url, sentence):
    set_env("DATABASE_URL", url)

    with pytest.raises(ImproperlyConfigured, match=f"DATABASE_URL {sentence}"):
        environment.database(default_path=tmp_path / "unused")


def mailer(config):
    """Backend, host, port, user and TLS, from Django 6.1's MAILERS or from the older settings."""
    if "MAILERS" in config:
        given, options = config["MAILERS"]["default"], config["MAILERS"]["default"]["OPTIONS"]
        return given["BACKEND"], *(options.get(name) for name in ("host", "port", "username", "use_tls"))
    return tuple(config.get(f"EMAIL_{name}") or None for name in ("BACKEND", "HOST", "PORT", "HOST_USER", "USE_TLS"))


def test_email_default_prints_mails(set_env):
    set_env("EMAIL_URL", "")

    found = mailer(environment.email())

    assert found == ("django.core.mail.backends.console.EmailBackend", None, None, None, None)


def test_email_smtp(set_env):
    set_env("EMAIL_URL", "smtp+tls://shop:secret@mail.test:587")

    found = mailer(environment.email())

    assert found == ("django.core.mail.backends.smtp.EmailBackend", "mail.test", 587, "shop", True)


@pytest.mark.parametrize("url", ["pigeon://roof", "smtp://mail.test:many"])
def test_email_url_that_is_wrong(set_env, url):
    set_env("EMAIL_URL", url)

    with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL cannot be read .*Write it as smtp\+tls://user"):
        environment.email()


def test_secret_key_given(set_env, tmp_path):
    set_env("SECRET_KEY", " chosen ")

    assert environment.secret_key(kept_in=tmp_path / "key") == "chosen"
    assert not (tmp_path / "key").exists()


def test_secret_key_made_once_and_kept_private(set_env, tmp_path):
    set_env("SECRET_KEY", "")

    first = environment.secret_key(kept_in=tmp_path / "var" / "key")
    second = environment.secret_key(kept_in=tmp_path / "var" / "key")

    assert first == second
    assert len(first) > 50
    assert stat.S_IMODE((tmp_path / "var" / "key").stat().st_mode) == 0o600


def test_mail_server_is_given_up_after_ten_seconds(set_env):
    set_env("EMAIL_URL", "smtp://mail.test:25")

    found = environment.email()

    timeout = found["MAILERS"]["default"]["OPTIONS"]["timeout"] if "MAILERS" in found else found["EMAIL_TIMEOUT"]
    assert timeout == 10
