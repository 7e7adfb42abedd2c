"""Fitting and applying BG/NBD beside the library that most people use for it."""

from importlib import import_module
from time import perf_counter

import numpy as np

from segments.clv import bgnbd, forecasts
from segments.clv.history import People

from .figures import Figure
from .shop import Shop

EACH = 10  # customers for each of the shop's
YEAR = 52  # weeks
PARAMS = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}  # of CDNOW, as published
CLOSE = 0.05  # relative: both climb to the same top


def worth(shop: Shop, port: int, *, times: int) -> list[Figure]:
    """A year's forecast of ten customers for each of the shop's, who behave as those of CDNOW did."""
    people = shoppers(EACH * len(shop.customers))
    began = perf_counter()
    fit = bgnbd.fit(bgnbd.Visits.grouped(people.x, people.recency, people.age))
    forecasts.alive(fit.params, people)
    forecasts.purchases(fit.params, people, YEAR)
    mine = perf_counter() - began
    theirs = beside_lifetimes(people, fit.params)
    name = f"BG/NBD for {len(people.x):,} customers"
    return [
        Figure(name, mine, "s", "lifetimes", theirs, 1 / 20, at_most=True),
        Figure("the same", mine, "s", "at most", 2.0, 1.0, at_most=True),
    ]


def beside_lifetimes(people: People, params: dict[str, float]) -> float:
    """Seconds that `lifetimes` takes for the same. Raises where it finds other parameters."""
    fitter = import_module("lifetimes").BetaGeoFitter()
    columns = people.x, people.recency / bgnbd.WEEK, people.age / bgnbd.WEEK
    began = perf_counter()
    fitter.fit(*columns)
    fitter.conditional_probability_alive(*columns)
    fitter.conditional_expected_number_of_purchases_up_to_time(YEAR, *columns)
    took = perf_counter() - began
    if any(abs(fitter.params_[name] / value - 1) > CLOSE for name, value in params.items()):
        raise AssertionError(f"lifetimes found {dict(fitter.params_)} and not {params}")
    return took


def shoppers(count: int) -> People:
    """Customers out of the model, known for 27 to 39 weeks; the same ones every time."""
    dice = np.random.default_rng(1)
    rate = dice.gamma(PARAMS["r"], 1 / PARAMS["alpha"], count) / bgnbd.WEEK
    leaving, age = dice.beta(PARAMS["a"], PARAMS["b"], count), dice.integers(27 * 7, 39 * 7, count)
    x, recency, now = (np.zeros(count, dtype=np.int64) for __ in range(3))
    alive, now = np.arange(count), np.zeros(count)
    while len(alive):
        now[alive] += dice.exponential(1 / np.maximum(rate[alive], 1e-12))
        alive = alive[now[alive] < age[alive]]
        again = alive[now[alive].astype(np.int64) > recency[alive]]  # several on one day count once
        x[again] += 1
        recency[again] = now[again].astype(np.int64)
        alive = alive[dice.random(len(alive)) >= leaving[alive]]
    return People(np.arange(count), x, recency, age, np.zeros(count, dtype=np.int64))
