"""Two tills at once never exceed a limit."""

from datetime import timedelta

import pytest

from customers.purchases import PurchaseDraft, ReturnDraft
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import together
from loyalty_site.tests.factories import AT
from rewards import earning, ledger, programs
from rewards.models import Judgement, RuleUse

pytestmark = pytest.mark.django_db(transaction=True)
SALES = 12


def sell_at_once(shop, buyers) -> None:
    """A sale to each buyer, all at the same time."""

    def sell(number):
        draft = PurchaseDraft(amount=1000, occurred_at=AT, customer_id=buyers[number].pk)
        flows.record_once(merchant=shop, drafts=[draft], at=AT)

    together(len(buyers), sell)


def promise(shop, **limits):
    wanted = [{"name": "hello", "award": {"fixed": 10}, "limits": limits}]
    made = programs.create(merchant=shop, name="Points", rules=wanted, at=AT - timedelta(days=1))
    flows.activate_program(program=made, at=AT - timedelta(days=1))


@pytest.mark.parametrize(("bound", "given"), [({"times": 3}, 3), ({"points": 35}, 4)])
def test_tills_at_once_never_exceed_a_total(shop, bound, given):
    promise(shop, total={**bound, "period": "day"})
    buyers = [factories.customer(shop) for __ in range(SALES)]

    sell_at_once(shop, buyers)

    points = list(Judgement.objects.filter(points__gt=0).values_list("points", flat=True))
    assert (len(points), sum(points)) == (given, min(given * 10, bound.get("points", 10**6)))
    assert [*ledger.differences(), *earning.differences()] == []


def test_tills_at_once_never_exceed_what_a_customer_may(shop):
    promise(shop, per_customer={"times": 2, "period": "week"})
    ana, ben = factories.customer(shop), factories.customer(shop)

    sell_at_once(shop, [ana, ben] * (SALES // 2))

    assert Judgement.objects.filter(points=10).count() == 4
    assert [*ledger.differences(), *earning.differences()] == []


def test_sales_and_refunds_at_once_keep_the_count(shop):
    promise(shop, per_customer={"points": 60, "period": "ever"}, total={"times": SALES, "period": "week"})
    buyers = [factories.customer(shop) for __ in range(4)]
    sold = [factories.purchase(shop, buyer).draft for buyer in buyers]

    def work(number):
        buyer, first = buyers[number % 4], sold[number % 4]
        if number < 4:
            back = ReturnDraft(amount=1000, occurred_at=AT, customer_id=buyer.pk, purchase_id=first.pk)
            flows.record_returns(merchant=shop, drafts=[back], at=AT)
        else:
            flows.record_once(
                merchant=shop, drafts=[PurchaseDraft(amount=1000, occurred_at=AT, customer_id=buyer.pk)], at=AT
            )

    together(SALES, work)

    assert [*ledger.differences(), *earning.differences()] == []
    assert RuleUse.objects.filter(points__gt=0).count() == 8
