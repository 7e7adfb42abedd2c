"""Surveys as staff make, open and read them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers import audiences
from customers.profiles import UseErase
from loyalty_site import flows
from loyalty_site.tests import asking, factories
from loyalty_site.tests.page_text import text
from segments.surveys import making
from segments.surveys.models import Invitation, Status, Survey
from segments.surveys.ready import READY

pytestmark = pytest.mark.django_db
HEAD = {"title": "Ask", "language": "en", "q-TOTAL_FORMS": "3", "q-INITIAL_FORMS": "2"}
NPS = {"kind": "nps", "text_en": "Recommend us?", "required": "on", "ORDER": "2"}
CHOICE = {
    "kind": "choice", "text_en": "Which?", "options_en": "Bread\n Cake \n", "options_es": "Pan\nTarta", "ORDER": "1",
}  # fmt: skip


def url(name: str, *args) -> str:
    return reverse(name, args=["a", *args])


def typed(*questions, **head) -> dict:
    """What is sent from the page of a draft."""
    parts = {f"q-{place}-{name}": value for place, one in enumerate(questions) for name, value in one.items()}
    return {**HEAD, **head, **parts}


@pytest.fixture
def survey(shop):
    return asking.survey(shop)


def test_shop_without_surveys_is_told_what_they_are_good_for(alice):
    assert "Nobody was asked yet" in text(alice.get(url("surveys")))


@pytest.mark.parametrize("key", READY)
def test_ready_survey_is_a_draft_that_can_be_opened_as_it_is(alice, shop, key):
    alice.post(url("survey_new"), {"ready": key})

    made = Survey.objects.get()
    assert (made.title, made.questions.count()) == (READY[key].title, len(READY[key].questions))
    assert made.questions.first().text.keys() == {"en", "es"}
    assert making.open_(survey=made, at=factories.AT).status == Status.OPEN


def test_draft_is_written_in_the_order_that_its_numbers_say(alice, shop):
    draft = asking.draft(shop, given=[])

    sent = alice.post(url("survey_edit", draft.public_id), typed(NPS, CHOICE, intro_es="Hola"))

    draft.refresh_from_db()
    asked = list(draft.questions.order_by("position").values_list("kind", "text", "options", "required"))
    assert sent.headers["Location"] == url("survey_preview", draft.public_id)
    assert (draft.intro, draft.rewarded) == ({"es": "Hola"}, False)
    assert asked == [
        ("choice", {"en": "Which?"}, [{"en": "Bread", "es": "Pan"}, {"en": "Cake", "es": "Tarta"}], False),
        ("nps", {"en": "Recommend us?"}, [], True),
    ]


def test_question_is_left_out_and_another_is_asked_for(alice, shop):
    draft = asking.draft(shop, given=[])

    sent = alice.post(url("survey_edit", draft.public_id), typed({**NPS, "DELETE": "on"}, CHOICE, more="1"))
    page = alice.get(url("survey_edit", draft.public_id))

    assert sent.headers["Location"] == url("survey_edit", draft.public_id)
    assert [one.kind for one in draft.questions.all()] == ["choice"]
    assert "Question 1" in text(page)
    assert "One more" in text(page)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({**CHOICE, "options_es": "Pan"}, "Write as many answers in the one language as in the other"),
        ({**CHOICE, "options_en": "Bread", "options_es": ""}, "Write from 2 to 12 answers to choose from."),
        ({**NPS, "text_en": ""}, "Write this text in at least one language."),
        ({**NPS, "measures_value": "on"}, "Whether it is worth the money is asked from 1 to 5"),
        ({**NPS, "kind": ""}, "Choose what is asked."),
    ],
)
def test_question_that_cannot_be_is_said_beside_it_and_nothing_is_saved(alice, shop, question, sentence):
    draft = asking.draft(shop, given=[])

    page = alice.post(url("survey_edit", draft.public_id), typed(NPS, question))

    assert (page.status_code, sentence in text(page), draft.questions.count()) == (200, True, 0)


def test_survey_that_closes_before_it_opens_is_said_beside_the_field(alice, shop):
    draft = asking.draft(shop)
    window = {"opens_at": "2026-05-02T10:00", "closes_at": "2026-05-01T10:00"}

    page = alice.post(url("survey_edit", draft.public_id), typed(NPS, **window))

    assert "It must close after it opens." in text(page)


def test_open_survey_is_not_edited_but_copied(alice, survey):
    page = alice.get(url("survey_edit", survey.public_id), follow=True)
    alice.post(url("survey_copy", survey.public_id))

    assert "Make a copy to ask something else." in text(page)
    assert Survey.objects.latest("pk").title == "Ask (copy)"


def test_survey_opens_on_its_page_and_closes_there(alice, shop):
    draft = asking.draft(shop)
    state = url("survey_state", draft.public_id)

    opened = alice.post(state, {"open": "1"}, follow=True)
    closed = alice.post(state, {"close": "1"}, follow=True)

    assert "The survey is open." in text(opened)
    assert "The survey is closed. Its answers stay." in text(closed)


def test_draft_without_questions_is_not_opened_and_says_why(alice, shop):
    page = alice.post(url("survey_state", asking.draft(shop, given=[]).public_id), {"open": "1"}, follow=True)

    assert "This survey asks nothing yet." in text(page)


def test_results_say_figures_counts_lists_and_words(alice, shop, survey):
    people = [factories.customer(shop) for __ in range(12)]
    for number, one in enumerate(people):
        given = {1: 9 if number < 8 else 4, 2: 5, 4: 1 + number % 2, 5: "The queue is long"}
        asking.answer(survey, one, given)
    asking.answer(survey, None, {1: 10})
    regulars = audiences.create(merchant=shop, name="Regulars", at=factories.AT)
    audiences.add(audience=regulars, customers=[one.pk for one in people[:10]], at=factories.AT)

    page = text(alice.get(url("survey", survey.public_id)))

    assert "Net promoter score ? What is this: Net promoter score" in page
    assert "+38 ± 50" in page  # (9 - 4) of 13
    assert "12 of 12 who were asked" in page
    assert "Bread 6 50% Cake 6 50%" in page
    assert "Regulars 10 +60 ± 50 100% (72%–100%)" in page
    assert "long 12" in page
    assert "queue 12" in page


def test_few_answers_are_not_known_yet(alice, survey, shop):
    asking.answer(survey, factories.customer(shop), {1: 9, 2: 4})

    page = text(alice.get(url("survey", survey.public_id)))

    assert "not known yet It needs 10 answers, and has 1." in page


def test_simulated_answers_are_called_so_wherever_they_are_shown(alice, shop):
    made = asking.survey(shop, simulated=True)
    task = asking.unhappy(made, factories.customer(shop))

    pages = [url("surveys"), url("survey", made.public_id), url("survey_task", task.public_id)]

    assert ["Simulated: a program made up these answers" in text(alice.get(one)) for one in pages] == [True] * 3


@pytest.mark.parametrize("item_count", [1, 30])
def test_pages_take_the_same_queries(alice, shop, django_assert_num_queries, item_count):
    for number in range(item_count):
        asking.survey(shop, title=f"Ask {number}")
    asked = Survey.objects.select_related("merchant").earliest("pk")
    for __ in range(item_count):
        asking.unhappy(asked, factories.customer(shop))

    with django_assert_num_queries(12):
        alice.get(url("surveys"))
    with django_assert_num_queries(16):
        alice.get(url("survey", asked.public_id))
    with django_assert_num_queries(7):
        alice.get(url("survey_unhappy"))


def test_responses_are_a_file_with_a_column_for_each_question(alice, survey, shop):
    who = factories.customer(shop)
    asking.answer(survey, who, {1: 9, 4: 2, 5: "=HYPERLINK()"})

    lines = alice.get(url("survey_csv", survey.public_id)).getvalue().decode().splitlines()

    assert lines[0].endswith("1. Recommend us?,2. Satisfied?,3. Worth it?,4. Which?,5. Why?")
    assert lines[1].split(",")[2:] == [who.public_id, "web", "en", "9", "", "", "Cake", "'=HYPERLINK()"]


def test_links_tell_touchpoints_apart_and_end_when_renewed(alice, survey, client):
    before = text(alice.get(url("survey_links", survey.public_id)))
    alice.post(url("survey_renew", survey.public_id))
    after = text(alice.get(url("survey_links", survey.public_id)))

    old = next(word for word in before.split() if ".web:" in word)
    new = next(word for word in after.split() if ".web:" in word)
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_papers_carry_the_code_of_their_touchpoint(alice, survey):
    poster = alice.get(url("survey_poster", survey.public_id), {"language": "en", "size": "a5"})
    insert = alice.get(url("survey_insert", survey.public_id))

    assert 'class="paper a5 poster"' in poster.content.decode()
    assert insert.content.decode().count('class="qr"') == 4


def test_mails_to_nobody_are_not_sent(alice, survey):
    page = alice.post(url("survey_mail", survey.public_id), {"audience": ""}, follow=True)

    assert "Nobody there agreed to mails and has not been asked yet." in text(page)
    assert Invitation.objects.count() == 0


def test_asking_by_itself_is_switched_on_with_the_address_of_the_site(alice, survey):
    alice.post(url("survey_window", survey.public_id), {"send_after_hours": "24", "rest_days": "60"})

    survey.refresh_from_db()
    assert (survey.send_after_hours, survey.rest_days, survey.site) == (24, 60, "http://testserver")


def test_wrong_window_is_said_beside_its_field(alice, survey):
    page = alice.post(url("survey_window", survey.public_id), {"send_after_hours": "999", "rest_days": "60"})

    assert page.status_code == 200
    assert "error" in page.content.decode()


def test_unhappy_customer_is_told_and_the_task_closed(alice, survey, shop):
    task = asking.unhappy(survey, factories.customer(shop, name="Ana", phone="600 123 456"))
    page = url("survey_task", task.public_id)

    shown = text(alice.get(page))
    empty = alice.post(page, {"text": " ", "how": "person"})
    listed = alice.post(page, {"text": "We bake more now.", "how": "person"}, follow=True)
    closed = alice.post(url("survey_task_close", task.public_id), follow=True)

    assert "Recommend us? 2" in shown
    assert "Call them: +34600123456." in shown
    assert "Write what you tell the customer, or what you did." in text(empty)
    assert "answered" in text(listed)
    assert "closed" in text(closed)
    task.refresh_from_db()
    assert (task.answer, task.mailed, task.by.user.email) == ("We bake more now.", False, "alice@a.test")


def test_customers_page_says_what_they_think_and_leads_to_the_task(alice, survey, shop):
    who = factories.customer(shop)
    task = asking.unhappy(survey, who)

    page = alice.get(reverse("customer", args=["a", who.public_id]))

    assert "What they think Would recommend 2 of 10" in text(page)
    assert url("survey_task", task.public_id) in page.content.decode()


def test_customer_who_answered_is_not_deleted_but_erased(shop, survey):
    who = factories.customer(shop)
    asking.answer(survey, who, {1: 9})

    with pytest.raises(UseErase):
        flows.delete_customer(customer=who)


def test_mail_to_somebody_who_did_not_agree_is_refused(alice, survey, shop):
    task = asking.unhappy(survey, factories.customer(shop, email="ana@a.test"))

    page = alice.post(url("survey_task", task.public_id), {"text": "Sorry", "how": "mail"})

    assert "did not agree to be answered by e-mail" in text(page)
    task.refresh_from_db()
    assert task.stage == "open"


def test_survey_of_another_shop_does_not_exist(alice, shop):
    other = asking.survey(factories.merchant(slug="b", owner="charlie@b.test"))
    task = asking.unhappy(other, factories.customer(other.merchant))

    assert alice.get(url("survey", other.public_id)).status_code == 404
    assert alice.post(url("survey_state", other.public_id), {"close": "1"}).status_code == 404
    assert alice.post(url("survey_task_close", task.public_id)).status_code == 404
    other.refresh_from_db()
    assert other.takes(timezone.now()) is True
