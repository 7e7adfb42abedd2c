"""`manage.py work`: the background worker and its schedule."""

import signal
import threading

from django.core.management.base import BaseCommand

from loyalty_site.jobs import worker


class Command(BaseCommand):
    help = "Run background tasks and what is due by the schedule; --once ends when nothing is due."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Drain what is due and end.")

    def handle(self, *, once, **options):
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, worker.listen(stop))
        ran = worker.work(once=once, stop=stop)
        if once:
            self.stdout.write(f"{ran} tasks done.")
