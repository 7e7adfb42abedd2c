import pytest

from loyalty_site import startup
from loyalty_site.processes import CannotServe


@pytest.fixture
def static_root(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "shop.css").write_text("body {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    return settings.STATIC_ROOT


@pytest.mark.parametrize("key", ["", "  "])
def test_require_secret_key_refuses_none(monkeypatch, key):
    monkeypatch.setenv("SECRET_KEY", key)

    with pytest.raises(CannotServe, match="SECRET_KEY is not set"):
        startup.require_secret_key()


def test_collect_static_only_what_changed(static_root):
    startup.collect_static()
    (static_root / "shop.css").write_text("marked")

    startup.collect_static()

    assert (static_root / "shop.css").read_text() == "marked"


def test_collect_static_again_after_a_change(static_root, tmp_path):
    startup.collect_static()

    (tmp_path / "source" / "new.css").write_text("p {}")
    startup.collect_static()

    assert sorted(path.name for path in static_root.iterdir()) == [".collected", "new.css", "shop.css"]


@pytest.mark.django_db(transaction=True)
def test_prepare_where_static_files_cannot_be_written(static_root, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.STATIC_ROOT = tmp_path / "file" / "static"

    with pytest.raises(CannotServe, match="static files cannot be written to .*Set DATA_DIR"):
        startup.prepare()


@pytest.mark.parametrize(
    ("hosts", "host"),
    [(["shop.test", "b.test"], "shop.test"), ([".shop.test"], "shop.test"), (["*"], None), ([], None)],
)
def test_known_host(settings, hosts, host):
    settings.ALLOWED_HOSTS = hosts

    assert startup.known_host() == host


def test_served_environment_keeps_the_operators_choice(monkeypatch):
    monkeypatch.setenv("DATABASE_POOL", "0")

    assert startup.served_environment()["DATABASE_POOL"] == "0"
