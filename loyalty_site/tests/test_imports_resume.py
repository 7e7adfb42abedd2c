"""A killed import goes on where it stopped. Every program here is its own process with its own database."""

import json
import os
import re
import signal
import subprocess
import sys
from subprocess import PIPE

import pytest

from loyalty_site.processes import BASE_DIR

RECEIPTS, CUSTOMERS = 6000, 700
SET_UP = """
from loyalty_site.tests import factories
factories.program(factories.merchant(), starts_at=factories.AT.replace(year=2020))
"""
GO_ON = """
from django.core.management import call_command
from loyalty_site.jobs.models import Lease
from loyalty_site.tests.factories import AT
Lease.objects.update(until=AT.replace(year=2020))
call_command("work", once=True, verbosity=0)
"""
TELL = """
import json
from django.db.models import Sum
from customers.models import Customer, Import, Purchase
from loyalty_site.jobs.models import Lease
from rewards import ledger
from rewards.models import Entry, Lot
told = {
    "imports": list(Import.objects.order_by("pk").values_list("state", "accepted", "duplicates", "customers_seen")),
    "positions": list(Import.objects.order_by("pk").values_list("position", flat=True)),
    "purchases": [Purchase.objects.count(), Purchase.objects.aggregate(total=Sum("amount"))["total"]],
    "points": [Entry.objects.count(), Entry.objects.aggregate(total=Sum("points"))["total"], Lot.objects.count()],
    "customers": Customer.objects.count(),
    "leases": Lease.objects.count(),
    "differences": list(ledger.differences()),
}
print(json.dumps(told))
"""
AMOUNTS = [number % 50 * 100 for number in range(RECEIPTS)]
WHOLE = {
    "purchases": [RECEIPTS, sum(AMOUNTS)],
    "points": [sum(amount > 0 for amount in AMOUNTS), sum(AMOUNTS) // 100, sum(amount > 0 for amount in AMOUNTS)],
    "customers": CUSTOMERS,
    "differences": [],
}


class Shop:
    """A shop in a database of its own, worked on by other processes."""

    def __init__(self, folder, database_url):
        self.env = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(folder)}
        self.file = folder / "sales.csv"
        rows = (f"C{number % CUSTOMERS},R{number},2026-01-05,{number % 50}" for number in range(RECEIPTS))
        self.file.write_text("Customer,Receipt,Date,Amount\n" + "\n".join(rows) + "\n")
        self.run("shell", "-v", "0", "-c", SET_UP)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-W", "ignore", "manage.py", *words]

    def run(self, *words: str) -> str:
        """What a command of manage.py prints."""
        return subprocess.run(
            self.command(*words), cwd=BASE_DIR, env=self.env, check=True, capture_output=True, text=True
        ).stdout

    def tell(self, *, first: str = "") -> dict:
        """What stands in the database, after something else was done `first`."""
        return json.loads(self.run("shell", "-v", "0", "-c", first + TELL).splitlines()[-1])

    def read_file(self) -> dict:
        """The summary of reading the file."""
        output = self.run("import_csv", "--merchant", "a", "--kind", "purchases", str(self.file))
        return json.loads(output.splitlines()[-1])

    def read_file_until_killed(self) -> int:
        """Read the file, and kill the reader as soon as it has recorded something."""
        words = self.command("import_csv", "--merchant", "a", "--kind", "purchases", str(self.file))
        with subprocess.Popen(words, cwd=BASE_DIR, env=self.env, stderr=PIPE, stdout=PIPE) as reader:
            seen = ""
            while rows_done(seen) <= RECEIPTS // 2:
                said = os.read(reader.stderr.fileno(), 4096)
                assert said, f"The reader ended before it recorded anything: {seen}"
                seen += said.decode(errors="replace")
            reader.send_signal(signal.SIGKILL)
        return reader.returncode


def rows_done(seen: str) -> int:
    """The last number that the progress bar showed."""
    found = re.findall(rf"([0-9,]+) of {RECEIPTS:,} rows", seen)
    return int(found[-1].replace(",", "")) if found else 0


@pytest.fixture
def shop(tmp_path, own_tables_url):
    return Shop(tmp_path, own_tables_url)


def test_worker_goes_on_where_a_killed_import_stopped(shop):
    killed = shop.read_file_until_killed()
    before = shop.tell()
    idle = shop.run("work", "--once")
    waiting = shop.tell()

    after = shop.tell(first=GO_ON)
    again = shop.read_file()

    assert killed == -signal.SIGKILL
    assert (before["imports"][0][0], before["positions"][0] in range(1000, RECEIPTS, 1000)) == ("posting", True)
    assert (idle.splitlines()[-1].endswith("tasks done."), waiting["positions"]) == (True, before["positions"])
    assert after == {"imports": [["done", RECEIPTS, 0, CUSTOMERS]], "positions": [RECEIPTS], "leases": 0, **WHOLE}
    assert (again["accepted"], again["duplicates"], again["new_customers"]) == (0, RECEIPTS, 0)


@pytest.mark.any_database
def test_same_file_after_a_kill_is_duplicates_and_the_rest(shop):
    shop.read_file_until_killed()
    part = shop.tell()["positions"][0]

    again = shop.read_file()
    after = shop.tell(first=GO_ON)

    assert (again["accepted"], again["duplicates"]) == (RECEIPTS - part, part)
    assert [entry[:3] for entry in after["imports"]] == [
        ["done", part, RECEIPTS - part],
        ["done", RECEIPTS - part, part],
    ]
    assert {name: after[name] for name in WHOLE} == WHOLE
