"""Customers as lists show them, with phone and e-mail as far as the reader needs them."""

from collections.abc import Iterable
from dataclasses import dataclass

from customers import identity
from customers.merchants.models import Right, StaffMember
from customers.models import Customer


@dataclass(slots=True)
class Person:
    """A customer as a list shows one; phone and e-mail are masked for those who only serve."""

    customer: Customer
    phone: str | None
    email: str | None


def as_seen(place: StaffMember, customers: Iterable[Customer]) -> list[Person]:
    """Customers as this person may see them (no query)."""
    return [person(place, customer) for customer in customers]


def person(place: StaffMember, customer: Customer) -> Person:
    """One of them."""
    if place.may(Right.REPORTS):
        return Person(customer, customer.phone, customer.email)
    return masked([customer])[0]


def masked(customers: Iterable[Customer]) -> list[Person]:
    """Customers as the counter shows them, whoever stands there: the screen faces the shop."""
    return [
        Person(customer, identity.mask_phone(customer.phone), identity.mask_email(customer.email))
        for customer in customers
    ]
