"""Answers: once, whole, by a link that nobody makes up; and what follows from them."""

from datetime import timedelta

import pytest

from customers.merchants.models import StaffMember
from segments.surveys import answering, follow_ups, invitations, making
from segments.surveys.models import Answer, FollowUp, Response, Satisfaction, Stage

from .conftest import AT

pytestmark = pytest.mark.django_db
HAPPY = {1: 10, 2: 5, 3: 4, 4: 2, 5: "The bread", 6: "Free coffee"}


@pytest.fixture
def asked(survey, ana):
    return invitations.invite(survey=survey, customer=ana, touchpoint="email", at=AT)[0]


def respond(survey, given, *, at=AT, invitation=None):
    return answering.respond(survey=survey, given=given, at=at, touchpoint="web", language="en", invitation=invitation)


def test_answers_are_kept_with_their_figures(survey, asked, ana):
    made = respond(survey, HAPPY, invitation=asked)

    assert (made.customer, made.nps, made.csat, made.value_score) == (ana, 10, 5, 4)
    assert list(Answer.objects.order_by("question").values_list("number", "option", "text")) == [
        (10, None, ""), (5, None, ""), (4, None, ""), (None, 1, ""), (None, None, "The bread"),
        (None, None, "Free coffee"),
    ]  # fmt: skip
    asked.refresh_from_db()
    assert asked.answered_at == AT


def test_second_answer_to_an_invitation_is_refused(survey, asked):
    respond(survey, HAPPY, invitation=asked)

    with pytest.raises(answering.AnsweredAlready):
        respond(survey, HAPPY, invitation=asked)

    assert Response.objects.count() == 1


def test_customer_is_asked_once_in_general(survey, asked, ana):
    assert invitations.invite(survey=survey, customer=ana, touchpoint="till", at=AT) == (asked, False)


def test_closed_survey_takes_no_answer(survey, asked):
    making.close(survey=survey, at=AT)

    with pytest.raises(answering.SurveyOver):
        respond(survey, HAPPY, invitation=asked)

    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({2: 5}, "answers[1]"),  # the first is required
        ({1: 11}, "answers[1]"),
        ({1: -1}, "answers[1]"),
        ({1: True}, "answers[1]"),
        ({1: "9"}, "answers[1]"),
        ({1: 9, 2: 0}, "answers[2]"),
        ({1: 9, 4: 3}, "answers[4]"),
        ({1: 9, 5: "x" * 2001}, "answers[5]"),
        ({1: 9, 5: "a\0b"}, "answers[5]"),
        ({1: 9, 5: 7}, "answers[5]"),
        ({1: 9, 7: "?"}, "answers[7]"),
    ],
)
def test_answer_that_cannot_be_is_refused_by_its_question(survey, given, field):
    with pytest.raises(answering.InvalidAnswer) as refused:
        respond(survey, given)

    assert (refused.value.field, Response.objects.count(), Answer.objects.count()) == (field, 0, 0)


def test_nothing_answered_is_no_response(shop):
    free = making.create(merchant=shop, title="A", language="en", given=[{"kind": "text", "text": "?"}], at=AT)
    making.open_(survey=free, at=AT)

    with pytest.raises(answering.InvalidAnswer):
        respond(free, {1: "  "})


def test_newest_figures_of_a_customer_are_kept_and_older_ones_do_not_come_back(survey, asked, ana):
    respond(survey, HAPPY, invitation=asked, at=AT)
    second = invitations.invite(survey=making.open_(survey=making.copy(survey=survey, at=AT), at=AT),
                                customer=ana, touchpoint="till", at=AT)[0]  # fmt: skip
    third = invitations.invite(survey=making.open_(survey=making.copy(survey=survey, at=AT), at=AT),
                               customer=ana, touchpoint="till", at=AT)[0]  # fmt: skip

    respond(second.survey, {1: 3, 2: 1}, invitation=second, at=AT + timedelta(days=2))
    respond(third.survey, {1: 7, 3: 2}, invitation=third, at=AT + timedelta(days=1))

    kept = Satisfaction.objects.get()
    assert (kept.customer, kept.nps, kept.csat, kept.value_score) == (ana, 3, 1, 4)
    assert kept.answered_at == AT + timedelta(days=2)


def test_answer_over_a_link_for_everybody_belongs_to_nobody(survey):
    made = respond(survey, {1: 0})

    assert (made.customer, Satisfaction.objects.count(), FollowUp.objects.count()) == (None, 0, 0)


@pytest.mark.parametrize(
    ("given", "low"),
    [({1: 6}, True), ({1: 7}, False), ({1: 9, 2: 2}, True), ({1: 9, 3: 2}, True), ({1: 9, 2: 3}, False)],
)
def test_unhappy_answer_opens_a_task(survey, asked, given, low):
    respond(survey, given, invitation=asked)

    assert FollowUp.objects.filter(stage=Stage.OPEN).count() == low


def test_task_is_answered_then_closed_and_stays_so(survey, asked):
    respond(survey, {1: 1}, invitation=asked)
    task, alice = FollowUp.objects.get(), StaffMember.objects.get()

    with pytest.raises(follow_ups.NoAnswer):
        follow_ups.answer(follow_up=task, text=" ", mailed=False, by=alice, at=AT)
    told = follow_ups.answer(follow_up=task, text="We bake more now.", mailed=True, by=alice, at=AT)
    closed = follow_ups.close(follow_up=told, by=alice, at=AT)

    assert (told.stage, told.answer, told.mailed, closed.stage) == ("answered", "We bake more now.", True, "closed")
    with pytest.raises(follow_ups.Settled):
        follow_ups.answer(follow_up=closed, text="Again", mailed=False, by=alice, at=AT)


def test_link_leads_to_its_invitation_until_it_is_taken_back(survey, asked):
    word = invitations.token(asked)

    assert invitations.find(word) == (survey, asked, "email")
    invitations.take_back(invitation=asked)
    with pytest.raises(invitations.UnknownLink):
        invitations.find(word)


def test_link_for_everybody_names_its_touchpoint_until_it_is_renewed(survey):
    word = invitations.open_token(survey, "till")

    assert invitations.find(word) == (survey, None, "till")
    making.renew_links(survey=survey)
    with pytest.raises(invitations.UnknownLink):
        invitations.find(word)


@pytest.mark.parametrize("kind", ["personal", "open"])
def test_link_changed_by_one_character_leads_nowhere(survey, asked, kind):
    word = invitations.token(asked) if kind == "personal" else invitations.open_token(survey, "web")
    changed = [word[:place] + ("A" if word[place] != "A" else "B") + word[place + 1 :] for place in range(len(word))]

    for one in [*changed, word[:-1], word + "A", ""]:
        with pytest.raises(invitations.UnknownLink):
            invitations.find(one)
