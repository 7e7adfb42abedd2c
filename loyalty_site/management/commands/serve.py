from django.core.management.base import BaseCommand

from loyalty_site import processes, startup


class Command(BaseCommand):
    help = (
        "Serve the shop: migrate, collect static files, run the web server and the background worker. "
        "Ends cleanly on Ctrl-C or SIGTERM."
    )

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
        parser.add_argument("--workers", type=int, default=2, help="server processes, four threads each (2)")
        parser.add_argument("--no-worker", action="store_true", help="run `manage.py work` elsewhere, not here")

    def handle(self, *, host, port, workers, no_worker, **options):
        startup.require_secret_key()
        processes.claim(host, port)
        startup.prepare()
        startup.serve(host=host, port=port, workers=max(1, workers), with_worker=not no_worker, say=self.say)

    def say(self, line):
        """Flushed, because whoever starts us may wait for the line on a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
