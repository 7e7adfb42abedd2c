"""The products that running programs ask for by name: what a till should tell, so that their rules can fire."""

from dataclasses import dataclass
from datetime import datetime

from customers.merchants.models import Merchant
from rewards.models.programs import Status
from rewards.rules import Rule
from rewards.rules.triggers import PURCHASE

from .terms import promises

SKUS, CATEGORIES = ("skus", "exclude_skus"), ("categories", "exclude_categories")


@dataclass(frozen=True, slots=True)
class Asked:
    """The SKUs and categories that rules name, as they were written, and whether any rule counts all items alike."""

    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    items: bool = False


def asked(merchant: Merchant, *, at: datetime) -> Asked:
    """What the rules for purchases ask for at a moment, in the order of programs and rules (three queries)."""
    held = [one.terms(at) for one in promises(merchant) if one.program.status == Status.ACTIVE]
    rules = [rule for terms in held if terms for rule in terms.ruleset.on(PURCHASE).rules if not is_over(rule, at)]
    return Asked(
        skus=named(rules, SKUS),
        categories=named(rules, CATEGORIES),
        items=any(rule.kind == "per_item" and not (rule.when and rule.when.picks_lines) for rule in rules),
    )


def is_over(rule: Rule, at: datetime) -> bool:
    """Whether a rule's time is past."""
    return bool(rule.when and rule.when.ends_at and rule.when.ends_at <= at)


def named(rules: list[Rule], parts: tuple[str, ...]) -> tuple[str, ...]:
    """The words of these conditions, each once however it is written."""
    words: dict[str, str] = {}
    for rule in rules:
        for part in parts:
            for word in (rule.said or {}).get(part, ()):
                words.setdefault(word.strip().casefold(), word.strip())
    return tuple(words.values())
