"""The whole shop in one file, and back, row by row; and what a restore refuses before it touches anything."""

import io
import json
import sqlite3
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from customers.merchants.models import Merchant, User
from customers.models import Purchase
from loyalty_site import backups
from loyalty_site.backups import postgres
from loyalty_site.tests import factories
from rewards import ledger

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def media(tmp_path, settings):
    """Two uploaded files."""
    settings.MEDIA_ROOT = tmp_path / "files"
    folder = tmp_path / "files/imports/2026/03"
    folder.mkdir(parents=True)
    (folder / "receipts.csv").write_bytes(b"id;amount\n1;2,50\n")
    (folder / "empty.csv").touch()
    return tmp_path / "files"


@pytest.fixture
def shop(media):
    opened = factories.merchant()
    factories.program(opened)
    ana = factories.customer(opened, name="Ana Ñandú", phone="+34600111222")
    factories.purchase(opened, ana, amount=1250)
    factories.purchase(opened, None, amount=300)
    return opened


def rows() -> dict[str, list]:
    """Every row of every table that a model has, but the migrations' own."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label != "migrations.Migration"
    }


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def said(command, *words) -> str:
    out = io.StringIO()
    call_command(command, *map(str, words), stdout=out)
    return out.getvalue()


def spoil(shop, media) -> None:
    """A day goes wrong: rows change, come and go; files too."""
    Purchase.objects.filter(amount=300).delete()
    Merchant.objects.update(name="Spoilt")
    factories.merchant(slug="b", owner="charlie@b.test")
    (media / "imports/2026/03/receipts.csv").unlink()
    (media / "new.csv").write_text("later")


def remade(source: Path, target: Path, **changes) -> Path:
    """The backup with another manifest."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member).read()
            if member.name == "manifest.json":
                content = json.dumps({**json.loads(content), **changes}).encode()
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return target


def test_round_trip_brings_back_every_row_and_file(shop, media, tmp_path, client):
    file, before, uploaded = tmp_path / "shop.tar.gz", rows(), files(media)
    said("backup", file)
    spoil(shop, media)

    said("restore", file, "--yes")

    assert rows() == before
    assert files(media) == uploaded
    assert list(ledger.differences(None)) == []


def test_shop_works_after_a_restore(shop, media, tmp_path, client):
    file = tmp_path / "shop.tar.gz"
    said("backup", file)
    spoil(shop, media)
    said("restore", file, "--yes")

    client.force_login(User.objects.get(email="alice@a.test"))
    home = client.get("/m/a/")
    shop = Merchant.objects.get()
    recorded = factories.purchase(shop, factories.customer(shop), amount=700)

    assert home.status_code == 200
    assert recorded.earned[0].points == 7
    assert list(ledger.differences(shop)) == []


def test_manifest_says_what_the_backup_is(shop, media, tmp_path):
    manifest = backups.make(tmp_path / "shop.tar.gz", at=AT)

    assert backups.read_manifest(tmp_path / "shop.tar.gz") == manifest
    assert (manifest.ficha, manifest.database) == (settings.VERSION, connection.vendor)
    assert manifest.made_at == "2026-03-31T12:00:00+00:00"
    assert (manifest.files, "merchants.0001_initial" in manifest.migrations) == (2, True)


def test_backup_is_for_its_owners_eyes_and_leaves_nothing_else(shop, media, tmp_path):
    told = said("backup", tmp_path / "shop.tar.gz")

    assert told.startswith(f"{tmp_path}/shop.tar.gz: {connection.vendor}, 2 files, ")
    assert (tmp_path / "shop.tar.gz").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["files", "shop.tar.gz"]


def test_backup_without_uploaded_files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "none"

    assert backups.make(tmp_path / "shop.tar.gz", at=AT).files == 0


def test_backup_into_a_folder_that_does_not_exist_is_refused(media, tmp_path):
    with pytest.raises(CommandError, match=r"shop\.tar\.gz cannot be written: No such file or directory\."):
        said("backup", tmp_path / "nowhere/shop.tar.gz")


def test_empty_database_needs_no_yes(shop, media, tmp_path):
    file, before = tmp_path / "shop.tar.gz", rows()
    said("backup", file)
    call_command("flush", interactive=False, verbosity=0)

    told = said("restore", file)

    assert told.startswith("Restored the backup of ")
    assert rows() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "The database holds a shop already. To replace everything in it, add --yes."),
        ({"database": "oracle"}, "The backup is of oracle, and DATABASE_URL names"),
        ({"ficha": "99.0.0"}, "The backup is of Ficha 99.0.0, newer than this"),
        ({"migrations": ["merchants.9999_future"]}, "newer than this"),
        ({"format": 2}, "is a backup of a form that this version cannot read"),
        ({"surprise": 1}, "is no backup of Ficha, or it is damaged"),
    ],
)
def test_backup_that_does_not_fit_changes_nothing(shop, media, tmp_path, changes, sentence):
    said("backup", tmp_path / "shop.tar.gz")
    file = remade(tmp_path / "shop.tar.gz", tmp_path / "other.tar.gz", **changes)
    before, uploaded = rows(), files(media)

    with pytest.raises(CommandError) as refusal:
        said("restore", file, *(["--yes"] if changes else []))

    assert sentence in str(refusal.value)
    assert (rows(), files(media)) == (before, uploaded)


def test_file_that_is_no_backup_is_refused(shop, media, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "photo.jpg", "photo.jpg")

    for name, sentence in [
        ("photo.jpg", "is no backup of Ficha, or it is damaged"),
        ("other.tar.gz", "it does not begin with manifest.json"),
        ("missing.tar.gz", "There is no file"),
    ]:
        with pytest.raises(CommandError, match=sentence):
            said("restore", tmp_path / name, "--yes")


def test_backup_that_was_cut_off_changes_nothing(shop, media, tmp_path):
    said("backup", tmp_path / "shop.tar.gz")
    whole = (tmp_path / "shop.tar.gz").read_bytes()
    (tmp_path / "half.tar.gz").write_bytes(whole[: len(whole) * 2 // 3])
    before, uploaded = rows(), files(media)

    with pytest.raises(CommandError):
        said("restore", tmp_path / "half.tar.gz", "--yes")

    assert (rows(), files(media)) == (before, uploaded)


def test_database_inside_that_is_damaged_changes_nothing(shop, media, tmp_path):
    said("backup", tmp_path / "shop.tar.gz")
    damaged = tmp_path / "damaged.tar.gz"
    with tarfile.open(tmp_path / "shop.tar.gz") as old, tarfile.open(damaged, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member).read()
            if member.name == "database":
                content = content[: len(content) // 2]
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    before, uploaded = rows(), files(media)

    with pytest.raises(CommandError):
        said("restore", damaged, "--yes")

    assert (rows(), files(media)) == (before, uploaded)


def test_database_is_copied_while_somebody_writes(shop, media, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("pg_dump's own business")
    writer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE merchants_merchant SET name = 'half done'")

    backups.make(tmp_path / "shop.tar.gz", at=AT)
    writer.execute("ROLLBACK")
    writer.close()
    Merchant.objects.update(name="Later")
    backups.restore(tmp_path / "shop.tar.gz", replace=True)

    assert Merchant.objects.get().name == "Shop A"


def test_program_of_postgresql_that_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PGBIN", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(backups.CannotCopy) as refusal:
        postgres.program("pg_dump")

    assert str(refusal.value).startswith("pg_dump was not found. Install PostgreSQL's client programs (Debian")
