"""Dull things for tests: two shops, five people, and customers who buy.

Alice owns shop A, Bob is A's analyst, Dora is A's staff; Charlie owns shop B and has no business at A.
"""

from datetime import UTC, date, datetime
from itertools import count

from django.utils import timezone

from customers.merchants import keys, shops
from customers.merchants import staff as people_of
from customers.merchants.models import ApiKey, Invitation, Location, Merchant, Role, StaffMember, User
from customers.models import Customer
from customers.purchases import PurchaseDraft
from loyalty_site import flows
from rewards import programs
from rewards.models import Program

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
PASSWORD = "as-dull-as-can-be"
NUMBERS = count(1)


def merchant(*, slug: str = "a", owner: str = "alice@a.test", currency: str = "EUR") -> Merchant:
    """A shop with an owner, in Madrid."""
    opened, __ = shops.open_shop(
        name=f"Shop {slug.upper()}",
        slug=slug,
        currency=currency,
        country="ES",
        timezone="Europe/Madrid",
        owner_email=owner,
        owner_name=owner.partition("@")[0].title(),
    )
    return opened


def staff(shop: Merchant, *, email: str, role: str) -> User:
    """A person with a role at the shop."""
    return shops.give_place(merchant=shop, email=email, role=role, name=email.partition("@")[0].title())


def place(shop: Merchant) -> StaffMember:
    """The owner's place at the shop."""
    return StaffMember.objects.select_related("merchant", "user").get(merchant=shop, role=Role.OWNER)


def people() -> dict[str, User]:
    """Alice, Bob and Dora at shop A, Charlie at shop B."""
    a = merchant()
    merchant(slug="b", owner="charlie@b.test")
    return {
        "alice": User.objects.get(email="alice@a.test"),
        "bob": staff(a, email="bob@a.test", role=Role.ANALYST),
        "dora": staff(a, email="dora@a.test", role=Role.STAFF),
        "charlie": User.objects.get(email="charlie@b.test"),
    }


def program(
    shop: Merchant, *, name: str = "Points", every: int = 100, rules: list | None = None, at: datetime = AT, **fields
) -> Program:
    """An active program: one point for each full `every`, or of some rules."""
    plain = [{"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": every}}}]
    made = programs.create(merchant=shop, name=name, rules=rules or plain, at=at, **fields)
    return flows.activate_program(program=made, at=at)


def customer(shop: Merchant, *, at: datetime = AT, **fields) -> Customer:
    """Somebody with a card."""
    fields = {"name": f"Customer {next(NUMBERS)}", **fields}
    return flows.enrol(merchant=shop, fields=fields, consents=[], at=at)[0]


def purchase(
    shop: Merchant, buyer: Customer | None, *, amount: int = 1000, at: datetime = AT, **fields
) -> flows.Recorded:
    """A purchase of 10.00 that happens as it is recorded."""
    draft = PurchaseDraft(amount=amount, occurred_at=at, customer_id=buyer and buyer.pk, **fields)
    return flows.record_purchases(merchant=shop, drafts=[draft], at=at)[0]


def clerk(shop: Merchant, *, email: str = "clerk@a.test", role: str = Role.STAFF) -> StaffMember:
    """Somebody who works at the shop, as the verbs take them."""
    return staff(shop, email=email, role=role).places.select_related("merchant").get(merchant=shop)


def things(owner: StaffMember) -> None:
    """One of everything that the settings name: a location, two people, an invitation, a key, three programs."""
    shop = owner.merchant
    shops.add_location(merchant=shop, name="Main Street")
    staff(shop, email="erin@a.test", role=Role.STAFF)
    staff(shop, email="gus@a.test", role=Role.STAFF)
    StaffMember.objects.filter(user__email="gus@a.test").update(is_active=False)
    people_of.invite(merchant=shop, email="fay@a.test", role=Role.STAFF, by=owner, at=timezone.now())
    keys.create(merchant=shop, name="till", scope="counter", at=AT)
    program(shop, name="Running")
    ending = program(shop, name="Ending")
    days = {"last_earning_on": date(2030, 1, 31), "last_spending_on": date(2030, 2, 28)}
    programs.close(program=ending, at=AT, **days)
    rules = [{"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}]
    programs.create(merchant=shop, name="Draft", rules=rules, at=AT)


def names_of_things(page: str) -> dict[str, str]:
    """The ids of shop A's things in the addresses of a page."""
    person = "gus@a.test" if page == "settings_reactivate" else "erin@a.test"
    invitation = Invitation.objects.get(merchant__slug="a")
    name = {"program_activate": "Draft", "program_reopen": "Ending"}.get(page, "Running")
    return {
        "location_id": Location.objects.get(merchant__slug="a").public_id,
        "staff_id": StaffMember.objects.get(merchant__slug="a", user__email=person).public_id,
        "invitation_id": invitation.public_id,
        "token": people_of.token(invitation),
        "uidb64": "MQ",
        "key_id": ApiKey.objects.get(merchant__slug="a").public_id,
        "number": 1,
        "program_id": Program.objects.get(merchant__slug="a", name=name).public_id,
    }
