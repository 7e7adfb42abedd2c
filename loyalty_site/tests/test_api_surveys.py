"""Surveys over the API: made, opened, answered once, thanked for, and what they say."""

import pytest

from loyalty_site.tests import api_client, asking, factories
from loyalty_site.tests.api_client import refused
from loyalty_site.tests.asking import QUESTIONS, THANKS
from loyalty_site.tests.receipts import assert_sound, points
from segments.surveys.models import Invitation, Response, Satisfaction, Survey

pytestmark = pytest.mark.django_db
NINE = [{"question": 1, "value": 9}, {"question": 4, "value": 2}, {"question": 5, "value": "Bread"}]


@pytest.fixture
def api(shop):
    return api_client.api(shop)


@pytest.fixture
def buyer(shop):
    return factories.customer(shop)


@pytest.fixture
def survey(shop):
    return asking.survey(shop)


def test_survey_is_made_changed_opened_and_closed(api):
    made = api.post("surveys", {"title": "Ask", "questions": QUESTIONS, "intro": {"es": "Hola"}}).json()
    path = f"surveys/{made['id']}"

    changed = api.patch(path, {"questions": QUESTIONS[:2], "closes_at": "2030-01-01T00:00:00Z"}).json()
    states = [api.post(f"{path}/{what}").json()["status"] for what in ("open", "open", "close", "close")]

    assert (made["status"], made["language"], made["intro"], made["responses"]) == ("draft", "en", {"es": "Hola"}, 0)
    assert made["questions"][3] == {
        "number": 4, "kind": "choice", "text": {"en": "Which?"}, "options": [{"en": "Bread"}, {"en": "Cake"}],
        "required": False, "measures_value": False,
    }  # fmt: skip
    assert (len(changed["questions"]), changed["closes_at"]) == (2, "2030-01-01T00:00:00Z")
    assert states == ["open", "open", "closed", "closed"]
    assert api.get(path).json()["status"] == "closed"


def test_survey_that_cannot_be_is_refused_with_its_field(api, survey):
    path = f"surveys/{survey.public_id}"

    assert refused(api.post("surveys", {"title": "A", "questions": [{"kind": "stars"}]})) == (400, "invalid_question")
    assert refused(api.post("surveys", {"title": "A", "colour": 1})) == (400, "unknown_field")
    assert refused(api.patch(path, {"questions": []})) == (409, "not_a_draft")
    assert refused(api.post("surveys/srv_none/open")) == (404, "not_found")
    assert refused(api.post(f"surveys/{asking.draft(survey.merchant, given=[]).public_id}/open")) == (
        409,
        "no_questions",
    )
    assert Survey.objects.count() == 2


def test_answer_of_a_customer_is_kept_once_and_thanked(api, shop, survey, buyer):
    factories.program(shop, rules=THANKS)
    buyer = factories.customer(shop)
    path, body = f"surveys/{survey.public_id}/responses", {"customer": buyer.public_id, "answers": NINE}

    first = api.post(path, body, once="k1")
    again = api.post(path, body, once="k1")
    second = api.post(path, body)

    said = first.json()
    assert (first.status_code, said["customer"], said["nps"], said["csat"]) == (201, buyer.public_id, 9, None)
    assert [one["value"] for one in said["answers"]] == [9, 2, "Bread"]
    assert [one["points"] for one in said["earned"]] == [20]
    assert again.json() == said
    assert refused(second) == (409, "already_answered")
    assert (points(buyer), Response.objects.count(), Satisfaction.objects.get().nps) == (20, 1, 9)
    assert_sound(shop)


def test_limits_of_the_rule_hold_over_several_surveys(api, shop):
    once = {"per_customer": {"times": 1, "period": "month"}}
    factories.program(shop, rules=[{**THANKS[0], "limits": once}])
    buyer = factories.customer(shop)

    for number in range(2):
        asked = asking.survey(shop, title=f"Ask {number}")
        api.post(f"surveys/{asked.public_id}/responses", {"customer": buyer.public_id, "answers": NINE})

    assert (points(buyer), Response.objects.count()) == (20, 2)


def test_answer_of_nobody_and_of_a_survey_without_thanks_earns_nothing(api, shop):
    factories.program(shop, rules=THANKS)
    buyer = factories.customer(shop)
    free, silent = asking.survey(shop), asking.survey(shop, title="B", rewarded=False)

    nobody = api.post(f"surveys/{free.public_id}/responses", {"answers": NINE}).json()
    somebody = api.post(f"surveys/{silent.public_id}/responses", {"customer": buyer.public_id, "answers": NINE}).json()

    assert (nobody["customer"], nobody["earned"], somebody["earned"], points(buyer)) == (None, [], [], 0)


def test_dry_run_of_an_answer_writes_nothing(api, survey, buyer):
    body = {"customer": buyer.public_id, "answers": NINE}

    tried = api.post(f"surveys/{survey.public_id}/responses?dry_run=true", body, once=None).json()

    assert (tried["id"], tried["dry_run"], tried["nps"]) == (None, True, 9)
    assert (Response.objects.count(), Invitation.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"answers": [{"question": 1, "value": 11}]}, (400, "invalid_answer")),
        ({"answers": [{"question": 1, "value": 9.5}]}, (400, "invalid_answer")),
        ({"answers": [{"question": 2, "value": 4}]}, (400, "invalid_answer")),
        ({"answers": [{"question": 1, "value": 9}, {"question": 1, "value": 8}]}, (400, "question_twice")),
        ({"answers": [{"question": 9, "value": 9}, {"question": 1, "value": 9}]}, (400, "invalid_answer")),
        ({"answers": []}, (400, "invalid_answer")),
        ({"answers": NINE, "invitation": "siv_none"}, (404, "not_found")),
        ({"answers": NINE, "customer": "cus_none"}, (404, "not_found")),
    ],
)
def test_answer_that_cannot_be_is_refused(api, survey, body, expected):
    assert refused(api.post(f"surveys/{survey.public_id}/responses", body)) == expected
    assert (Response.objects.count(), Invitation.objects.count()) == (0, 0)


def test_closed_survey_takes_no_answer_and_invites_nobody(api, survey, buyer):
    api.post(f"surveys/{survey.public_id}/close")

    answered = api.post(f"surveys/{survey.public_id}/responses", {"answers": NINE})
    invited = api.post(f"surveys/{survey.public_id}/invitations", {"customer": buyer.public_id})

    assert (refused(answered), refused(invited)) == ((409, "survey_closed"), (409, "survey_not_open"))


def test_invitation_is_a_link_of_ones_own_and_the_same_when_asked_again(api, shop, survey, buyer, client):
    path, body = f"surveys/{survey.public_id}/invitations", {"customer": buyer.public_id}

    first, again = api.post(path, body), api.post(path, body)
    bought = factories.purchase(shop, buyer)
    about = api.post(path, {**body, "purchase": bought.draft.public_id})
    page = client.get(first.json()["url"])

    assert (first.status_code, again.status_code, about.status_code) == (201, 200, 201)
    assert again.json() == first.json()
    assert about.json()["purchase"] == bought.draft.public_id
    assert (page.status_code, Invitation.objects.exclude(opened_at=None).count()) == (200, 1)
    other = factories.purchase(shop, factories.customer(shop)).draft.public_id
    assert refused(api.post(path, {**body, "purchase": other})) == (404, "not_found")


@pytest.mark.parametrize("item_count", [1, 30])
def test_lists_take_the_same_queries(api, shop, django_assert_num_queries, item_count):
    for number in range(item_count):
        asking.survey(shop, title=f"Ask {number}")
    asked = Survey.objects.select_related("merchant").earliest("pk")
    for __ in range(item_count):
        asking.answer(asked, factories.customer(shop), {1: 9, 5: "Bread"})

    with django_assert_num_queries(3):  # the key, surveys, questions
        surveys = api.get("surveys").json()["data"]
    with django_assert_num_queries(6):  # the key, the survey with its questions, responses, answers, what they answer
        responses = api.get(f"surveys/{asked.public_id}/responses").json()["data"]

    assert (len(surveys), len(responses)) == (min(item_count, 25), min(item_count, 25))


def test_responses_are_complete_as_csv(api, survey, buyer):
    asking.answer(survey, buyer, {1: 9, 5: "=1+1"})

    rows = api.get(f"surveys/{survey.public_id}/responses", csv=True)

    lines = b"".join(rows.streaming_content).decode().splitlines()
    assert lines[0] == "id,survey,customer,touchpoint,language,nps,csat,value_score,answers,answered_at"
    assert len(lines) == 2


def test_satisfaction_counts_what_was_said(api, shop, survey):
    for number in range(10):
        given = {1: 10 if number < 6 else 3, 2: 5 if number < 8 else 1, 3: 4}
        asking.answer(survey, factories.customer(shop), given)
    Invitation.objects.create(
        merchant=shop, survey=survey, customer=factories.customer(shop), touchpoint="email", created_at=factories.AT
    )

    found = api.get("reports/satisfaction").json()

    assert (found["nps"]["score"], round(found["nps"]["margin"], 4)) == (20.0, 60.7273)
    assert (found["csat"]["share"], found["csat"]["satisfied"]) == (0.8, 8)
    assert found["value_score"] == {"customers": 10, "mean": 4.0}
    assert (found["response_rate"]["asked"], found["response_rate"]["answered"]) == (11, 10)
    assert [(one["month"], one["responses"]) for one in found["months"]] == [("2026-03", 10)]
    assert (found["simulated"], found["definitions"]["nps"][:18]) == (False, "Net promoter score")
    assert api.get("reports/satisfaction", **{"from": "2026-03-11"}).json()["responses"] == 0
    assert api.get("reports/satisfaction", to="2026-03-10").json()["responses"] == 10
    assert refused(api.get("reports/satisfaction", **{"from": "2026-03-11", "to": "2026-03-01"})) == (
        400, "invalid_window",
    )  # fmt: skip
    assert refused(api.get("reports/satisfaction", to="soon")) == (400, "invalid_date")
    table = api.get("reports/satisfaction", csv=True).content.decode().splitlines()
    assert table[0].startswith("month,responses,nps.answers,nps.promoters")
    assert table[1].startswith("2026-03,10,10,6,0,4,20.0,")


def test_an_invitation_of_somebody_else_is_not_answered(api, survey, buyer):
    path = f"surveys/{survey.public_id}"
    other = factories.customer(survey.merchant)
    asked = api.post(f"{path}/invitations", {"customer": other.public_id}).json()["id"]

    wrong = api.post(f"{path}/responses", {"customer": buyer.public_id, "invitation": asked, "answers": NINE})
    right = api.post(f"{path}/responses", {"customer": other.public_id, "invitation": asked, "answers": NINE})

    assert refused(wrong) == (404, "not_found")
    assert right.status_code == 201
    assert list(Response.objects.values_list("customer", flat=True)) == [other.pk]
