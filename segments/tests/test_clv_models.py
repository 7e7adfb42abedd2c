"""BG/NBD and Gamma-Gamma: likelihoods, gradients, fits and expectations, without a database."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, gammaln, hyp2f1, logsumexp

from segments.clv import bgnbd, fitting, gamma_gamma
from segments.clv.bgnbd import Visits
from segments.clv.gamma_gamma import Spending
from segments.clv.quadrature import beta_nodes, nodes_needed

CDNOW = {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}
WEEKS = np.array([1.0, 13.0, 52.0])
logs = st.lists(st.floats(-3, 3), min_size=4, max_size=4)
shoppers = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 300), st.integers(0, 300)).map(
        lambda one: (one[0], one[0] and one[0] + one[1], one[0] + one[1] + one[2])
    ),
    min_size=1,
    max_size=12,
)


def visits(people) -> Visits:
    return Visits.grouped(*(np.array(column) for column in zip(*people, strict=True)))


def slow_likelihood(people, r, alpha, a, b) -> float:
    """Equation 6 of the paper, customer by customer, as it is printed."""
    total = 0.0
    for x, recency, age in people:
        staying = betaln(a, b + x) - betaln(a, b) - (r + x) * math.log(alpha + age / 7)
        parts = [staying]
        if x:
            parts.append(betaln(a + 1, b + x - 1) - betaln(a, b) - (r + x) * math.log(alpha + recency / 7))
        total += gammaln(r + x) - gammaln(r) + r * math.log(alpha) + float(logsumexp(parts))
    return total


def assert_gradient_is_the_slope(objective, place):
    gradient = objective(place)[1]
    for axis, slope in enumerate(gradient):
        step = np.zeros_like(place)
        step[axis] = 1e-5
        assert slope == pytest.approx(
            (objective(place + step)[0] - objective(place - step)[0]) / 2e-5, rel=1e-5, abs=1e-4
        )


@settings(max_examples=25, deadline=None)
@given(people=shoppers, place=logs)
def test_grouped_likelihood_is_the_printed_one(people, place):
    value, __ = bgnbd.Likelihood(visits(people))(np.array(place))

    assert value == pytest.approx(slow_likelihood(people, *np.exp(place)), rel=1e-9, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(people=shoppers, place=logs)
def test_gradient_of_the_visits_is_the_slope(people, place):
    assert_gradient_is_the_slope(bgnbd.Likelihood(visits(people)), np.array(place))


@settings(max_examples=25, deadline=None)
@given(
    people=st.lists(st.tuples(st.integers(1, 50), st.floats(0.01, 1e5)), min_size=1, max_size=12),
    place=st.lists(st.floats(-3, 3), min_size=3, max_size=3),
)
def test_gradient_of_the_spending_is_the_slope(people, place):
    x, total = (np.array(column) for column in zip(*people, strict=True))

    assert_gradient_is_the_slope(gamma_gamma.Likelihood(Spending(x, total)), np.array(place))


def test_likelihood_of_the_spending_is_the_printed_one():
    """Equation 1a of the note, customer by customer."""
    p, q, gamma = 6.25, 3.74, 15.44
    x, m = np.array([1, 2, 7]), np.array([10.0, 22.35, 300.0])

    value, __ = gamma_gamma.Likelihood(Spending(x, x * m))(np.log([p, q, gamma]))

    slow = -betaln(p * x, q) + q * np.log(gamma) + (p * x - 1) * np.log(m) + p * x * np.log(x)
    assert value == pytest.approx((slow - (p * x + q) * np.log(gamma + m * x)).sum(), rel=1e-12)


def test_alike_customers_are_one_group():
    found = visits([(2, 10, 30), (0, 0, 30), (2, 10, 30), (0, 0, 5)])

    assert list(zip(found.x, found.recency, found.age, found.count, strict=True)) == [
        (0, 0, 5, 1), (0, 0, 30, 1), (2, 10, 30, 2),
    ]  # fmt: skip


def test_sample_takes_every_so_manieth_customer():
    found = visits([(0, 0, 30)] * 6 + [(1, 7, 30)] * 2 + [(3, 9, 12)]).sampled(3)

    assert list(zip(found.x, found.count, strict=True)) == [(0, 2), (1, 1)]


def test_many_groups_are_fitted_as_few_are(monkeypatch):
    """Beginning with a sample leads to the same place as climbing with everybody."""
    chance = np.random.default_rng(5)
    age = chance.integers(0, 400, 4000)
    x = np.minimum(chance.poisson(chance.gamma(0.6, 1 / 3.0, 4000) * age / 7), age)
    recency = np.where(x > 0, np.minimum(age, np.maximum(x, (age * chance.beta(x + 1, 2)).astype(int))), 0)
    people = Visits.grouped(x, recency, age)
    spending = Spending(x[x > 0], chance.gamma(2, 10, 4000)[x > 0] * x[x > 0])
    whole = bgnbd.fit(people), gamma_gamma.fit(spending)

    monkeypatch.setattr(bgnbd, "ENOUGH", 500)
    monkeypatch.setattr(gamma_gamma, "ENOUGH", 500)

    for one, other in zip(whole, (bgnbd.fit(people), gamma_gamma.fit(spending)), strict=True):
        assert other.params == pytest.approx(one.params, rel=1e-4)
        assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
        assert other.errors == pytest.approx(one.errors, rel=0.3)


def test_flat_sample_leads_to_a_climb_with_everybody():
    """Where the sample tells nothing, its curvature is no guide."""
    people = visits([(1, 7, 70), (2, 20, 70), (0, 0, 70), (5, 60, 70), (1, 30, 40)])
    whole, sample = bgnbd.Likelihood(people), bgnbd.Likelihood(visits([(1, 7, 7)] * 3))

    found = fitting.maximise(bgnbd.NAMES, whole, start=[1, 1, 1, 1], sample=sample)

    alone = fitting.maximise(bgnbd.NAMES, whole, start=[1, 1, 1, 1])
    assert found.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-4)


def published(params, x, known, t):
    """Equation 10 of the paper without P(alive), with Gauss's hypergeometric function."""
    r, alpha, a, b = params.values()
    series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + known + t))
    return (a + b + x - 1) / (a - 1) * (1 - ((alpha + known) / (alpha + known + t)) ** (r + x) * series)


@pytest.mark.parametrize(
    "params",
    [CDNOW, {"r": 0.95, "alpha": 3.7, "a": 0.3, "b": 66.0}, {"r": 2.0, "alpha": 0.3, "a": 3.0, "b": 1.5}],
)
@pytest.mark.parametrize("x", [0, 1, 3, 30])
def test_expected_purchases_are_those_of_the_published_form(params, x):
    known = np.arange(35, 700) / 7

    found = bgnbd.while_alive(params, np.full(len(known), x), known, WEEKS, np.eye(3))

    assert found == pytest.approx(published(params, x, known[:, None], WEEKS), rel=1e-8)


def test_expected_purchases_have_a_value_at_a_of_one():
    """Where the published form divides by zero."""
    beside = [bgnbd.while_alive(CDNOW | {"a": a}, np.array([3]), np.array([20.0]), WEEKS, np.eye(3)) for a in
              (0.999999, 1.0, 1.000001)]  # fmt: skip

    assert beside[1] == pytest.approx((beside[0] + beside[2]) / 2, rel=1e-9)


def test_many_ages_are_read_off_a_polynomial_that_errs_by_nothing():
    known = np.arange(0, 3650) / 7
    params = CDNOW | {"alpha": 0.5}

    found = bgnbd.while_alive(params, np.full(len(known), 4), known, WEEKS, np.eye(3))

    assert found == pytest.approx(bgnbd.bought(params, 4.0, 0.5 + known, WEEKS), rel=1e-7)


@settings(max_examples=25, deadline=None)
@given(
    x=st.integers(0, 5000),
    silence=st.integers(0, 3000),
    params=st.lists(st.floats(-4, 4), min_size=4, max_size=4),
)
def test_whoever_they_are_expectations_are_sober(x, silence, params):
    """Probabilities are some, more weeks bring more, and nobody alive buys less than somebody who may have left."""
    params = dict(zip(bgnbd.NAMES, map(float, np.exp(params)), strict=True))
    known = (x + silence) / 7

    alive = bgnbd.p_alive(params, np.array([x]), np.array([x / 7 if x else 0.0]), np.array([known]))
    expected = bgnbd.while_alive(params, np.array([x]), np.array([known]), WEEKS, np.eye(3))[0]

    assert 0 <= alive[0] <= 1
    assert np.isfinite(expected).all()
    assert 0 <= expected[0] <= expected[1] <= expected[2]


def test_silence_makes_it_less_likely_that_somebody_is_there():
    alive = bgnbd.p_alive(CDNOW, np.full(5, 3), np.full(5, 10.0), np.array([10.0, 12.0, 20.0, 40.0, 400.0]))

    assert (np.diff(alive) < 0).all()


def test_usual_spending_lies_between_everybodys_and_ones_own():
    params = {"p": 6.25, "q": 3.74, "gamma": 15.44}
    x = np.array([0, 1, 10, 10_000])

    means = gamma_gamma.expected_mean(params, x, x * 100.0)

    assert means[0] == pytest.approx(6.25 * 15.44 / 2.74)
    assert (np.diff(means) > 0).all()
    assert means[3] == pytest.approx(100, rel=1e-3)


@pytest.mark.parametrize(("a", "b"), [(0.8, 2.4), (0.01, 3.0), (5.0, 10_000.0), (1.0, 1.0)])
def test_weights_give_the_moments_of_the_beta_distribution(a, b):
    places, weights = beta_nodes(a, b, count=16)

    mean = a / (a + b)
    assert weights.sum() == pytest.approx(1)
    assert weights @ places == pytest.approx(mean)
    assert weights @ places**2 == pytest.approx(mean * (a + 1) / (a + b + 1))


def test_farther_ahead_takes_more_nodes():
    assert [nodes_needed(reach) for reach in (0, 1, 12, 30, 10_000)] == [16, 16, 45, 108, 192]


def test_nobody_who_came_back_tells_nothing():
    assert bgnbd.fit(visits([(0, 0, 10), (0, 0, 20)])) is None
    assert gamma_gamma.fit(Spending(np.zeros(0), np.zeros(0))) is None


def test_spending_is_the_same_in_every_unit():
    chance = np.random.default_rng(3)
    x = chance.integers(1, 6, 300)
    total = chance.gamma(4 * x, 8 / chance.gamma(3, 1, 300))

    one, hundred = gamma_gamma.fit(Spending(x, total)), gamma_gamma.fit(Spending(x, total * 100))

    assert hundred.params == pytest.approx(one.params | {"gamma": one.params["gamma"] * 100}, rel=1e-5)
    assert hundred.errors == pytest.approx(one.errors, rel=1e-3)
    assert hundred.log_likelihood == pytest.approx(one.log_likelihood - 300 * math.log(100))
