"""The builder of segments, as a browser without scripts uses it."""

import re
from html import unescape

import pytest

from loyalty_site.criteria_forms import Builder, data_of
from loyalty_site.tests import factories
from segments import criteria, lists
from segments.models import Segment

pytestmark = pytest.mark.django_db
NEW = "/m/a/segments/new/"
TWICE = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 2}]}
ROW = {"row": "b1r1", "b1r1-field": "frequency", "b1r1-op": "gte", "b1r1-value": "2"}


def text(response) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def controls(response) -> list[str]:
    """The names of the controls of the form."""
    return re.findall(r'<(?:select|input|textarea)[^>]* name="(b\d+r\d+-\w+)"', response.content.decode())


def test_new_page_begins_with_one_empty_condition(alice):
    page = alice.get(NEW)

    assert controls(page) == ["b1r1-field"]
    assert "As soon as every condition has its value" in text(page)


def test_chosen_field_brings_its_controls(alice):
    page = alice.post(NEW, {"row": "b1r1", "b1r1-field": "purchases_in", "do": "look"})

    assert controls(page) == ["b1r1-field", "b1r1-negate", "b1r1-op", "b1r1-value", "b1r1-days"]


def test_complete_condition_shows_sentence_and_figures(alice, shop):
    ana = factories.customer(shop, name="Ana")
    factories.purchase(shop, ana, amount=1250)
    factories.purchase(shop, ana, amount=1250)
    factories.purchase(shop, factories.customer(shop, name="Ben"), amount=7500)

    said = text(alice.post(NEW, {**ROW, "do": "look"}))

    assert "Customers who bought at least 2 times." in said
    assert "Customers 1 50.0% Net value 25.00 € 25.0%" in said
    assert "Some of them Ana" in said


def test_saving_makes_the_segment_and_leads_to_it(alice, shop):
    answer = alice.post(NEW, {**ROW, "name": "Twice", "reason": "Thank them", "do": "save"})

    made = Segment.objects.for_merchant(shop).get()
    assert (made.name, made.reason, made.definition) == ("Twice", "Thank them", TWICE)
    assert answer.url == f"/m/a/segments/{made.public_id}/"


def test_saving_without_a_name_keeps_nothing_and_says_so(alice):
    page = alice.post(NEW, {**ROW, "name": "", "do": "save"})

    assert "Give the segment a name." in text(page)
    assert not Segment.objects.exists()


def test_saving_without_a_condition_says_what_is_missing(alice):
    page = alice.post(NEW, {"row": "b1r1", "name": "Empty", "do": "save"})

    assert "Choose at least one condition." in text(page)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"b1r1-value": ""}, "Enter a value, or remove the condition."),
        ({"b1r1-value": "many"}, "Enter a number."),
        ({"b1r1-value": "1.5"}, "Enter a whole number."),
        ({"b1r1-value": "-1"}, "This must be between 0 and 2147483647."),
        ({"b1r1-op": "between", "b1r1-value": "5", "b1r1-value2": "2"},
         "'between' takes the lower value first: both are included."),
        ({"b1r1-op": "in", "b1r1-value": " \n"}, "Enter a value, or remove the condition."),
    ],
)  # fmt: skip
def test_refusal_stands_beside_the_value(alice, more, sentence):
    page = alice.post(NEW, {**ROW, **more, "name": "Wrong", "do": "save"})

    errors = re.findall(r'id="id_b1r1-value_error"[^>]*>(.*?)</div>', page.content.decode(), re.DOTALL)
    assert [text_of(error) for error in errors] == [sentence]


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_refusal_inside_a_group_stands_beside_its_own_row(alice):
    rows = {
        "row": ["b1r1", "b2r1", "b2r2"], "b1r1-field": "frequency", "b1r1-op": "gte", "b1r1-value": "1",
        "b2r1-field": "frequency", "b2r1-op": "gte", "b2r1-value": "1",
        "b2r2-field": "days_to_birthday", "b2r2-op": "lte", "b2r2-value": "900",
    }  # fmt: skip
    page = alice.post(NEW, {**rows, "name": "Wrong", "do": "save"})

    wrong = re.findall(r'id="id_(b\dr\d-\w+)_error"', page.content.decode())
    assert wrong == ["b2r2-value"]


def test_blocks_hold_alternatives_and_ticks_turn_around(alice, shop):
    rows = {
        "row": ["b1r1", "b1r2", "b2r1"],
        "b1r1-field": "city", "b1r1-op": "eq", "b1r1-value": "Lugo", "b1r1-negate": "on",
        "b1r2-field": "email", "b1r2-op": "exists", "b1r2-negate": "on",
        "b2r1-field": "value", "b2r1-op": "gte", "b2r1-value": "12,50", "b2r1-negate": "on",
    }  # fmt: skip
    alice.post(NEW, {**rows, "name": "Both", "do": "save"})

    assert Segment.objects.get().definition == {
        "version": 1,
        "all": [
            {"any": [
                {"field": "city", "op": "ne", "value": "Lugo"},
                {"field": "email", "op": "exists", "value": False},
            ]},
            {"not": {"field": "value", "op": "gte", "value": 1250}},
        ],
    }  # fmt: skip


def test_one_of_the_blocks_may_be_enough(alice):
    rows = {**ROW, "row": ["b1r1", "b2r1", "b2r2"], "match": "any"}
    rows |= {f"b2r{number}-{name}": value for number in (1, 2) for name, value in (
        ("field", "frequency"), ("op", "eq"), ("value", str(number)))}  # fmt: skip
    alice.post(NEW, {**rows, "name": "Any", "do": "save"})

    twos = [{"field": "frequency", "op": "eq", "value": number} for number in (1, 2)]
    assert Segment.objects.get().definition == {"version": 1, "all": [{"any": [*TWICE["all"], {"all": twos}]}]}


@pytest.mark.parametrize(
    ("do", "rows"),
    [
        ("block", ["b1r1-field", "b1r2-field", "b2r1-field", "b3r1-field"]),
        ("add b1r1", ["b1r1-field", "b1r2-field", "b1r3-field", "b2r1-field"]),
        ("remove b1r1", ["b1r2-field", "b2r1-field"]),
        ("remove b9r9", ["b1r1-field", "b1r2-field", "b2r1-field"]),
    ],
)
def test_buttons_add_and_remove_rows(alice, do, rows):
    page = alice.post(NEW, {"row": ["b1r1", "b1r2", "b2r1"], "do": do})

    assert controls(page) == rows


def test_ready_segment_fills_the_form(alice, shop):
    page = alice.get(NEW, {"ready": "new"})

    assert "Customers who first bought at most 30 days ago and bought once." in text(page)
    assert 'value="New customers"' in page.content.decode()


def test_every_ready_segment_stands_in_the_form_as_it_is_defined(alice, shop):
    factories.program(shop)

    for ready, definition in criteria.ready_for(shop):
        form = Builder(data_of(definition, merchant=shop, name=ready.name), merchant=shop)
        form.rearrange("")
        assert form.definition == definition


def test_changing_a_segment_begins_with_what_it_says(alice, shop):
    made = lists.create(merchant=shop, name="Twice", definition=TWICE, at=factories.AT)
    address = f"/m/a/segments/{made.public_id}/edit/"

    assert "Customers who bought at least 2 times." in text(alice.get(address))
    answer = alice.post(address, {**ROW, "b1r1-value": "3", "name": "Thrice", "do": "save"})

    kept = Segment.objects.for_merchant(shop).get()
    assert (kept.name, kept.definition["all"][0]["value"]) == ("Thrice", 3)
    assert answer.url == f"/m/a/segments/{made.public_id}/"


def test_segment_that_contains_itself_is_refused_beside_the_value(alice, shop):
    made = lists.create(merchant=shop, name="Twice", definition=TWICE, at=factories.AT)
    rows = {"row": "b1r1", "b1r1-field": "segment", "b1r1-op": "eq", "b1r1-value": made.public_id, "name": "Twice"}

    page = alice.post(f"/m/a/segments/{made.public_id}/edit/", {**rows, "do": "save"})

    assert "A segment cannot contain itself, also not through another one." in text(page)
    assert Segment.objects.get().definition == TWICE


def test_deeper_definition_is_left_to_the_api(alice, shop):
    inner = {"any": [{"all": [TWICE["all"][0], TWICE["all"][0]]}, TWICE["all"][0]]}
    deep = {"version": 1, "all": [inner, inner]}
    made = lists.create(merchant=shop, name="Deep", definition=deep, at=factories.AT)

    answer = alice.get(f"/m/a/segments/{made.public_id}/edit/", follow=True)

    assert "They are changed over the API." in text(answer)


def test_name_that_is_taken_is_said_beside_the_name(alice, shop):
    lists.create(merchant=shop, name="Twice", definition=TWICE, at=factories.AT)

    page = alice.post(NEW, {**ROW, "name": "Twice", "do": "save"})

    assert "There is an audience of this name already." in text(page)


@pytest.mark.parametrize(("part", "begins"), [("rows", "Who is meant"), ("measure", "In words")])
def test_htmx_gets_the_part_that_it_asks_for(alice, part, begins):
    page = alice.post(NEW, ROW, headers={"HX-Request": "true", "HX-Target": part})

    assert text(page).startswith(begins)
