"""`manage.py backup FILE`: the whole shop in one file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty_site import backups, database


class Command(BaseCommand):
    help = "Write the database and the uploaded files to one .tar.gz; the shop may be open meanwhile."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="For example shop.tar.gz; one of that name is replaced."
        )

    def handle(self, *, file, **options):
        database.require()
        try:
            manifest = backups.make(file.absolute(), at=timezone.now())
        except backups.CannotCopy as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{file} cannot be written: {error.strerror or error}. Check folder and room."
            ) from error
        size = file.stat().st_size / 1_000_000
        self.stdout.write(f"{file}: {manifest.database}, {manifest.files} files, {size:.1f} MB.")
