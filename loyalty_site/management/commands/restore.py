"""`manage.py restore FILE`: the whole shop back from one file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from loyalty_site import backups, database


class Command(BaseCommand):
    help = "Put a backup in the place of the database and the uploaded files. Stop the server before."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--yes", action="store_true", help="Replace the shop that is there.")

    def handle(self, *, file, yes, **options):
        database.require()
        try:
            manifest = backups.restore(file, replace=yes)
        except backups.CannotCopy as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The files cannot be written: {error.strerror or error}. Check DATA_DIR.") from error
        self.stdout.write(f"Restored the backup of {manifest.made_at} (Ficha {manifest.ficha}, {manifest.database}).")
