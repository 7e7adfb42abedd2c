"""Reads the environment once, and stops the start with a sentence when a value is wrong."""

import os
import secrets
from pathlib import Path

import django
import environ
from django.core.exceptions import ImproperlyConfigured

ENV = environ.Env()
MAILER_WORDS = {
    "EMAIL_HOST": "host",
    "EMAIL_PORT": "port",
    "EMAIL_HOST_USER": "username",
    "EMAIL_HOST_PASSWORD": "password",
    "EMAIL_USE_TLS": "use_tls",
    "EMAIL_USE_SSL": "use_ssl",
    "EMAIL_FILE_PATH": "file_path",
    "EMAIL_TIMEOUT": "timeout",
}
MAIL_PATIENCE = 10  # seconds for a mail server to answer; without a limit a page could wait for minutes
DATABASES_WE_SPEAK = {"sqlite", "postgres", "postgresql", "psql", "pgsql"}


def flag(name: str, *, default: bool = False) -> bool:
    """A yes-or-no variable: 1/0, true/false, yes/no, on/off."""
    text = os.environ.get(name, "").strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    if text == "":
        return default
    raise ImproperlyConfigured(f"{name} is '{text}', which is neither yes nor no. Set it to 1 or 0.")


def whole_number(name: str, *, default: int) -> int:
    """A variable that must be a whole number of at least 0."""
    text = os.environ.get(name, "").strip()
    if text == "":
        return default
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{name} is '{text}'. Set it to a whole number, for example {default}.")
    return int(text)


def words(name: str, *, default: list[str]) -> list[str]:
    """A comma-separated variable."""
    found = [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]
    return found or default


def database(*, default_path: Path) -> dict:
    """Django's settings for what DATABASE_URL names; the embedded SQLite file when it is not set."""
    url = os.environ.get("DATABASE_URL", "").strip()
    scheme = url.partition(":")[0]
    if not url:
        default_path.parent.mkdir(parents=True, exist_ok=True)
        return sqlite(str(default_path))
    if scheme not in DATABASES_WE_SPEAK or "//" not in url:
        raise ImproperlyConfigured(
            f"DATABASE_URL begins with '{scheme}'. Set it to sqlite:///path/to/file.sqlite3 "
            "or postgres://user:password@host:5432/name."
        )
    try:
        config = ENV.db_url_config(url)
    except (ValueError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read ({error}). Write it as postgres://user:password@host:5432/name; "
            "characters such as @ or / in the password must be percent-encoded."
        ) from error
    if not config["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL names no database. Add its name after the last slash.")
    return sqlite(config["NAME"]) if scheme == "sqlite" else postgres(config)


def sqlite(name: str) -> dict:
    """SQLite as a server's database: readers never wait, writers queue for two seconds and then say busy."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 2,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;",
        },
    }


def postgres(config: dict) -> dict:
    """PostgreSQL with a connection pool for a server's threads (DATABASE_POOL=0 turns it off)."""
    options = dict(config.get("OPTIONS") or {})
    if flag("DATABASE_POOL", default=False):
        options["pool"] = {"min_size": 1, "max_size": whole_number("DATABASE_POOL_SIZE", default=16)}
    return {**config, "ENGINE": "django.db.backends.postgresql", "OPTIONS": options, "CONN_HEALTH_CHECKS": True}


def email() -> dict:
    """Django's mail settings for EMAIL_URL; mails are printed on the console when it is not set."""
    url = os.environ.get("EMAIL_URL", "").strip() or "consolemail://"
    try:
        config = ENV.email_url_config(url)
    except (environ.ImproperlyConfigured, ValueError, KeyError) as error:
        raise ImproperlyConfigured(
            f"EMAIL_URL cannot be read ({error}). Write it as smtp+tls://user:password@host:587, "
            "or consolemail:// to print mails."
        ) from error
    if "smtp" in config["EMAIL_BACKEND"]:
        config.setdefault("EMAIL_TIMEOUT", MAIL_PATIENCE)
    return config if django.VERSION < (6, 1) else {"MAILERS": {"default": mailer(config)}}


def mailer(config: dict) -> dict:
    """The same in the words of Django 6.1, which deprecates EMAIL_HOST and its kin."""
    options = {word: config[name] for name, word in MAILER_WORDS.items() if config.get(name)}
    return {"BACKEND": config["EMAIL_BACKEND"], "OPTIONS": options}


def secret_key(*, kept_in: Path) -> str:
    """SECRET_KEY, or one made once and kept beside the embedded database (`serve` insists on the variable)."""
    key = os.environ.get("SECRET_KEY", "").strip()
    if key:
        return key
    if not kept_in.exists():
        kept_in.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return kept_in.read_text().strip()
