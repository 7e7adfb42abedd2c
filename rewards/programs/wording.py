"""One wording of a promise: all that a version of a program says, checked before it is published."""

from dataclasses import dataclass, field, fields, replace

from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Location, Merchant
from customers.merchants.refusals import Missing
from rewards import rules
from rewards.models import ProgramVersion
from rewards.models.programs import Kind

from . import kinds
from .policies import DEFAULT_POLICIES, check_policies


class UnknownLocation(Missing):
    code = "unknown_location"
    message = _("This shop has no location with that id.")


@dataclass(frozen=True)
class Wording:
    """What a version says, as it was sent: the columns of `ProgramVersion` that a change publishes anew."""

    rules: list
    policies: dict = field(default_factory=dict)
    tiers: list = field(default_factory=list)
    tier_policy: dict | None = None
    stamps: dict | None = None

    @classmethod
    def of(cls, version: ProgramVersion) -> "Wording":
        """What a version says."""
        return cls(**{part.name: getattr(version, part.name) for part in fields(cls)})

    def columns(self) -> dict:
        """As the columns of a version."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    def changed(self, **parts) -> "Wording":
        """With the parts that are given (not None); of policies those that are named."""
        given = {name: value for name, value in parts.items() if value is not None}
        if isinstance(given.get("policies"), dict):
            given["policies"] = {**self.policies, **given["policies"]}
        return replace(self, **given)

    def checked(self, *, merchant: Merchant, kind: str = Kind.POINTS) -> "Wording":
        """The wording with defaults filled in, fit to be published by the merchant (one query at most).

        Raises InvalidRule, InvalidPolicy, UnknownLocation and what `kinds.check` raises, with the place named.
        """
        whole = replace(self, policies=check_policies(self.policies))
        kinds.check(kind, rules_json=whole.rules, policies=whole.policies, stamps=whole.stamps)
        check_rules(whole.rules, whole.policies, merchant, least=0 if kind == Kind.MEMBERSHIP else 1)
        return whole


def read_rules(rules_json: object, policies: dict, zone: str, *, least: int = 0) -> rules.Ruleset:
    """The rules of a wording; raises InvalidRule."""
    policies = {**DEFAULT_POLICIES, **policies}
    return rules.parse(
        rules_json, rounding=policies["rounding"], multipliers=policies["multipliers"], zone=zone, least=least
    )


def check_rules(rules_json: object, policies: dict, merchant: Merchant, *, least: int) -> None:
    """Refuse rules that could not work at this shop; raises InvalidRule, and UnknownLocation (one query at most)."""
    read = read_rules(rules_json, policies, merchant.timezone, least=least)
    named = {place: rule.when.locations for place, rule in enumerate(read.rules) if rule.when and rule.when.locations}
    if not named:
        return
    known = set(Location.objects.for_merchant(merchant).values_list("public_id", flat=True))
    for place, locations in named.items():
        if not locations <= known:
            raise UnknownLocation(field=f"rules[{place}].when.locations")
