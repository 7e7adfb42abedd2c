"""Maximum likelihood in the logarithms of positive parameters, and whether the data tell what they are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy  # which loads its parts when they are first used: no command waits for them

FARTHEST = 14.0  # of a logarithm: a parameter of a million says the same as one without end
EDGE = 9.0  # beyond e^9 = 8,000 or below e^−9 a parameter has left for its boundary
FLAT = 2.5  # standard error of a logarithm: the parameter may be a hundred times as much or as little
STEP = 1e-4
STEPS, REST = 12, 1e-6  # Newton's, and what counts as standing still
WEAKEST, PART = 1e-6, 1e-4  # curvature that is none but rounding, and a direction's share that matters


class Objective(Protocol):
    """A log-likelihood: takes the logarithms of the parameters, gives its value and its gradient by them.

    `size` is how many observations it sums up.
    """

    size: float

    def __call__(self, logs: np.ndarray) -> tuple[float, np.ndarray]: ...


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the likelihood is highest; `errors` are the standard errors of the parameters' logarithms.

    A parameter on its boundary has left for nothing or for ever more; a flat one can be changed many times over at next
    to no cost in likelihood, so that the data do not tell it.
    """

    params: dict[str, float]
    log_likelihood: float
    errors: dict[str, float]
    boundary: tuple[str, ...] = ()

    @property
    def flat(self) -> list[str]:
        """Parameters that the data do not tell, though they are on no boundary."""
        return [name for name, error in self.errors.items() if error > FLAT and name not in self.boundary]

    @property
    def identified(self) -> bool:
        return not self.boundary and not self.flat


def maximise(names: Sequence[str], whole: Objective, *, start: Sequence[float], sample: Objective | None = None) -> Fit:
    """The highest point of a log-likelihood whose gradient is known.

    `sample` is the same of a part of the observations: its top is close to the top of the whole, and as its curvature
    grows with the observations, a handful of steps lead from one to the other. Without it, or where these steps lead
    nowhere, the climb takes all observations some forty times.
    """
    begin = np.log(np.asarray(start, dtype=float))
    found = near(whole, sample, climb(sample, begin)) if sample else None
    if found is None:
        top = climb(whole, begin)
        found = top, -curvature(whole, top)
    top, information = found
    return Fit(
        params={name: float(np.exp(place)) for name, place in zip(names, top, strict=True)},
        log_likelihood=float(whole(top)[0]),
        errors=dict(zip(names, uncertainty(information), strict=True)),
        boundary=tuple(name for name, place in zip(names, top, strict=True) if abs(place) > EDGE),
    )


def near(whole: Objective, sample: Objective, place: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The top of the whole by Newton's steps from the top of the sample, and the information there; None where the
    sample is flat or the steps do not come to rest."""
    information = -curvature(sample, place) * (whole.size / sample.size)
    if np.linalg.eigvalsh(information)[0] <= whole.size * WEAKEST:
        return None
    for __ in range(STEPS):
        step = np.linalg.solve(information, whole(place)[1])
        if np.abs(step).max() > 1:
            return None
        place = place + step
        if np.abs(step).max() < REST:
            return place, information
    return None


def climb(objective: Objective, begin: np.ndarray) -> np.ndarray:
    """From a place to the top, in logarithms."""

    def downhill(place: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = objective(place)
        return -value / objective.size, -gradient / objective.size

    found = scipy.optimize.minimize(
        downhill,
        begin,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-FARTHEST, FARTHEST)] * len(begin),
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
    )
    return found.x


def curvature(objective: Objective, place: np.ndarray) -> np.ndarray:
    """Second derivatives by central differences of the gradient."""
    rows = []
    for axis in range(len(place)):
        step = np.zeros_like(place)
        step[axis] = STEP
        rows.append((objective(place + step)[1] - objective(place - step)[1]) / (2 * STEP))
    found = np.array(rows)
    return (found + found.T) / 2


def uncertainty(information: np.ndarray) -> list[float]:
    """Standard errors of the logarithms; without end for those that some flat direction has a part in."""
    strength, directions = np.linalg.eigh(information)
    known = strength > WEAKEST
    variances = (directions[:, known] ** 2 / strength[known]).sum(axis=1)
    lost = (directions[:, ~known] ** 2).sum(axis=1) > PART
    return [math.inf if gone else math.sqrt(variance) for gone, variance in zip(lost, variances, strict=True)]
