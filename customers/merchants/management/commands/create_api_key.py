"""`manage.py create_api_key`: make a key for a till, a shop or an app."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.merchants import keys
from customers.merchants.management.shop import find_location, find_merchant
from customers.merchants.models import Scope
from customers.merchants.refusals import Refusal


class Command(BaseCommand):
    help = "Make an API key and print it, and nothing else. It cannot be read again."

    def add_arguments(self, parser):
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True, help="What the key is for, such as 'till 1'.")
        parser.add_argument("--scope", choices=Scope.values, default=Scope.COUNTER)
        parser.add_argument("--location", metavar="LOC", help="Bind the key to a location, by id or name.")

    def handle(self, *, merchant, name, scope, location, **options):
        shop = find_merchant(merchant)
        try:
            key = keys.create(
                merchant=shop,
                name=name,
                scope=scope,
                location=find_location(shop, location) if location else None,
                at=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(key)
