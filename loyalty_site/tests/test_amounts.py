import pytest
from django.forms import ValidationError
from django.utils import translation

from loyalty_site import forms


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("12.50", "EUR", 1250),
        ("12,50", "EUR", 1250),
        (" 12,5 ", "EUR", 1250),
        ("12", "EUR", 1200),
        ("12,", "EUR", 1200),
        (".5", "EUR", 50),
        ("0", "EUR", 0),
        ("1250", "JPY", 1250),
        ("1,250", "KWD", 1250),
        ("10000000000", "EUR", 10**12),
    ],
)
def test_amount_is_read_as_people_write_it(typed, currency, amount):
    assert forms.read_amount(typed, currency) == amount


@pytest.mark.parametrize(
    ("typed", "currency", "sentence"),
    [
        ("1.234,50", "EUR", "This amount has two decimal marks. Write thousands without a mark: 1250.50."),
        ("12.5.0", "EUR", "This amount has two decimal marks. Write thousands without a mark: 1250.50."),
        ("1,234", "EUR", "EUR has 2 decimals at most. Write the amount like 1250.50."),
        ("12.5", "JPY", "JPY has 0 decimals at most. Write the amount like 1250."),
        ("-5", "EUR", "An amount is not below zero. Leave the minus sign out."),
        ("twelve", "EUR", "Write the amount with digits only, for example 1250.50."),
        ("١٢", "EUR", "Write the amount with digits only, for example 1250.50."),
        ("1e5", "EUR", "Write the amount with digits only, for example 1250.50."),
        (".", "EUR", "Enter the amount, for example 1250.50."),
        ("10000000000.01", "EUR", "This amount is too large. Check the digits."),
        ("9" * 60, "EUR", "This amount is too large. Check the digits."),
    ],
)
def test_amount_that_is_not_clear_is_refused_with_a_sentence(typed, currency, sentence):
    with pytest.raises(ValidationError) as refused:
        forms.read_amount(typed, currency)

    assert refused.value.messages == [sentence]


def test_example_in_a_refusal_has_the_mark_of_the_shop():
    with pytest.raises(ValidationError) as refused:
        forms.read_amount("twelve", "EUR", ",")

    assert refused.value.messages == ["Write the amount with digits only, for example 1250,50."]
