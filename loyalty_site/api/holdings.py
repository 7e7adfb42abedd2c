"""What customers hold in the programs, for a till."""

from datetime import datetime

from customers.models import Customer
from rewards import ledger
from rewards.models import Membership


def members_of(customers: list[Customer]) -> list[Membership]:
    """The memberships of some customers, each with whether its program `has_rewards` (one query, none for nobody)."""
    if not customers:
        return []
    members = Membership.objects.filter(customer__in=customers).with_rewards()
    return list(members.select_related("program").order_by("program"))


def tier_of(members: list[Membership], customer: Customer, *, at: datetime) -> str | None:
    """The customer's tier in the first program in which they hold one (no query)."""
    held = (member.tier_at(at)[0] for member in members if member.customer_id == customer.pk)
    return next(filter(None, held), None)


def balances_of(customers: list[Customer], *, at: datetime) -> dict[int, list[dict]]:
    """What each customer can spend in each program, by customer key (three queries, none for nobody)."""
    return rows_by_customer(held_by(customers, at=at))


def rows_by_customer(held: list[tuple[Membership, ledger.Balance]]) -> dict[int, list[dict]]:
    """What members can spend, for a till, by customer key."""
    found: dict[int, list[dict]] = {}
    for member, balance in held:
        found.setdefault(member.customer_id, []).append(held_row(member, balance))
    return found


def held_by(customers: list[Customer], *, at: datetime) -> list[tuple[Membership, ledger.Balance]]:
    """The memberships of customers with their balances (three queries, none for nobody)."""
    return held_of(members_of(customers), at=at)


def held_of(members: list[Membership], *, at: datetime) -> list[tuple[Membership, ledger.Balance]]:
    """Members with their balances (two queries, none for nobody)."""
    if not members:
        return []
    held = ledger.balances([member.account_id for member in members], at=at, now=at)
    return [(member, held[member.account_id]) for member in members]


def held_row(member: Membership, balance: ledger.Balance) -> dict:
    """What a customer can spend in a program, for a till."""
    return {
        "program": member.program.public_id,
        "membership": member.public_id,
        "available": balance.available,
        "pending": balance.pending,
    }
