"""Figures of answers against worked examples."""

import pytest

from segments.surveys import scores, themes
from segments.surveys.scores import Csat, Nps, Rate


def test_nps_is_the_share_of_promoters_less_that_of_detractors():
    found = scores.nps({10: 40, 9: 20, 8: 15, 7: 10, 6: 10, 0: 5})

    assert (found.promoters, found.passives, found.detractors, found.score) == (60, 25, 15, 45.0)


def test_margin_of_nps_is_that_of_a_trinomial():
    # 60 of 100 promote, 15 warn: variance .60 + .15 - .45² = .5475, by 100 answers, 1.96 times its root: 14.5 points.
    assert scores.nps({9: 60, 7: 25, 3: 15}).margin == pytest.approx(14.5024, abs=0.0001)


def test_margin_is_the_standard_deviation_of_the_answers_themselves():
    answers = [1] * 7 + [0] * 4 + [-1] * 5
    mean = sum(answers) / 16
    deviation = (sum((one - mean) ** 2 for one in answers) / 16) ** 0.5

    found = scores.nps({10: 7, 8: 4, 2: 5})

    assert found.margin == pytest.approx(100 * 1.959963984540054 * deviation / 4)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, Nps(0, 0, 0, None, None)),
        ({9: 9}, Nps(9, 0, 0, None, None)),  # too few to say
        ({10: 10}, Nps(10, 0, 0, 100.0, None)),  # all alike: how sure it is cannot be told from them
        ({6: 5, 9: 5}, Nps(5, 0, 5, 0.0, pytest.approx(61.9795, abs=0.0001))),
    ],
)
def test_nps_of_few_answers_is_not_known(counts, expected):
    assert scores.nps(counts) == expected


def test_csat_is_the_share_of_four_and_five_with_wilsons_interval():
    found = scores.csat({5: 6, 4: 2, 3: 1, 1: 1})

    assert (found.answers, found.satisfied, found.share, found.mean) == (10, 8, 0.8, 4.2)
    assert (found.low, found.high) == (pytest.approx(0.4902, abs=0.0001), pytest.approx(0.9433, abs=0.0001))


def test_csat_of_four_answers_is_not_known():
    assert scores.csat({5: 4}) == Csat(4, 4, None, None, None, None)


def test_response_rate_of_nobody_is_not_known():
    assert scores.rate(asked=0, answered=0) == Rate(0, 0, None)
    assert scores.rate(asked=8, answered=2) == Rate(8, 2, 0.25)


def test_themes_count_comments_not_words_in_both_languages():
    said = [
        "The queue, the queue, always the queue!",
        "A long QUEUE on Saturdays.",
        "La cola es muy larga y el pan está rico.",
        "El pan, siempre rico",
    ]

    assert themes.themes(said) == [("pan", 2), ("queue", 2), ("rico", 2)]


def test_themes_leave_out_small_words_and_digits_and_stop_at_twelve():
    words = [" ".join(f"word{chr(97 + place)}" for place in range(20)) + " the 42 ok"] * 2

    found = themes.themes(words)

    assert len(found) == 12
    assert found[0] == ("worda", 2)
