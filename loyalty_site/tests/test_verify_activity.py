"""`manage.py verify_activity`: whatever happened, the rollups agree; planted damage is found and named."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import rollups
from customers.models import CustomerActivity, CustomerMonth, Purchase
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from segments import cohorts, lifecycle
from segments.cohorts import proof as cells
from segments.lifecycle import proof as rhythms
from segments.models import CohortCell, CustomerRhythm, ShopGap

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=400)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "buy", "batch", "refund", "whole", "void", "move", "return", "keep"]),
        st.integers(0, 2),  # who
        st.integers(0, 150),  # day
        st.integers(1, 2_000),  # minor units
    ),
    max_size=14,
)


def verified(shop) -> list[str]:
    return [*rollups.differences(shop), *rhythms.differences(shop), *cells.differences(shop)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_rollups_agree_whatever_happens(steps):
    number = next(factories.NUMBERS)
    shop = factories.merchant(slug=f"v{number}", owner=f"owner@v{number}.test")
    people = [factories.customer(shop) for __ in range(3)]

    for step, who, day, amount in steps:
        happen(shop, people, step, who, AT + timedelta(days=day), amount)

    assert verified(shop) == []
    lifecycle.keep(merchant=shop)
    cohorts.settle(merchant=shop)
    assert verified(shop) == []


def happen(shop, people, step, who, at, amount):
    """One step of a shop's history; steps come in any order of time, so that some are backdated."""
    one = people[who]
    if step == "keep":
        lifecycle.keep(merchant=shop)
        cohorts.settle(merchant=shop)
    elif step in ("buy", "batch"):
        drafts = [
            factories.PurchaseDraft(amount=amount, occurred_at=at + timedelta(days=9 * number), customer_id=buyer.pk)
            for number, buyer in enumerate([one] if step == "buy" else [one, people[0], one])
        ]
        flows.record_purchases(merchant=shop, drafts=drafts, at=LATER)
    elif step == "return":
        flows.take_return(merchant=shop, at=LATER, customer_id=one.pk, amount=amount, occurred_at=at)
    elif bought := Purchase.objects.standing().filter(customer=one).order_by("pk").first():
        if step == "void":
            flows.void_purchase(merchant=shop, purchase_id=bought.pk, at=LATER)
        elif step == "move" and not bought.refunded:
            flows.reassign_purchase(merchant=shop, purchase_id=bought.pk, customer_id=people[0].pk, at=LATER)
        elif back := min(bought.remaining, bought.remaining if step == "whole" else amount):
            flows.refund_purchase(merchant=shop, at=LATER, purchase_id=bought.pk, amount=back, occurred_at=LATER)


@pytest.fixture
def shop():
    """One customer who came on three days of two months, and brought 1.00 back."""
    shop = factories.merchant()
    ana = factories.customer(shop)
    for ago in (40, 7, 0):
        factories.purchase(shop, ana, at=AT - timedelta(days=ago))
    flows.take_return(merchant=shop, at=AT, customer_id=ana.pk, amount=100, occurred_at=AT)
    lifecycle.keep(merchant=shop)
    cohorts.settle(merchant=shop)
    return shop


def only(month: str) -> dict:
    return {"month": date.fromisoformat(month)}


DAMAGE = {
    "net_value is 2901 and should be 2900": lambda: CustomerActivity.objects.update(net_value=2901),
    "mark is 1 and should be": lambda: CustomerActivity.objects.update(mark=1),
    "earlier_on is 2026-01-28 and should be 2026-01-29": lambda: CustomerActivity.objects.update(
        earlier_on=date(2026, 1, 28)
    ),
    "earlier_purchases is 2 and should be 1": lambda: CustomerActivity.objects.update(earlier_purchases=2),
    "last_on is 2026-03-12 and should be 2026-03-10": lambda: CustomerActivity.objects.update(
        last_on=date(2026, 3, 12)
    ),
    "2026-03-01: purchases is 3 and should be 2": lambda: CustomerMonth.objects.filter(**only("2026-03-01")).update(
        purchases=3
    ),
    "2026-01-01: is missing": lambda: CustomerMonth.objects.filter(**only("2026-01-01")).delete(),
    "2025-12-01: nothing on record makes it": lambda: CustomerMonth.objects.create(
        **CustomerMonth.objects.filter(**only("2026-01-01")).values("customer_id", "merchant_id").get(),
        **only("2025-12-01"), purchases=1, net_value=5,
    ),
    "2026-03: pause is 8 and should be 7": lambda: CustomerRhythm.objects.filter(**only("2026-03-01")).update(pause=8),
    "2026-01: is missing": lambda: CustomerRhythm.objects.filter(**only("2026-01-01")).delete(),
    "gaps of 7 days of Shop A 2026-03: 2 are kept and should be 1": lambda: ShopGap.objects.filter(days=7).update(
        count=2
    ),
    "by month, 2026-03-01: 2 customers and 1900 are kept and should be 1 and 1900": lambda: CohortCell.objects.filter(
        resolution="month", period=date(2026, 3, 1)
    ).update(buyers=2),
}  # fmt: skip


@pytest.mark.parametrize("sentence", DAMAGE)
def test_planted_damage_is_found(shop, sentence):
    assert verified(shop) == []

    DAMAGE[sentence]()

    assert sentence in " / ".join(verified(shop))


def test_a_row_that_is_gone_is_found(shop):
    CustomerActivity.objects.all().delete()

    [found] = rollups.differences()

    assert found.endswith("is missing")


def test_rows_that_do_not_hold_are_no_damage(shop):
    """Somebody bought after the last making: nobody reads their rows, and the next hour makes them anew."""
    factories.purchase(shop, shop.customers.get(), at=AT)

    assert verified(shop) == []


def test_the_command_names_the_rows_and_ends_with_one(shop):
    said = StringIO()
    call_command("verify_activity", "--merchant", "a", stdout=said)
    assert said.getvalue() == "The rollups agree with the purchases, refunds and returns.\n"

    CustomerActivity.objects.update(net_value=7)
    wrong, counted = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_activity", stdout=wrong, stderr=counted)

    assert ended.value.code == 1
    [line] = wrong.getvalue().splitlines()
    assert line.startswith("customeractivity of customer ")
    assert line.endswith(": net_value is 7 and should be 2900")
    assert counted.getvalue() == "1 differences.\n"


def test_another_shop_is_left_alone(shop):
    other = factories.merchant(slug="b", owner="owner@b.test")
    CustomerActivity.objects.update(net_value=7)

    assert verified(other) == []
