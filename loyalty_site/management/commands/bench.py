"""`manage.py bench`: builds a shop in an empty database, serves it, and measures it beside the database alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from customers.merchants.models import Merchant
from loyalty_site.bench import figures, scenarios, shop
from loyalty_site.processes import BASE_DIR
from loyalty_site.testing.postgres import free_port

CUSTOMERS, PURCHASES, TIMES = 100_000, 2_000_000, 4_000
FEWEST, FEWEST_TIMES = 2_000, 400


class Command(BaseCommand):
    help = (
        "Measure the product beside what the database alone could do. Wants an empty PostgreSQL: `make bench` has one."
    )

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=float, default=1.0, help="a part of the shop (0.01 for a quick look)")
        parser.add_argument("--only", choices=sorted(scenarios.ALL), help="one scenario")
        parser.add_argument("--out", type=Path, default=Path("bench.json"), help="where the figures go (bench.json)")

    def handle(self, *, scale, only, out, **options):
        if connection.vendor != "postgresql":
            raise CommandError("The ratios are those of PostgreSQL. Run `make bench`, which starts a server.")
        call_command("migrate", verbosity=0)
        if Merchant.objects.exists():
            raise CommandError("There are shops in this database already. Name an empty one in DATABASE_URL.")
        customers, purchases = (max(int(count * scale), FEWEST) for count in (CUSTOMERS, PURCHASES))
        self.say(f"A shop of {customers:,} customers and {purchases:,} purchases ...")
        built = shop.build(customers=customers, purchases=purchases, at=timezone.now())
        times = max(int(TIMES * min(scale, 1)), FEWEST_TIMES)
        found = self.measure(built, [name for name in scenarios.ALL if only in (None, name)], times=times)
        self.stdout.write(figures.table(found))
        shape = {"customers": customers, "purchases": purchases, "processors": os.cpu_count()}
        out.write_text(json.dumps({"shop": shape, "figures": figures.as_json(found)}, indent=2), encoding="utf-8")
        if not all(one.reached for one in found):
            raise CommandError("Not every figure reached its goal.")

    def measure(self, built: shop.Shop, names: list[str], *, times: int) -> list[figures.Figure]:
        """The figures of these scenarios, against a server that is started for them."""
        found: list[figures.Figure] = []
        with serving() as port:
            for name in names:
                self.say(f"{name} ...")
                found += scenarios.ALL[name](built, port, times=times)
        return found

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


@contextmanager
def serving() -> Iterator[int]:
    """The production server on a free port, until it is no longer needed."""
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--no-worker"]
    server = subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True)
    try:
        server.stdout.readline()  # it is said when it answers
        yield port
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()
