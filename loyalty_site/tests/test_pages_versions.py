"""The history of a promise: what any two versions say differently, in words, on the page and as a part of it."""

import re
from datetime import UTC, datetime

import pytest

from customers.merchants import shops
from loyalty_site.selectors import versions
from loyalty_site.tests import factories
from loyalty_site.tests.receipts import rule
from rewards import programs

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 4, 1, 12, tzinfo=UTC)


def page(response) -> str:
    return response.content.decode()


def two(shop, before, after, *, was=None, now=None):
    """What the second of two versions changed."""
    made = factories.program(shop, rules=before, policies=was or {})
    programs.publish(program=made, rules=after, policies=now, at=LATER)
    return versions.chosen(made, since=None, until=None)


def test_rules_are_added_and_removed_by_name(shop):
    found = two(shop, [rule(1, "Euro"), rule({"fixed": 5}, "Hello")], [rule(1, "Euro"), rule({"fixed": 7}, "New")])

    assert found.added == [("New", "7 points for a purchase.")]
    assert found.removed == [("Hello", "5 points for a purchase.")]
    assert (found.changed, found.reordered, found.gained, found.lost) == ([], False, [], [])


def test_rule_that_reads_otherwise_is_said_before_and_after(shop):
    tuesdays = rule(2, "Euro", when={"weekdays": [2], "hours": ["15:00", "17:00"]})

    [changed] = two(shop, [rule(1, "Euro")], [tuesdays]).changed

    assert (changed.name, changed.before) == ("Euro", "1 point for each full 1.00\xa0€.")
    assert changed.after == "2 points for each full 1.00\xa0€ on Tuesdays, 15:00–17:00."


def test_priority_and_order_are_said_though_no_sentence_shows_them(shop):
    first, second = rule(1, "A", priority=1), rule(2, "B")

    found = two(shop, [first, second], [second, {**first, "priority": 3}])

    assert [(one.name, one.note) for one in found.changed] == [("A", "Its priority is 3, and was 1.")]
    assert found.reordered


def test_policies_are_said_as_what_is_new_and_what_is_gone(shop):
    found = two(
        shop, [rule(1)], None,
        was={"hold_days": 3, "expiry": {"kind": "never"}}, now={"hold_days": 0, "expiry": {"kind": "days", "days": 90}},
    )  # fmt: skip

    assert found.gained == ["Points live for 90 days."]
    assert found.lost == ["They can be spent after 3 days.", "Points never expire."]


def test_what_makes_no_difference_is_said_so(shop):
    found = two(shop, [rule(1)], None, now={"rounding": "up"})

    assert found.is_empty


def test_one_version_has_nothing_to_compare(alice, shop):
    made = factories.program(shop)

    assert versions.chosen(made, since=None, until=None) is None
    assert "One version so far" in page(alice.get(f"/m/a/programs/{made.public_id}/versions/"))
    assert 'id="difference"' not in page(alice.get(f"/m/a/programs/{made.public_id}/"))


@pytest.fixture
def made(shop):
    """A program of three versions."""
    made = factories.program(shop, rules=[rule(1, "Euro")])
    for points in (2, 3):
        programs.publish(program=made, rules=[rule(points, "Euro")], at=LATER)
    return made


def deleted_and_inserted(shown: str) -> list[str]:
    return re.findall(r"<(?:del|ins)>(\d) points?", shown)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["2", "3"]),
        ("?from=1&to=3", ["1", "3"]),
        ("?from=3&to=1", ["3", "1"]),
        ("?to=2", ["1", "2"]),
        ("?from=%00&to=9", ["2", "3"]),
        ("?from=-1&to=1e99", ["2", "3"]),
    ],
)
def test_any_two_versions_stand_side_by_side(alice, made, query, numbers):
    shown = page(alice.get(f"/m/a/programs/{made.public_id}/versions/{query}"))

    assert deleted_and_inserted(shown) == numbers


def test_part_is_what_htmx_asks_for(alice, made):
    shown = page(alice.get(f"/m/a/programs/{made.public_id}/versions/?from=1&to=2", headers={"HX-Request": "true"}))

    assert "<html" not in shown
    assert "From version 1 to version 2" in shown


def test_program_page_says_what_the_newest_version_changed(alice, made):
    shown = page(alice.get(f"/m/a/programs/{made.public_id}/"))

    assert deleted_and_inserted(shown) == ["2", "3"]
    assert re.findall(r"<h2[^>]*>(Version \d)</h2>", shown) == ["Version 3", "Version 2", "Version 1"]


@pytest.mark.parametrize("count", [1, 20])
def test_history_takes_the_same_queries(alice, shop, count, django_assert_num_queries):
    street = shops.add_location(merchant=shop, name="Main Street").public_id
    made = factories.program(shop)
    for number in range(count):
        programs.publish(program=made, rules=[rule(number + 2, when={"locations": [street]})], at=LATER)

    with django_assert_num_queries(6):  # session, user, place; program, versions, locations
        shown = page(alice.get(f"/m/a/programs/{made.public_id}/versions/"))

    assert "at Main Street" in shown
