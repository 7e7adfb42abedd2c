"""From a definition to one statement."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db.models import Q, QuerySet

from customers.merchants.models import Merchant
from customers.models import AudienceMember, Customer

from .facts import Fact, joined, negated, within
from .field import Condition, Moment
from .tree import All, Any, Criteria, Listed, Node, Not


def customers(criteria: Criteria, *, merchant: Merchant, at: datetime) -> QuerySet[Customer]:
    """The customers who meet a definition at a moment, each once, by what is on record now (one query when read).

    Whose data were erased is nobody whom one could mean.
    """
    moment = Moment(merchant, at)
    return known(merchant).filter(settled(compiled(criteria.root, moment), moment))


def known(merchant: Merchant) -> QuerySet[Customer]:
    """Everybody whom a definition could find."""
    return Customer.objects.for_merchant(merchant).filter(erased_at=None)


def compiled(node: Node, moment: Moment) -> Q | Fact:
    """The condition that a part of a definition says."""
    return COMPILERS[type(node)](node, moment)


def settled(found: Q | Fact, moment: Moment) -> Q:
    """A condition on a card."""
    return found.condition(moment) if isinstance(found, Fact) else found


def every(node: All, moment: Moment) -> Q | Fact:
    return joined((compiled(part, moment) for part in node.parts), Q.AND, moment)


def either(node: Any, moment: Moment) -> Q | Fact:
    return joined((compiled(part, moment) for part in node.parts), Q.OR, moment)


def opposite(node: Not, moment: Moment) -> Q | Fact:
    return negated(compiled(node.part, moment))


def single(condition: Condition, moment: Moment) -> Q | Fact:
    """One condition: `ne`, and `exists` with false, are the opposites of what the field answers."""
    if condition.op == "ne":
        return negated(single(replace(condition, op="eq"), moment))
    if condition.op == "exists" and not condition.value:
        return negated(single(replace(condition, value=True), moment))
    return condition.field.where(condition, moment)


def listed(node: Listed, moment: Moment) -> Q | Fact:
    """Being in one of some other segments."""
    parts = [compiled(part, moment) for part in node.inside]
    if node.lists:
        members = AudienceMember.objects.now().filter(audience__in=node.lists)
        parts.append(within(members.values("customer")))
    found = joined(parts, Q.OR, moment)
    return negated(found) if node.condition.op == "ne" else found


COMPILERS: dict[type, Callable[[Node, Moment], Q | Fact]] = {
    All: every,
    Any: either,
    Not: opposite,
    Listed: listed,
    Condition: single,
}
