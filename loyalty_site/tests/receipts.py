"""What tests of refunds, voids and moves share: baskets, rules in few words, and books that agree."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from customers import activity, proof
from customers.models import CustomerActivity, CustomerMonth, Purchase
from customers.purchases import LineDraft
from loyalty_site.tests import factories
from rewards import claims, earning, ledger, redemption, tiers, vouchers
from rewards.models import Entry


def line(amount, category="", quantity=1, **more) -> LineDraft:
    return LineDraft(amount=amount, category=category, quantity=Decimal(quantity), **more)


def recorded(shop, buyer, lines=(), **more) -> Purchase:
    """A purchase of 10.00 on record, or of the lines' amount; without a buyer it is anonymous."""
    amount = sum(one.amount for one in lines) if lines else more.pop("amount", 1000)
    return Purchase.objects.get(pk=factories.purchase(shop, buyer, amount=amount, lines=list(lines), **more).draft.pk)


def bought(shop, buyer=None, lines=(), **more) -> Purchase:
    """A purchase on record, of a new member unless somebody is named."""
    return recorded(shop, buyer or factories.customer(shop), lines, **more)


def kept(shop) -> int:
    return sum(Entry.objects.filter(merchant=shop).values_list("points", flat=True))


def rollups(shop) -> list:
    people, months = (model.objects.filter(merchant=shop) for model in (CustomerActivity, CustomerMonth))
    return [
        list(people.order_by("customer").values()),
        list(months.order_by("customer", "month").values("customer", "month", "purchases", "net_value")),
    ]


def assert_sound(shop) -> None:
    """The books agree, and the rollups are what the purchases say."""
    assert [*proof.orphans(shop), *proof.wrong_refunds(shop)] == []
    assert [*ledger.differences(shop), *earning.differences(shop), *vouchers.differences(shop)] == []
    assert [*redemption.differences(shop), *claims.differences(shop)] == []
    assert list(tiers.differences(shop, at=timezone.now())) == []
    found = rollups(shop)
    with transaction.atomic():
        activity.refresh(merchant=shop, customers={one["customer_id"] for one in found[0]})
    assert rollups(shop) == found


def rule(award, name="r", **parts) -> dict:
    award = {"per_amount": {"points": award, "every": 100}} if isinstance(award, int) else award
    return {"name": name, "trigger": "purchase", "award": award, **parts}


def back(number, quantity=1) -> dict:
    return {"lines": [{"line": number, "quantity": quantity}]}


def points(person) -> int:
    return sum(Entry.objects.filter(membership__customer=person).values_list("points", flat=True))


def program_with(shop, *rules, **fields):
    """A program that everybody is in who comes later, and who is there."""
    return factories.program(shop, rules=list(rules) or None, **fields)


def path_of(shop, buyer, lines=(), **more) -> str:
    """The address of a purchase on record; without a buyer it is anonymous."""
    return f"purchases/{recorded(shop, buyer, lines, **more).public_id}"
