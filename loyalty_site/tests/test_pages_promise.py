"""Changing a promise by hand: in words, tried on a purchase, looked at, then published; a second editor is told."""

import re
from datetime import date

import pytest

from customers.merchants import shops
from loyalty_site.tests import factories
from loyalty_site.tests.receipts import bought, line, rule
from rewards import programs
from rewards.models import Program, ProgramVersion

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
TUESDAY = {"weekdays": [2], "hours": ["15:00", "17:00"]}


def page(response) -> str:
    return response.content.decode()


def path(made) -> str:
    return f"/m/a/programs/{made.public_id}/edit/"


def sent(shown: str) -> dict:
    """What a browser would send of the form on a page, its buttons left out."""
    body = shown[shown.index('class="editing"') :]
    data: dict[str, list] = {}
    for tag in re.findall(r"<input[^>]*>", body):
        read = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "checkbox" not in tag or " checked" in tag:
            data.setdefault(read["name"], []).append(read.get("value", "on" if "checkbox" in tag else ""))
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s?([^<]*)</textarea>', body):
        data.setdefault(name, []).append(text)
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        data.setdefault(name, []).extend(re.findall(r'value="([^"]*)" selected', options)[:1])
    return data


def looked(alice, made, do="look", **changed) -> str:
    """The page after something was typed into it."""
    data = {**sent(page(alice.get(path(made)))), **changed, "do": do}
    return page(alice.post(path(made), data))


def readings(shown: str) -> list[str]:
    return re.findall(r'<p id="r\d+-reads" class="reads[^"]*"[^>]*>(.*?)</p>', shown)


def tried(shown: str) -> list[tuple[str, str, str]]:
    return re.findall(
        r'<tr><th scope="row">(.*?)</th><td class="number">(.*?)</td><td class="number">(.*?)</td>', shown
    )


def errors(shown: str) -> list[str]:
    return re.findall(r'id="id_([\w-]+)_error"', shown)


def test_form_reads_as_the_promise_and_nothing_is_to_publish(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro"), rule({"multiply": "2"}, "Happy", when=TUESDAY)])

    shown = page(alice.get(path(made)))

    assert readings(shown) == [
        "1 point for each full 1.00\xa0€.",
        "2 times the points for amounts and items on Tuesdays, 15:00–17:00.",
    ]
    assert "Nothing yet: it says what it says today." in shown
    assert 'value="publish"' not in shown


def test_change_is_shown_before_it_is_published(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro")])

    shown = looked(alice, made, **{"r0-points": "2", "r0-weekdays": ["2"]})

    assert readings(shown) == ["2 points for each full 1.00\xa0€ on Tuesdays."]
    assert (
        "<del>1 point for each full 1.00\xa0€.</del> <ins>2 points for each full 1.00\xa0€ on Tuesdays.</ins>" in shown
    )
    assert "It becomes version 2 and holds for purchases from the moment of publishing on." in shown
    assert ProgramVersion.objects.count() == 1


def test_what_was_shown_is_published(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro")])
    shown = looked(alice, made, **{"r0-points": "2", "p-hold_days": "3"})

    answer = alice.post(path(made), {**sent(shown), "do": "publish"})

    assert answer.status_code == 302
    version = ProgramVersion.objects.get(number=2)
    assert version.rules == [rule(2, "Euro")]
    assert version.policies["hold_days"] == 3


def test_what_was_not_shown_yet_is_shown_first(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro")])
    shown = looked(alice, made, **{"r0-points": "2"})

    again = page(alice.post(path(made), {**sent(shown), "r0-points": "3", "do": "publish"}))

    assert "Look once more at what changes; then publish." in again
    assert ProgramVersion.objects.count() == 1
    alice.post(path(made), {**sent(again), "do": "publish"})
    assert ProgramVersion.objects.get(number=2).rules == [rule(3, "Euro")]


def test_rules_are_added_moved_and_removed_without_losing_what_is_typed(alice, shop):
    made = factories.program(shop, rules=[rule(1, "A"), rule(2, "B")])

    added = looked(alice, made, "add", **{"r0-points": "7"})
    assert [one[:9] for one in readings(added)] == ["7 points ", "2 points ", "10 points"]
    moved = page(alice.post(path(made), {**sent(added), "do": "up r2"}))
    assert [one[:9] for one in readings(moved)] == ["7 points ", "10 points", "2 points "]
    again = page(alice.post(path(made), {**sent(moved), "do": "down r0"}))
    removed = page(alice.post(path(made), {**sent(again), "do": "remove r1"}))
    assert [one[:9] for one in readings(removed)] == ["10 points", "7 points "]

    alice.post(path(made), {**sent(removed), "do": "publish"})

    wanted = ProgramVersion.objects.get(number=2).rules
    assert [(one["name"], one["award"]) for one in wanted] == [
        ("Rule 1", {"fixed": 10}),
        ("A", {"per_amount": {"points": 7, "every": 100}}),
    ]


@pytest.mark.parametrize("deed", ["up r0", "down r1", "remove r9", "up", "remove ", "up \0", "nothing"])
def test_deeds_that_lead_nowhere_change_nothing(alice, shop, deed):
    made = factories.program(shop, rules=[rule(1, "A"), rule(2, "B")])

    assert [one[:8] for one in readings(looked(alice, made, deed))] == ["1 point ", "2 points"]


def test_last_purchase_is_tried_on_both_promises(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro")])
    bought(shop, lines=[line(500, "Coffee", 2), line(450, "Cake")])

    shown = looked(alice, made, **{"r0-categories": "coffee", "r0-points": "3"})

    assert tried(shown) == [("Euro", "9", "15"), ("Together", "9", "<strong>15 points</strong>")]


def test_described_purchase_is_tried_too(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro"), rule({"fixed": 5}, "Hi", when={"first_purchase": True})])
    described = {
        "e-of": "", "e-amount": "20,00", "e-when": "2026-03-10T15:30", "e-first": "on", "r0-weekdays": ["2"],
        "r0-hours_from": "15:00", "r0-hours_until": "17:00", "r0-points": "2",
    }  # fmt: skip

    shown = looked(alice, made, **described)
    wednesday = looked(alice, made, **{**described, "e-when": "2026-03-11T15:30"})

    assert tried(shown) == [("Euro", "20", "40"), ("Hi", "5", "5"), ("Together", "25", "<strong>45 points</strong>")]
    assert tried(wednesday)[0] == ("Euro", "20", "0")


def test_rule_that_is_new_or_gone_gives_nothing_on_the_other_side(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Old"), rule(1, "Stays")])

    shown = looked(alice, made, **{"r0-name": "New", "e-of": "", "e-amount": "5"})

    assert tried(shown)[:3] == [("New", "–", "5"), ("Stays", "5", "5"), ("Old", "5", "–")]


def test_odd_rule_is_asked_about_and_published_all_the_same(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro"), rule({"fixed": 5}, "Hi", when={"min_amount": 100})])

    shown = looked(alice, made, **{"r1-min_amount": ""})

    assert "<strong>Hi</strong>: It gives the same for every purchase" in shown
    assert "Publish all the same" in shown
    alice.post(path(made), {**sent(shown), "do": "publish"})
    assert ProgramVersion.objects.get(number=2).rules[1] == rule({"fixed": 5}, "Hi")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"r0-name": ""}, "r0-name"),
        ({"r1-name": "a"}, "r1-name"),
        ({"r0-points": "100001"}, "r0-points"),
        ({"r0-kind": "multiply", "r0-factor": "1"}, "r0-factor"),
        ({"r0-kind": "multiply", "r0-factor": "2", "r1-kind": "fixed"}, "r0-factor"),
        ({"r0-hours_from": "15:00"}, "r0-hours_from"),
        ({"r0-starts_at": "2026-03-02T00:00", "r0-ends_at": "2026-03-01T00:00"}, "r0-ends_at"),
        ({"p-life": "days", "p-count": "5", "p-hold_days": "6"}, "p-hold_days"),
        ({"p-life": "days", "p-count": "0"}, "p-count"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(alice, shop, wrong, field):
    made = factories.program(shop, rules=[rule(1, "A"), rule(2, "B")])

    shown = looked(alice, made, "publish", **wrong)

    assert errors(shown) == [field]
    assert "Something is marked below." in shown
    assert ProgramVersion.objects.count() == 1


def test_second_editor_is_told_and_loses_nothing_typed(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro")])
    shown = looked(alice, made, **{"r0-points": "2"})
    programs.publish(program=made, rules=[rule(5, "Euro")], at=factories.AT)

    first = page(alice.post(path(made), {**sent(shown), "do": "publish"}))
    second = page(alice.post(path(made), {**sent(first), "do": "publish"}))

    assert "Somebody changed this program meanwhile. Load it again" in second
    assert readings(second) == ["2 points for each full 1.00\xa0€."]
    assert ProgramVersion.objects.count() == 2


def test_draft_is_changed_without_a_version(alice, shop):
    made = programs.create(merchant=shop, name="Draft", rules=[rule(1, "Euro")], at=factories.AT)
    shown = looked(alice, made, **{"r0-points": "2"})
    assert "It promises nothing until it is started." in shown

    alice.post(path(made), {**sent(shown), "do": "publish"})

    assert ProgramVersion.objects.get().rules == [rule(2, "Euro")]


def test_closing_program_says_that_its_promise_stands(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro")])
    days = {"last_earning_on": date(2030, 1, 31), "last_spending_on": date(2030, 2, 28)}
    shown = looked(alice, made, **{"r0-points": "2"})
    programs.close(program=made, at=factories.AT, **days)

    refused = page(alice.post(path(made), {**sent(shown), "do": "publish"}))

    assert "This program is closing, so its promise no longer changes." in refused
    assert f'href="{path(made)}"' not in page(alice.get(f"/m/a/programs/{made.public_id}/"))


def test_part_has_the_sentence_of_each_rule_and_never_publishes(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro")])
    data = {**sent(looked(alice, made, **{"r0-points": "2"})), "do": "publish"}

    part = page(alice.post(path(made), data, headers={"HX-Request": "true"}))

    assert "<html" not in part
    assert readings(part) == ["2 points for each full 1.00\xa0€."]
    assert Program.objects.get().versions.count() == 1


@pytest.mark.parametrize(
    "nonsense",
    [{"row": []}, {"row": ["r0", "r0", "x", "\0"]}, {"version": "\0"}, {"e-of": "pur_nobody"}, {"e-amount": "x"}, {}],
)
def test_nonsense_is_answered(alice, shop, nonsense):
    made = factories.program(shop, rules=[rule(1, "Euro")])
    data = sent(page(alice.get(path(made))))

    assert alice.post(path(made), {**data, **nonsense}).status_code == 200
    assert alice.post(path(made), nonsense).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_page_takes_the_same_queries(alice, shop, count, django_assert_num_queries):
    street = shops.add_location(merchant=shop, name="Main Street").public_id
    wanted = [rule(1, f"R{number}", when={"locations": [street]}) for number in range(count)]
    made = factories.program(shop, rules=wanted)
    bought(shop)

    # session, user, place; program, version, locations, segments, purchases; checked locations; the example: three
    with django_assert_num_queries(12):
        alice.get(path(made))


def test_publishing_pressed_twice_publishes_once(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro")])
    shown = looked(alice, made, **{"r0-points": "2", "p-hold_days": "3"})

    answers = [alice.post(path(made), {**sent(shown), "do": "publish"}) for __ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert made.versions.count() == 2


CARD = {"size": 5, "reward": {"name": "A coffee", "benefit": {"kind": "experience", "text": "A coffee"}}}
LADDER = [{"name": "Regular", "threshold": 0}, {"name": "Friend", "threshold": 500, "perks": ["A seat"]}]


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("stamps", {"rules": [rule({"fixed": 1}, "Visit")], "stamps": CARD}),
        ("cashback", {"rules": [rule(5, "Back")]}),
    ],
)
def test_program_of_every_kind_can_be_changed(alice, shop, kind, parts):
    made = programs.create(merchant=shop, name="Ours", at=factories.AT, kind=kind, **parts)
    before = made.versions.get()
    shown = looked(alice, made, **{"p-life": "months", "p-count": "7"})

    answer = alice.post(path(made), {**sent(shown), "do": "publish"})

    version = made.versions.get()
    assert answer.status_code == 302
    assert version.policies["expiry"] == {"kind": "months", "months": 7}
    assert (version.rules, version.stamps, version.tiers) == (before.rules, before.stamps, before.tiers)


@pytest.mark.parametrize(
    ("kind", "label"), [("points", "Points"), ("stamps", "Stamps"), ("cashback", "Cashback in EUR")]
)
def test_award_is_counted_in_what_the_program_gives(alice, shop, kind, label):
    parts = {"stamps": CARD} if kind == "stamps" else {}
    made = programs.create(
        merchant=shop, name="Ours", at=factories.AT, kind=kind, rules=[rule({"fixed": 1}, "Visit")], **parts
    )

    shown = page(alice.get(path(made)))

    assert re.findall(r'<label for="id_r0-points">(.*?)</label>', shown) == [label]


def test_cashback_is_typed_as_money(alice, shop):
    limits = {"per_customer": {"points": 500, "period": "month"}, "total": {"times": 7, "period": "ever"}}
    given = {**rule(5, "Back"), "limits": {**limits, "max_per_purchase": 250}}
    made = programs.create(merchant=shop, name="Ours", at=factories.AT, kind="cashback", rules=[given])

    shown = looked(alice, made, **{"r0-points": "0.10", "r0-max_per_purchase": "3"})
    alice.post(path(made), {**sent(shown), "do": "publish"})

    [said] = made.versions.get(number=2).rules
    assert said["award"] == {"per_amount": {"points": 10, "every": 100}}
    assert said["limits"] == {**limits, "max_per_purchase": 300}


def test_membership_has_nothing_to_change(alice, shop):
    made = programs.create(merchant=shop, name="Ours", at=factories.AT, kind="membership", rules=[], tiers=LADDER)

    shown = page(alice.get(path(made), follow=True))

    assert "A membership has no points and no rules." in shown
    assert "Change rules and policies" not in shown


def test_example_of_cashback_is_money(alice, shop):
    made = programs.create(merchant=shop, name="Ours", at=factories.AT, kind="cashback", rules=[rule(5, "Back")])

    shown = looked(alice, made, **{"e-amount": "12.50"})

    assert tried(shown)[0] == ("Back", "0.60\xa0€", "0.60\xa0€")
