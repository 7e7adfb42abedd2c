"""One wording of a promise: all that a version of a program says, checked before it is published."""

from dataclasses import dataclass, field, fields, replace

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Location, Merchant
from customers.merchants.refusals import Missing
from customers.models import Audience
from rewards import ladders, rules
from rewards.expiry import InvalidPolicy
from rewards.ladders import InvalidTiers
from rewards.models import ProgramVersion
from rewards.models.programs import Kind

from . import kinds
from .policies import DEFAULT_POLICIES, check_policies


class UnknownLocation(Missing):
    code = "unknown_location"
    message = _("This shop has no location with that id.")


class UnknownAudience(Missing):
    code = "unknown_audience"
    message = _("This shop has no audience with that id.")


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
        if isinstance(given.get("tier_policy"), dict):
            given["tier_policy"] = {**(self.tier_policy or {}), **given["tier_policy"]}
        elif given.get("tiers") == []:
            given["tier_policy"] = None
        return replace(self, **given)

    def checked(self, *, merchant: Merchant, kind: str = Kind.POINTS) -> "Wording":
        """The wording with defaults filled in, fit to be published by the merchant (two queries at most).

        Raises InvalidRule, InvalidPolicy, InvalidTiers, UnknownLocation, UnknownAudience and what `kinds.check` raises,
        with the place named.
        """
        whole = replace(self, policies=check_policies(self.policies), tier_policy=checked_tier_policy(self))
        kinds.check(kind, whole)
        check_rules(whole, merchant, least=0 if kind == Kind.MEMBERSHIP else 1)
        return whole


def checked_tier_policy(wording: Wording) -> dict | None:
    """How tiers are reached and kept, with defaults; None where there are none. Raises InvalidTiers, InvalidPolicy."""
    if ladders.parse(wording.tiers, wording.tier_policy, "UTC"):
        return ladders.check_policy(wording.tier_policy)
    if wording.tier_policy is not None:
        raise InvalidPolicy(_("There are no tiers to reach. Send 'tiers' too, or leave this out."), field="tier_policy")
    return None


def read_rules(
    rules_json: object, policies: dict, zone: str, ladder: ladders.Ladder | None = None, *, least: int = 0
) -> rules.Ruleset:
    """The rules of a wording, `least` so many, with the factors of its tiers; raises InvalidRule."""
    policies = {**DEFAULT_POLICIES, **policies}
    read = rules.parse(
        rules_json, rounding=policies["rounding"], multipliers=policies["multipliers"], zone=zone, least=least
    )
    read = replace(read, full_price=policies["earning_base"] == "before_discounts")
    return rules.with_tiers(read, named(ladder)) if ladder else read


def named(ladder: ladders.Ladder | None) -> list[tuple]:
    """The tiers as rules know them: names and factors."""
    return [(tier.name, tier.factor) for tier in ladder.tiers] if ladder else []


def check_rules(wording: Wording, merchant: Merchant, *, least: int) -> None:
    """Refuse rules and tiers that could not work at this shop.

    Raises InvalidRule, InvalidTiers, UnknownLocation and UnknownAudience (a query for each of the last two).
    """
    ladder = ladders.parse(wording.tiers, wording.tier_policy, "UTC")
    read = read_rules(wording.rules, wording.policies, merchant.timezone, least=least)
    rules.check_tiers(read, named(ladder))
    wrong = [place for place, (__, factor) in enumerate(named(ladder)) if factor]
    if wrong and not rules.can_multiply(read):
        raise InvalidTiers(
            _("There is nothing to multiply: no rule of this program gives points for amounts or items."),
            field=f"tiers[{wrong[0]}].multiply",
        )
    check_names(read, "locations", Location, UnknownLocation, merchant)
    check_names(read, "audiences", Audience, UnknownAudience, merchant)


def check_names(read: rules.Ruleset, part: str, model: type[Model], refusal: type[Missing], merchant: Merchant) -> None:
    """Refuse ids in a part of conditions that nothing of the merchant has (one query where there are any)."""
    asked = {place: found for place, rule in enumerate(read.rules) if rule.when and (found := getattr(rule.when, part))}
    if not asked:
        return
    known = set(model.objects.for_merchant(merchant).values_list("public_id", flat=True))
    for place, ids in asked.items():
        if not ids <= known:
            raise refusal(field=f"rules[{place}].when.{part}")
