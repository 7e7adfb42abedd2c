"""`manage.py demo`: the demo shop, ready to look at."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from customers.merchants.models import Merchant
from loyalty_site import processes, startup
from loyalty_site.demo import building, till


class Command(BaseCommand):
    help = "Build the demo shop when it is not there, and serve it."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--as-recorded", action="store_true", help="Keep the dates of 2017.")
        parser.add_argument("--build-only", action="store_true", help="Build the shop and end without serving it.")

    def handle(self, *, port, host, as_recorded, build_only, **options):
        if not build_only:
            processes.claim(host, port)
        startup.prepare()
        if not Merchant.objects.filter(slug=building.SLUG).exclude(note="").exists():
            self.stdout.write("Building the demo shop from a bakery's twelve months of purchases …")
            building.build(at=timezone.now(), as_recorded=as_recorded)
        if build_only:
            return
        startup.serve(host=host, port=port, workers=1, with_worker=True, say=self.say(host, port))

    def say(self, host: str, port: int):
        """Print what the server says, and after its address the ways in."""

        def say(line: str) -> None:
            self.stdout.write(line)
            if not line.startswith("Ficha is at"):
                return
            self.stdout.write(f"  shop     http://{host}:{port}/m/{building.SLUG}/")
            self.stdout.write(f"  API      http://{host}:{port}/api/v1/docs")
            for email, (role, __) in building.LOGINS.items():
                self.stdout.write(f"  {role:<8} {email}  password {building.PASSWORD}")
            self.stdout.write(f"  till     PIN {till.PIN} of manager and staff, to take over the counter")
            self.stdout.write(
                "  API key  .venv/bin/python manage.py create_api_key --merchant bakery --name NAME --scope manage"
            )
            self.stdout.flush()

        return say
