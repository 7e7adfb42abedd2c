"""Customer value with its status: shoppers who follow the models, and those who make them say that they do not know."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from segments.clv import forecasts, gamma_gamma, holdout, words
from segments.clv.valuation import Status
from segments.tests.shoppers import END, bought, simulated, valued

LIKE_CDNOW = {"r": 0.5, "alpha": 4.0, "a": 0.8, "b": 2.5}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def shoppers():
    return simulated(1500, **LIKE_CDNOW)


@pytest.fixture(scope="module")
def found(shoppers):
    return valued(shoppers)


def codes(found) -> list[str]:
    return [warning.code for warning in found.warnings]


def test_shoppers_who_follow_the_models_are_ok(found):
    assert (found.status, codes(found)) == (Status.OK, [])
    assert found.buying.params == pytest.approx(LIKE_CDNOW, rel=0.35)
    assert found.holdout.held_back
    assert abs(found.holdout.error) < 0.15


def test_total_is_the_sum_of_what_everybody_is_shown_with(found):
    assert found.total == sum(int(one) for one in found.worth)
    assert (found.worth >= 0).all()
    assert ((found.p_alive >= 0) & (found.p_alive <= 1)).all()


def test_purchases_to_come_are_worth_less_the_higher_the_discount(shoppers, found):
    plain, half = (valued(shoppers, discount=discount) for discount in (0.0, 1.0))

    assert half.total < found.total < plain.total
    assert half.total > plain.total / 2
    assert list(half.purchases) == list(plain.purchases)


def test_worth_is_the_sum_over_weeks_of_the_contract(found):
    """Σ over 52 weeks of (E[Y(w)] − E[Y(w − 1)]) · E[M] / (1 + discount)^(w / 52), customer by customer."""
    weeks = [forecasts.purchases(found.buying.params, found.people, float(week)) for week in range(1, 53)]
    mean = gamma_gamma.expected_mean(found.spending.params, found.people.x, found.people.spent / 100)
    worth, before = np.zeros(len(mean)), np.zeros(len(mean))
    for week, expected in enumerate(weeks, 1):
        worth += (expected - before) * mean / 1.10 ** (week / 52)
        before = expected

    assert np.abs(found.worth - worth * 100).max() <= 0.51


def test_more_minor_units_make_the_same_amounts(shoppers, found):
    """The same shop in a currency without decimals: what was 10.00 is 1000."""
    whole = valued(shoppers, unit=1)

    assert whole.spending.params["gamma"] == pytest.approx(100 * found.spending.params["gamma"], rel=1e-4)
    assert np.abs(whole.worth - found.worth).max() <= 1


def test_time_after_the_day_tries_the_forecast_where_it_is_known(shoppers):
    early = valued(shoppers, as_of=END - timedelta(days=91))

    newest = max(day for __, day, __ in shoppers)
    assert (early.holdout.held_back, early.holdout.cut) == (False, END - timedelta(days=91))
    assert early.holdout.weeks == (newest - early.as_of).days / 7
    assert early.holdout.actual == sum(
        len({day for customer, day, __ in shoppers if customer == one and day > early.as_of})
        for one in {customer for customer, day, __ in shoppers if day <= early.as_of}
    )


def test_nothing_after_the_day_changes_what_was_known_then(shoppers):
    day = END - timedelta(days=91)

    early, alone = valued(shoppers, as_of=day), valued([one for one in shoppers if one[1] <= day], as_of=day)

    assert list(early.worth) == list(alone.worth)
    assert not early.holdout.held_back
    assert alone.holdout.held_back


@pytest.mark.parametrize(
    ("days_known", "held_back"), [(0, True), (27, True), (28, False), (90, False)]
)  # fmt: skip
def test_history_is_cut_at_the_day_or_a_quarter_before(days_known, held_back):
    first, newest = END - timedelta(days=365), END + timedelta(days=days_known)

    cut, end = holdout.split((first, newest), as_of=END)

    assert (cut, end) == ((END - timedelta(days=91), END) if held_back else (END, newest))


def test_short_history_is_not_cut():
    assert holdout.split((END - timedelta(days=27), END), as_of=END) == (END, END)


def test_groups_of_the_trial_add_up(found):
    groups = found.holdout.groups

    assert [group.x for group in groups] == list(range(8))
    assert [group.often for group in groups] == [False] * 7 + [True]
    assert sum(group.customers * group.actual for group in groups) == pytest.approx(found.holdout.actual)
    assert sum(group.customers * group.forecast for group in groups) == pytest.approx(found.holdout.forecast)


def test_few_who_came_back_are_weak():
    """A tenth of a shop that is ok: the figures stand beside the reason."""
    found = valued(simulated(150, **LIKE_CDNOW, seed=4))

    assert found.repeaters < 100
    assert (found.status, codes(found)[0]) == (Status.WEAK, "few")
    assert found.total > 0
    assert words.warnings(found)[0] == (
        f"{found.repeaters} customers came back on another day; it takes 100 for figures to rely on."
    )


def test_forecast_that_is_off_is_weak(shoppers):
    """Whoever bought after the cut bought once more each time: the forecast is far too low."""
    cut = valued(shoppers).holdout.cut
    more = [(one, day + timedelta(days=1), amount) for one, day, amount in shoppers if cut < day < END]

    found = valued(shoppers + more)

    assert (found.status, codes(found)) == (Status.WEAK, ["too_few"])
    assert found.worth is not None
    assert words.warnings(found)[0].endswith("% below what customers bought.")


def test_nobody_who_came_in_the_trial_is_weak(shoppers):
    """The shop closed in the middle, or its record ends there."""
    day = END + timedelta(days=200)

    found = valued(shoppers, as_of=day)

    assert found.holdout.actual == 0
    assert (found.status, codes(found)) == (Status.WEAK, ["none_came", "silent"])
    assert found.last_on == max(day for __, day, __ in shoppers)
    assert words.warnings(found)[1].startswith("The last purchase on record is of 29 Jun 2026.")


def unidentified(found) -> list[str]:
    """The reasons of a valuation that gives no figure."""
    assert found.status == Status.UNIDENTIFIED
    assert (found.p_alive, found.purchases, found.worth, found.total) == (None, None, None, None)
    assert all(words.warnings(found))
    return codes(found)


def test_shop_without_purchases():
    found = valued([])

    assert unidentified(found) == ["nobody"]
    assert (found.holdout, found.last_on, len(found.people.keys)) == (None, None, 0)


def test_nobody_came_twice():
    found = valued([one for customer in range(500) for one in bought(customer, customer % 90)])

    assert unidentified(found) == ["nobody_again"]
    assert found.buying is None


def test_all_bought_today_alone():
    assert unidentified(valued([one for customer in range(50) for one in bought(customer, 0, 0)])) == ["nobody_again"]


def test_customers_who_are_all_alike():
    """No variance to tell how customers differ."""
    found = valued([one for customer in range(300) for one in bought(customer, 70, 60, 50, 40, 30, 20, 10)])

    assert set(unidentified(found)) <= {"boundary", "flat"}


def test_three_customers():
    found = valued([*bought(1, 60, 30, 2), *bought(2, 50), *bought(3, 40, 10)])

    assert set(unidentified(found)) <= {"boundary", "flat"}


def test_everyone_bought_every_day():
    found = valued([one for customer in range(40) for one in bought(customer, *range(120))])

    assert set(unidentified(found)) <= {"boundary", "flat"}


def test_nobody_ever_leaves():
    """Purchases by chance alone: the probability of leaving lies on its boundary."""
    found = valued(simulated(800, r=1.5, alpha=3.0, a=1e-6, b=5.0))

    assert set(unidentified(found)) <= {"boundary", "flat"}
    assert found.buying.params["r"] == pytest.approx(1.5, rel=0.2)
    assert "a" in (*found.buying.boundary, *found.buying.flat)


def test_customers_who_come_again_for_nothing(shoppers):
    """Every purchase after the first was refunded, or free."""
    firsts = set()
    free = [(one, day, 0 if one in firsts else firsts.add(one) or 500) for one, day, __ in shoppers]

    assert unidentified(valued(free)) == ["nothing_spent"]


def test_customers_who_always_spend_the_same(shoppers):
    assert {"boundary", "flat"} & set(unidentified(valued([(one, day, 500) for one, day, __ in shoppers])))


def test_spending_without_a_mean(shoppers):
    """Means that follow an inverse gamma distribution of less than one have no mean themselves."""
    factor = 1 / np.random.default_rng(2).gamma(0.8, 1, 1501)
    wild = [(one, day, int(amount * factor[one])) for one, day, amount in shoppers]

    found = valued(wild)

    assert found.spending.params["q"] <= 1
    assert "no_mean" in unidentified(found)


def test_huge_counts_and_amounts():
    """Machines buy every day for years, people among them now and then: nothing overflows."""
    chance = np.random.default_rng(8)
    purchases = simulated(300, r=0.4, alpha=6.0, a=0.7, b=3.0, days=3000, seed=9)
    for customer in range(1000, 1040):
        days = range(int(chance.integers(0, 300)), int(chance.integers(1500, 3000)))
        purchases += bought(customer, *days, amount=int(chance.integers(10**6, 10**9)))

    found = valued(purchases)

    assert found.people.x.max() > 1000
    assert np.isfinite([*found.buying.params.values(), *found.spending.params.values()]).all()
    assert found.worth is None or (found.worth >= 0).all()


def test_same_purchases_give_the_same_figures(shoppers, found):
    again = valued(shoppers)

    assert again.buying.params == found.buying.params
    assert list(again.worth) == list(found.worth)


def test_every_warning_has_a_sentence_and_every_figure_a_definition():
    assert set(words.sentences()) == {
        "nobody", "nobody_again", "nothing_spent", "boundary", "flat", "no_mean", "untried", "none_came", "too_many",
        "too_few", "silent",
    }  # fmt: skip
    assert all(words.definitions().values())


@settings(max_examples=25, deadline=None)
@given(
    visits=st.lists(
        st.tuples(st.integers(1, 12), st.integers(0, 400), st.one_of(st.integers(0, 5000), st.just(10**12))),
        max_size=60,
    ),
    ahead=st.integers(-100, 400),
)
def test_whatever_was_bought_there_is_an_answer_with_a_status(visits, ahead):
    """No shop is too odd: figures are there exactly when the status lets them."""
    purchases = [(customer, END - timedelta(days=ago), amount) for customer, ago, amount in visits]

    found = valued(purchases, as_of=END + timedelta(days=ahead))

    assert (found.status == Status.UNIDENTIFIED) == (found.worth is None) == (found.total is None)
    assert len(found.people.keys) == len({one[0] for one in purchases if one[1] <= found.as_of})
    if found.worth is not None:
        assert (found.worth >= 0).all()
        assert np.isfinite([*found.purchases, *found.p_alive]).all()
