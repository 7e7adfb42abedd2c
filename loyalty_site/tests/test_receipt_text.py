"""The receipt as text: complete, in the customer's language, and addressed only by those who may see the phone."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from customers.merchants.models import User
from loyalty_site import flows
from loyalty_site.selectors import purchase as receipts
from loyalty_site.selectors.receipt_text import receipt_text, row
from loyalty_site.tests import factories
from loyalty_site.tests.receipts import line, program_with, recorded, rule

BOUGHT_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 10, 13, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"), timezone.override("Europe/Madrid"):
        yield


@pytest.fixture
def bought(shop):
    program_with(shop, rule(1))
    ana = factories.customer(shop, name="Ana", phone="+34600111222", email="ana@mail.test")
    return recorded(shop, ana, [line(500, name="Coffee", quantity=2), line(750)])


def written(shop, bought):
    found = receipts.purchases(shop).get(pk=bought.pk)
    return receipt_text(found, at=LATER).replace("\xa0", " ")


def test_row_puts_the_figure_at_the_right_and_below_a_long_text():
    assert row("Coffee", "2.50 €") == f"Coffee{' ' * 20}2.50 €"
    assert row("x" * 28, "2.50 €") == f"{'x' * 28}\n{' ' * 26}2.50 €"


@pytest.mark.any_database
@pytest.mark.django_db
def test_receipt_says_shop_lines_total_points_why_and_balance(shop, bought):
    wide = lambda left, right: f"{left}{right.rjust(32 - len(left))}"  # noqa: E731

    assert written(shop, bought).splitlines() == [
        "Shop A",
        "10 Mar 2026, 13:00",
        "Receipt",
        bought.public_id,
        "For Ana",
        "",
        wide("2 × Coffee", "5.00 €"),
        wide("other", "7.50 €"),
        "",
        wide("Total", "12.50 €"),
        "",
        wide("Points", "+12 points"),
        "  1 for each full 1.00 € of 12.50 €",
        "",
        "Balance on 10 Mar 2026, 14:05",
        wide("Points", "12 points"),
    ]


@pytest.mark.django_db
def test_receipt_says_what_came_back_and_that_it_is_void(shop, bought):
    flows.refund_purchase(merchant=shop, purchase_id=bought.pk, amount=500, at=LATER)
    part = written(shop, bought)
    flows.void_purchase(merchant=shop, purchase_id=bought.pk, at=LATER)

    assert re.search(r"Came back since +−5\.00 €", part)
    assert "VOID: it counts for nothing." in written(shop, bought)


@pytest.mark.django_db
def test_receipt_of_an_anonymous_sale_has_no_name_and_no_balance(shop, bought):
    text = written(shop, recorded(shop, None, amount=300))

    assert "For " not in text
    assert "Balance" not in text


@pytest.mark.django_db
def test_receipt_speaks_the_customers_language(shop, bought):
    bought.customer.language = "es-ES"
    bought.customer.save()

    assert "12,50 €" in written(shop, bought)
    assert translation.get_language() == "en"


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize(("who", "phone", "mail"), [("alice", "34600111222", "ana@mail.test"), ("dora", "", "")])
def test_number_is_filled_in_only_for_those_who_may_see_it(client, dora, bought, who, phone, mail):
    client.force_login(User.objects.get(email=f"{who}@a.test"))

    page = client.get(f"/m/a/purchases/{bought.public_id}/receipt/").content.decode()

    assert f'href="https://wa.me/{phone}?text=Shop%20A' in page
    assert f'href="mailto:{mail}?subject=Your%20receipt%20from%20Shop%20A' in page
    assert ("600111222" in page) == bool(phone)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 30])
def test_receipt_costs_the_same_for_few_and_for_many_lines(shop, bought, django_assert_num_queries, number):
    # lines; kept points, judgements; memberships, entries, lots
    found = recorded(shop, bought.customer, [line(500)] * number)
    found = receipts.purchases(shop).get(pk=found.pk)

    with django_assert_num_queries(6):
        receipt_text(found, at=LATER)
