"""What the counter says when a customer stands there: usual order, occasions, how far to go; each with its reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from customers.models import Customer, CustomerActivity, Purchase
from customers.rhythm import Rhythm
from loyalty_site.selectors.counter import occasions
from loyalty_site.selectors.counter.greeting import greeting
from loyalty_site.selectors.counter.usual import Usual, counted
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import line, program_with, rule

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
GOLD = [{"name": "Regular", "threshold": 0}, {"name": "Gold", "threshold": 1000}]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def active(**fields) -> CustomerActivity:
    return CustomerActivity(**{"purchases": 1, **fields})


@pytest.mark.parametrize(
    ("birthday", "said"),
    [
        ("03-10", ["Birthday today."]),
        ("03-11", ["Birthday tomorrow (11 March)."]),
        ("03-15", ["Birthday in 5 days (15 March)."]),
        ("03-16", []),
        ("03-09", ["Birthday yesterday (9 March)."]),
        ("03-07", ["Birthday 3 days ago (7 March)."]),
        ("03-06", []),
        ("", []),
    ],
)
def test_birthday_is_said_within_a_few_days(birthday, said):
    assert occasions.birthday(birthday, TODAY) == said


def test_birthday_of_the_29th_of_february_is_the_28th_in_other_years():
    assert occasions.birthday("02-29", date(2026, 2, 28)) == ["Birthday today."]


def test_birthday_is_near_across_the_year():
    assert occasions.birthday("01-02", date(2026, 12, 30)) == ["Birthday in 3 days (2 January)."]


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (date(2025, 3, 12), ["A customer for 1 year: the first purchase was on 12 Mar 2025."]),
        (date(2021, 3, 9), ["A customer for 5 years: the first purchase was on 9 Mar 2021."]),
        (date(2026, 3, 9), []),
        (date(2025, 6, 9), []),
        (None, []),
    ],
)
def test_anniversary_of_the_first_purchase_is_said_by_whole_years(first, said):
    assert occasions.anniversary(active(first_on=first), TODAY) == said


@pytest.mark.parametrize(
    ("days", "gap", "said"),
    [
        (15, 7.0, ["First visit in 15 days; usually every 7 days."]),
        (14, 7.0, []),  # exactly twice is not more than twice
        (14, 2.0, []),  # two weeks at the least
        (15, 2.0, ["First visit in 15 days; usually every 2 days."]),
        (90, None, []),
        (91, None, ["First visit in 91 days."]),
    ],
)
def test_long_away_is_measured_by_the_customers_own_rhythm(days, gap, said):
    rhythm = Rhythm(visits=9, gap_days=gap, weekday=None)

    assert occasions.long_away(active(last_on=TODAY - timedelta(days=days)), rhythm, TODAY) == said


def test_usual_are_products_of_two_purchases_or_more_counted_once_a_purchase():
    rows = [
        (3, "Rye bread", "rye", "bread"), (3, "Rye bread", "rye", "bread"), (3, "Coffee", "", ""),
        (2, "rye BREAD", "", ""), (2, "", "", "cake"), (1, "Coffee", "", ""), (1, "Rye bread", "", ""), (1, "", "", ""),
    ]  # fmt: skip

    assert counted(rows) == [Usual("Rye bread", 3, 3), Usual("Coffee", 2, 3)]


@pytest.mark.django_db
def test_somebody_new_is_greeted_as_new(shop):
    made = factories.customer(shop)
    found = Customer.objects.with_activity().get(pk=made.pk)

    assert greeting(found, [], shown=5, at=AT).occasions == ["First purchase ever."]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 30])
def test_greeting_costs_literally(shop, django_assert_num_queries, number):
    # the last purchases; the days of visits; the lines
    made = factories.customer(shop)
    for back in range(number):
        factories.purchase(shop, made, lines=[line(500, name="Rye"), line(500)], at=AT - timedelta(days=back))
    found = Customer.objects.with_activity().get(pk=made.pk)

    with django_assert_num_queries(3):
        said = greeting(found, [], shown=5, at=AT)

    assert [len(said.last), len(said.usual)] == [min(number, 5), min(number - 1, 1)]


@pytest.mark.django_db
def test_purchases_that_were_voided_are_not_usual(shop):
    made = factories.customer(shop)
    for __ in range(2):
        factories.purchase(shop, made, lines=[line(1000, name="Rye")])
    Purchase.objects.update(voided_at=AT)

    assert greeting(Customer.objects.with_activity().get(pk=made.pk), [], shown=5, at=AT).usual == []


@pytest.mark.django_db
def test_card_says_tier_reached_lately_and_how_far_the_next_is(dora, shop):
    spend = {"basis": "spend", "window_months": 12, "downgrade": "after_window", "grace_days": 0}
    program_with(shop, rule(1), name="Club", tiers=[*GOLD, {"name": "Star", "threshold": 5000}], tier_policy=spend)
    ana, now = factories.customer(shop, name="Ana"), timezone.now()
    factories.purchase(shop, ana, amount=1500, at=now - timedelta(hours=1))

    page = text(dora.get(f"/m/a/counter/{ana.public_id}/"))

    assert "Reached the tier Gold of Club on" in page
    assert "15.00 € in 12 months; 35.00 € more for Star." in page


@pytest.mark.django_db
def test_notes_are_changed_at_the_counter(dora, shop):
    ana = factories.customer(shop, notes="Sings.")

    response = dora.post(f"/m/a/counter/{ana.public_id}/notes/", {"notes": "Sings.\r\nLoudly.", "was": "Sings."})

    ana.refresh_from_db()
    assert (ana.notes, response.headers["Location"]) == ("Sings.\nLoudly.", f"/m/a/counter/{ana.public_id}/")


@pytest.mark.django_db
def test_notes_that_somebody_else_changed_meanwhile_stay_and_are_shown(dora, shop):
    ana = factories.customer(shop, notes="Dances.")

    page = dora.post(f"/m/a/counter/{ana.public_id}/notes/", {"notes": "Sings.", "was": ""})

    ana.refresh_from_db()
    assert ana.notes == "Dances."
    assert "They now say: “Dances.”." in text(page)
    assert 'name="was" value="Dances."' in page.content.decode()
