"""The rewards of a customer's programs: as they find them, and as they suit them."""

from collections.abc import Iterable
from datetime import datetime

from customers.models import Customer
from rewards import catalog, next_best
from rewards.catalog import Option
from rewards.next_best import Suggestion

from .cards import Holding


def options(holdings: Iterable[Holding], *, at: datetime) -> list[Option]:
    """Every reward of the customer's programs (nine queries at most, none where no program has rewards)."""
    members = [one.membership for one in holdings if one.membership.has_rewards]
    found = catalog.options_of(members, at=at) if members else {}
    return [option for mine in found.values() for option in mine]


def suggested(customer: Customer, holdings: Iterable[Holding], *, at: datetime) -> list[Suggestion]:
    """The rewards that suit a customer, the best first (fourteen queries at most, none where there are no rewards)."""
    return next_best.suggestions(customer=customer, options=options(holdings, at=at), at=at)
