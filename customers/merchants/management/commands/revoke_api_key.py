"""`manage.py revoke_api_key`: end a key at once."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.merchants import keys
from customers.merchants.management.shop import find_merchant
from customers.merchants.refusals import Refusal


class Command(BaseCommand):
    help = "End an API key at once."

    def add_arguments(self, parser):
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)

    def handle(self, *, merchant, name, **options):
        try:
            keys.revoke(merchant=find_merchant(merchant), name=name, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"The key '{name}' no longer works.")
