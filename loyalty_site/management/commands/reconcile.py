"""`manage.py reconcile`: prove the ledger."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from customers import proof
from customers.merchants.management.shop import find_merchant
from rewards import claims, earning, ledger, redemption, tiers, vouchers


class Command(BaseCommand):
    help = (
        "Prove that accounts, entries, lots, redemptions, vouchers and discounts agree, nothing is lost and every tier "
        "is deserved; ends with 1 and the rows that differ."
    )

    def add_arguments(self, parser):
        parser.add_argument("--merchant", metavar="SLUG")

    def handle(self, *, merchant, **options):
        shop = find_merchant(merchant) if merchant else None
        found = [
            *proof.orphans(shop),
            *proof.wrong_refunds(shop),
            *ledger.differences(shop),
            *vouchers.differences(shop),
            *earning.differences(shop),
            *redemption.differences(shop),
            *claims.differences(shop),
            *tiers.differences(shop, at=timezone.now()),
        ]
        for difference in found:
            self.stdout.write(difference)
        if found:
            self.stderr.write(f"{len(found)} differences.")
            sys.exit(1)
        self.stdout.write("The ledger agrees: accounts = entries = lots.")
