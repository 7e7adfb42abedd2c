"""`manage.py create_merchant`: open a shop and give its owner a place."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from customers.merchants import passwords, shops
from customers.merchants.refusals import Refusal


class Command(BaseCommand):
    help = "Open a shop; prints its short name (slug)."

    def add_arguments(self, parser):
        parser.add_argument("--name", required=True)
        parser.add_argument("--slug", required=True, help="Short name in addresses, such as corner-bakery.")
        parser.add_argument("--currency", required=True, help="Three letters, such as EUR.")
        parser.add_argument("--country", required=True, help="Two letters, such as ES.")
        parser.add_argument("--timezone", required=True, help="Such as Europe/Madrid.")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="Who signs in as the owner.")
        parser.add_argument("--password", help="The owner's password; otherwise a link to set it is printed.")
        parser.add_argument(
            "--url", default="http://127.0.0.1:8000", help="Where the site is reached, for the link to set a password."
        )

    def handle(self, *, name, slug, currency, country, timezone, owner, password, url, **options):
        try:
            with transaction.atomic():
                merchant, user = shops.open_shop(
                    name=name, slug=slug, currency=currency, country=country, timezone=timezone, owner_email=owner
                )
                if password:
                    validate_password(password, user)
                    user.set_password(password)
                    user.save(update_fields=["password"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValidationError as error:
            raise CommandError("The password is too weak: " + " ".join(error.messages)) from error
        self.stdout.write(merchant.slug)
        if not user.has_usable_password():
            self.stderr.write(
                f"Set {user.email}'s password within three days at: {url.rstrip('/')}{passwords.path(user)}"
            )
            self.stderr.write(f"Or here: python manage.py changepassword {user.email}")
