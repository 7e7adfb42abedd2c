"""What customers are worth as a page: the status first, no amount as a fact unless it is one, and the customers."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from customers.merchants.models import User
from loyalty_site.selectors import customer_values
from loyalty_site.selectors import value_page as page
from loyalty_site.tests import factories
from loyalty_site.tests.lasting import lasting
from loyalty_site.tests.page_text import text
from segments.clv import memory
from segments.tests.shoppers import END, bought, simulated, stored, valued

SHOPPERS = simulated(150, r=0.5, alpha=4.0, a=0.8, b=2.5, seed=4)
AS_OF = {"as_of": END.isoformat()}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def shop(django_db_setup, django_db_blocker):
    """A small shop whose customers follow the models, for all tests of the module."""
    with lasting(django_db_blocker):
        shop = factories.merchant()
        stored(shop, SHOPPERS)
        yield shop


@pytest.fixture
def alice(client, shop):
    client.force_login(User.objects.get(email="alice@a.test"))
    return client


@pytest.fixture(scope="module")
def good():
    """A valuation that is ok."""
    return valued(simulated(1500, r=0.5, alpha=4.0, a=0.8, b=2.5))


def test_what_is_ok_is_said_plainly(shop, good):
    shown = page.value_page(shop, good)

    total = page.estimate(good.total, "EUR")
    assert shown.finding == (
        f"These customers should bring {total} over the next 12 months, the best fifth of them "
        f"{page.percent(page.best_share(good))} of it."
    )
    assert (shown.judgement.tone, shown.judgement.warnings) == ("good", [])
    assert shown.judgement.sentence.startswith("Tried: the days from ")
    assert [figure.value for figure in shown.figures][0] == total
    assert [figure.beside for figure in shown.figures][0] == ""


def test_charts_say_what_the_trial_and_the_worth_say(shop, good):
    shown = page.value_page(shop, good)

    groups = shown.calibration.table.rows
    assert shown.calibration.table.head == ["Visits before", "forecast", "happened", "customers"]
    assert [label for label, __ in groups] == ["0", "1", "2", "3", "4", "5", "6", "7 or more"]
    assert len(shown.calibration.forms[0].bars) == 2 * len(groups)
    assert len(shown.tenths.forms[0].bars) == len(shown.tenths.table.rows) == 10
    assert shown.tenths.words.title.startswith("The best tenth of the customers should bring ")


def test_parameters_stand_between_the_ends_of_their_intervals(shop, good):
    found = {one.name: one for one in page.value_page(shop, good).parameters}

    assert list(found) == ["r", "alpha", "a", "b", "p", "q", "gamma"]
    assert all(float(one.low) < float(one.value) < float(one.high) for one in found.values())


def test_parameters_that_the_data_do_not_tell_have_no_interval(shop):
    alike = valued([one for customer in range(300) for one in bought(customer, 70, 60, 50, 40, 30, 20, 10)])

    shown = page.value_page(shop, alike)

    assert (None, None) in [(one.low, one.high) for one in shown.parameters]
    assert (shown.figures, shown.tenths) == ([], None)


def test_weak_figures_stand_beside_their_reason(alice):
    shown = text(alice.get("/m/a/value/", AS_OF))

    assert "over the next 12 months, but do not rely on it: see why below." in shown
    assert "Status: weak: use the figures with care" in shown
    assert "it takes 100 for figures to rely on." in shown
    assert "Worth, perhaps" in shown
    assert shown.count("weak: not a fact") == 2
    assert "Perhaps the best tenth of the customers will bring " in shown


def test_unidentified_shows_no_amount(alice):
    first = min(day for __, day, __ in SHOPPERS)

    shown = text(alice.get("/m/a/value/", {"as_of": first.isoformat()}))

    assert "Status: unidentified: no figure can be given" in shown
    assert "Not known: what is on record does not tell what customers will be worth." in shown
    assert "No customer came back on another day yet" in shown
    assert "€" not in shown.partition("What these words mean")[0]


def test_shop_without_customers_is_told_what_is_missing(client, shop):
    factories.merchant(slug="b", owner="charlie@b.test")
    client.force_login(User.objects.get(email="charlie@b.test"))

    shown = text(client.get("/m/b/value/"))

    assert "Worth needs customers who came on several days: bring in your till's history." in shown
    assert "Status: unidentified" in shown


def test_customers_stand_by_worth_in_pages(alice, shop):
    first, last = (alice.get("/m/a/value/", {**AS_OF, "page": number}) for number in (1, 99))

    worth = sorted(map(int, memory.valued(shop, as_of=END).worth), reverse=True)
    assert [one.worth for one in first.context["people"]] == worth[: page.AT_ONCE]
    assert [one.worth for one in last.context["people"]] == worth[-len(last.context["people"]) :]
    assert "Page 1 of 6" in text(first)


@pytest.mark.parametrize("number", [1, 30])
def test_page_costs_the_same_for_one_and_for_many(client, shop, django_assert_num_queries, number):
    """Session, user, place; what is kept; bounds, history and returns; no names, because nothing is told of them."""
    rival = factories.merchant(slug="b", owner="charlie@b.test")
    stored(rival, [one for customer in range(number) for one in bought(customer, 90, 40, customer % 7)])
    client.force_login(User.objects.get(email="charlie@b.test"))

    with django_assert_num_queries(7):
        client.get("/m/b/value/", AS_OF)


def test_page_in_memory_costs_what_is_kept_and_the_names(alice, django_assert_num_queries):
    alice.get("/m/a/value/", AS_OF)

    with django_assert_num_queries(5):
        alice.get("/m/a/value/", AS_OF)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-02-30", "Write the day as year, month and day, for example 2026-03-01."),
        ("x", "Write the day as year, month and day, for example 2026-03-01."),
        ("2199-01-01", "This day has not come yet. Choose today or an earlier one."),
    ],
)
def test_wrong_day_is_said_beside_its_field_and_in_the_file(alice, day, sentence):
    shown, file = alice.get("/m/a/value/", {"as_of": day}), alice.get("/m/a/value.csv", {"as_of": day})

    assert shown.context["form"].errors == {"as_of": [sentence]}
    assert shown.context["found"].as_of == timezone.localdate()
    assert (file.status_code, file.content.decode()) == (400, sentence)


def test_customers_can_be_had_as_csv(alice, shop):
    response = alice.get("/m/a/value.csv", AS_OF)

    head, *rows = csv.reader(io.StringIO(response.content.decode()))
    assert response.headers["Content-Disposition"] == 'attachment; filename="value-a.csv"'
    assert head == ["customer", "external_id", "x", "t_x", "T", "p_alive", "expected_purchases_12m", "clv_12m"]
    assert [int(row[7]) for row in rows] == sorted(map(int, memory.valued(shop, as_of=END).worth), reverse=True)


def test_page_is_reached_from_retention(alice):
    assert 'href="/m/a/value/"' in alice.get("/m/a/retention/").content.decode()


def test_customers_page_shows_the_worth_once_it_is_reckoned(client, shop):
    """Of today's valuation; the staff at the counter see none."""
    rival = factories.merchant(slug="b", owner="charlie@b.test")
    today = timezone.localdate()
    shift = today - END
    people = stored(rival, [(one, day + shift - timedelta(days=1), amount) for one, day, amount in SHOPPERS])
    client.force_login(User.objects.get(email="charlie@b.test"))
    address = f"/m/b/customers/{people[1].public_id}/"

    before = text(client.get(address))
    client.get("/m/b/value/")
    after = text(client.get(address))
    client.force_login(factories.staff(rival, email="dora@b.test", role="staff"))
    staff = text(client.get(address))

    assert "See what customers are worth" in before
    assert "perhaps" not in before
    assert "Worth in 12 months perhaps" in after
    assert "visits expected" in after
    assert "Worth in 12 months" not in staff


def test_worth_of_a_day_long_gone_is_not_shown_on_the_customers_page(shop):
    memory.valued(shop, as_of=END)
    new = factories.customer(shop, at=datetime(2026, 6, 30, tzinfo=UTC))
    old = shop.customers.filter(activity__purchases__gt=1).first()

    assert customer_values.worth_of(old, today=END + timedelta(days=1)) is not None
    assert customer_values.worth_of(old, today=END + timedelta(days=2)) is None
    assert customer_values.worth_of(new, today=END) is None


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (1250, "EUR", "13\N{NO-BREAK SPACE}€"),
        (1249, "USD", "$12"),
        (123456789, "USD", "$1,234,568"),
        (1250, "JPY", "¥1,250"),
    ],
)
def test_estimates_are_whole_units_of_the_currency(minor, currency, written):
    assert page.estimate(minor, currency) == written
