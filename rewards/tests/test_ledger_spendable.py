"""What members can spend as one statement is what their balances say one by one."""

from datetime import timedelta

import pytest

from customers.tests import factories
from customers.tests.factories import AT
from rewards import ledger, programs
from rewards.models import PointsAccount
from rewards.tests import factories as promises
from rewards.tests.factories import Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def sums(made, at) -> dict[int, int]:
    """The cached balances less what is withheld, slowly; an account without a row keeps all."""
    found = dict(PointsAccount.objects.filter(program=made).values_list("pk", "balance"))
    for part in ledger.withheld(made, at=at):
        for account, points in part:
            if account in found:
                found[account] -= points
    return found


@pytest.fixture
def shop():
    return factories.merchant()


@pytest.mark.parametrize("kind", [{"kind": "days", "days": 10}, {"kind": "inactivity", "months": 1}, {"kind": "never"}])
def test_balance_less_what_is_withheld_is_the_available_one(shop, kind):
    made = promises.program(shop, policies={"expiry": kind}, at=AT - 60 * DAY)
    people = [promises.member(shop) for __ in range(5)]
    for days, person in zip([0, 9, 10, 40], people, strict=False):
        promises.judged(shop, person, amount=5000, at=AT - days * DAY)
    ledger.hold(membership=promises.membership(people[0]), points=20, key="hold", at=AT)
    till = Till(promises.membership(people[4]))
    ledger.post([till.posting(30)], at=AT)
    ledger.post([till.posting(-50)], at=AT)  # in deficit
    accounts = [promises.membership(person).account_id for person in people]

    for moment in (AT, AT + timedelta(minutes=20), AT + 9 * DAY, AT + 20 * DAY):
        one_by_one = ledger.balances(accounts, at=moment, now=moment)
        assert sums(made, moment) == {account: balance.available for account, balance in one_by_one.items()}


def test_nothing_of_a_closed_program_can_be_spent(shop):
    made = promises.program(shop, at=AT - 60 * DAY)
    promises.judged(shop, promises.member(shop), amount=5000)
    closed = programs.close(program=made, last_earning_on=AT.date(), last_spending_on=AT.date(), at=AT)

    assert set(sums(closed, AT + 2 * DAY).values()) == {0}
