"""The ruling on refunds, for random promises, baskets and series of refunds, against the slow and obvious model."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.purchases import LineDraft
from customers.tests import factories as shops
from rewards import earning, ledger
from rewards.models import Entry
from rewards.tests import factories
from rewards.tests.slow_rules import CATEGORIES, Bought, promises, slow

pytestmark = pytest.mark.django_db
LINES = st.lists(
    st.tuples(st.integers(1, 600), st.integers(0, 3), st.sampled_from(CATEGORIES)), min_size=1, max_size=3, unique=True
)


@pytest.mark.parametrize("multipliers", [pytest.param("best", marks=pytest.mark.any_database), "all"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), lines=LINES, rounding=st.sampled_from(["down", "half_up", "up"]))
def test_after_any_series_of_refunds_the_points_kept_equal_what_the_rest_would_have_earned(
    multipliers, data, lines, rounding
):
    wanted = data.draw(promises(multipliers=multipliers))
    refunds = data.draw(st.lists(st.integers(1, 700), max_size=4))
    shop = shops.merchant(f"p{next(shops.NUMBERS)}")
    factories.program(shop, rules=wanted, policies={"rounding": rounding, "multipliers": multipliers})
    drafts = [LineDraft(amount=worth, quantity=Decimal(units), category=name) for worth, units, name in lines]
    amount = left = sum(worth for worth, *__ in lines)
    bought = factories.judged(shop, factories.member(shop), amount=amount, lines=drafts)

    for wish in [0, *refunds, left]:
        if back := min(wish, left):
            left -= back
            factories.returned(shop, bought, amount=back)
        rest = Bought([(worth * Fraction(left, amount), units, name) for worth, units, name in lines], {})
        deserved = sum(slow(wanted, rest, rounding, multipliers).values()) if left else 0

        assert sum(Entry.objects.filter(merchant=shop).values_list("points", flat=True)) == deserved

    assert [*ledger.differences(shop), *earning.differences(shop)] == []
