"""`manage.py verify_activity`: prove the rollups that dashboards read."""

import sys

from django.core.management.base import BaseCommand

from customers import rollups
from customers.merchants.management.shop import find_merchant
from segments.cohorts import proof as cells
from segments.lifecycle import proof as rhythms


class Command(BaseCommand):
    help = (
        "Reckon customers' activity, their months, rhythms, the shops' gaps and cohorts anew from the purchases, "
        "refunds and returns, and compare; ends with 1 and the rows that differ."
    )

    def add_arguments(self, parser):
        parser.add_argument("--merchant", metavar="SLUG")

    def handle(self, *, merchant, **options):
        shop = find_merchant(merchant) if merchant else None
        found = [*rollups.differences(shop), *rhythms.differences(shop), *cells.differences(shop)]
        for difference in found:
            self.stdout.write(difference)
        if found:
            self.stderr.write(f"{len(found)} differences.")
            sys.exit(1)
        self.stdout.write("The rollups agree with the purchases, refunds and returns.")
