"""The shape of a program's rules and policies, as the OpenAPI document says it. `rewards.rules.parse` decides."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rewards import benefits, expiry
from rewards.ladders import parsing as parsing_of_tiers
from rewards.programs import goals
from rewards.rules import parsing, triggers

from .fields import FreeJSON

TEXTS = {"type": "array", "minItems": 1, "items": {"type": "string"}}
COUNT = {"type": "integer", "minimum": 1}
AWARD = {
    "type": "object",
    "description": "Exactly one of these.",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        "per_amount": {
            "type": "object",
            "description": "`points` for each full `every` minor units of the base.",
            "required": ["points", "every"],
            "additionalProperties": False,
            "properties": {"points": COUNT, "every": COUNT},
        },
        "per_item": {**COUNT, "description": "Points for each whole unit of the matching lines."},
        "fixed": {**COUNT, "description": "Points once; the only award for anything but a purchase."},
        "multiply": {
            "type": ["string", "integer"],
            "description": "Adds what `per_amount` and `per_item` rules gave times (factor − 1). More than 1.",
            "examples": ["1.5"],
        },
    },
}
WHEN = {
    "type": "object",
    "description": "All must hold. Categories and SKUs narrow the base to the matching lines.",
    "additionalProperties": False,
    "properties": {
        "min_amount": {"type": "integer", "minimum": 0, "description": "Of the rule's own base, inclusive."},
        "categories": TEXTS,
        "skus": TEXTS,
        "exclude_categories": TEXTS,
        "exclude_skus": TEXTS,
        "channels": TEXTS,
        "locations": {**TEXTS, "description": "Ids of locations."},
        "weekdays": {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1, "maximum": 7}},
        "hours": {
            "type": "array",
            "description": "From, and until (exclusive), on the shop's clock; across midnight if it is earlier.",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
        },
        "starts_at": {"type": "string", "format": "date-time"},
        "ends_at": {"type": "string", "format": "date-time", "description": "Exclusive."},
        "first_purchase": {"type": "boolean"},
        "birthday_window_days": {"type": "integer", "minimum": 0, "maximum": 180},
        "code": {"type": "string", "description": "What a purchase must say in its `code`."},
        "tiers": {**TEXTS, "description": "Names of tiers, of which one is held before the purchase."},
        "audiences": {**TEXTS, "description": "Ids of audiences, one of which the customer is in."},
    },
}
LIMIT = {
    "type": "object",
    "description": "Either times or points, in a local calendar period of the purchase.",
    "additionalProperties": False,
    "properties": {
        "times": COUNT,
        "points": COUNT,
        "period": {"type": "string", "enum": ["day", "week", "month", "year", "ever"], "default": "ever"},
    },
}
LIMITS = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {"per_customer": LIMIT, "total": LIMIT, "max_per_purchase": COUNT},
}
RULE = {
    "type": "object",
    "required": ["name", "award"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "maxLength": 100, "description": "Unique in the program; its identity in limits."},
        "trigger": {
            "type": "string",
            "pattern": f"^{triggers.NAME}$",
            "default": "purchase",
            "examples": list(triggers.NAMED),
            "description": "What sets the rule off; an unknown name is an activity of the shop's own.",
        },
        "award": AWARD,
        "when": WHEN,
        "limits": LIMITS,
        "exclusive": {"type": "boolean", "default": False, "description": "Awards instead of every other rule."},
        "priority": {"type": "integer", "default": 0},
    },
}
RULES = {"type": "array", "minItems": 0, "maxItems": parsing.MOST_RULES, "items": RULE}
POLICIES = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "earning_base": {"type": "string", "enum": ["after_discounts", "before_discounts"]},
        "rounding": {"type": "string", "enum": ["down", "half_up", "up"], "description": "Of what factors add."},
        "multipliers": {"type": "string", "enum": ["best", "all"]},
        "hold_days": {"type": "integer", "minimum": 0, "maximum": 365},
        "expiry": {
            "type": "object",
            "required": ["kind"],
            "properties": {
                "kind": {"type": "string", "enum": sorted(["never", *expiry.LARGEST])},
                "days": COUNT,
                "months": COUNT,
                "after": {"type": "integer", "minimum": 0},
            },
        },
        "clawback": {"type": "string", "enum": ["allow_negative", "clamp"]},
        "redeem_same_purchase": {"type": "boolean", "default": True},
    },
}
BENEFIT = {
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"type": "string", "enum": list(benefits.PARTS)},
        "amount": {**COUNT, "description": "Minor units."},
        "percent": {"type": "integer", "minimum": 1, "maximum": 100},
        "max_amount": {"type": ["integer", "null"], "minimum": 1},
        "sku": {"type": ["string", "null"]},
        "category": {"type": ["string", "null"]},
        "quantity": {"type": ["integer", "null"], "minimum": 1},
        "text": {"type": "string"},
        "to": {"type": "string"},
    },
}
STAMPS = {
    "type": ["object", "null"],
    "required": ["size", "reward"],
    "additionalProperties": False,
    "properties": {
        "size": {"type": "integer", "minimum": 2, "maximum": 1000},
        "reward": {
            "type": "object",
            "required": ["name", "benefit"],
            "additionalProperties": False,
            "properties": {"name": {"type": "string", "maxLength": 100}, "benefit": BENEFIT},
        },
    },
}
OBJECTIVE = {
    "type": ["object", "null"],
    "required": ["metric", "target", "by"],
    "additionalProperties": False,
    "properties": {
        "metric": {"type": "string", "enum": list(goals.METRICS)},
        "target": {"type": "number", "exclusiveMinimum": 0},
        "by": {"type": "string", "format": "date"},
    },
}
BUDGET = {
    "type": ["object", "null"],
    "required": ["per_month"],
    "additionalProperties": False,
    "properties": {"per_month": {**COUNT, "description": "Minor units; what points granted in a month may be worth."}},
}


TIERS = {
    "type": "array",
    "maxItems": parsing_of_tiers.MOST_TIERS,
    "description": "The lowest first, with rising thresholds; one at 0 is everybody's.",
    "items": {
        "type": "object",
        "required": ["name", "threshold"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "maxLength": parsing_of_tiers.LONGEST_NAME},
            "threshold": {"type": "integer", "minimum": 0, "description": "Of what the policy's `basis` adds up."},
            "multiply": {
                "type": ["string", "integer", "null"],
                "description": "A factor for members of this tier, beside those of rules. More than 1.",
                "examples": ["1.5"],
            },
            "perks": {"type": "array", "items": {"type": "string"}},
        },
    },
}
TIER_POLICY = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "basis": {"type": "string", "enum": list(parsing_of_tiers.BASES), "default": "spend"},
        "window_months": {"type": "integer", "minimum": 1, "maximum": 120, "default": 12},
        "downgrade": {"type": "string", "enum": ["after_window"], "default": "after_window"},
        "grace_days": {"type": "integer", "minimum": 0, "maximum": 365, "default": 30},
    },
}


@extend_schema_field(RULES)
class Rules(FreeJSON):
    """Rules as a client sends them."""


@extend_schema_field(POLICIES)
class Policies(FreeJSON):
    """Policies as a client sends them."""


@extend_schema_field(RULES)
class RulesReply(serializers.JSONField):
    """Rules as they were sent."""


@extend_schema_field(POLICIES)
class PoliciesReply(serializers.JSONField):
    """Policies with their defaults."""


@extend_schema_field(TIERS)
class Tiers(FreeJSON):
    """Tiers as a client sends them."""


@extend_schema_field(TIER_POLICY)
class TierPolicy(FreeJSON):
    """How tiers are reached and kept, as a client sends it."""


@extend_schema_field(TIERS)
class TiersReply(serializers.JSONField):
    """Tiers as they were sent."""


@extend_schema_field(TIER_POLICY)
class TierPolicyReply(serializers.JSONField):
    """How tiers are reached and kept, with its defaults."""


@extend_schema_field(STAMPS)
class Stamps(FreeJSON):
    """A stamp card as a client sends it."""


@extend_schema_field(OBJECTIVE)
class Objective(FreeJSON):
    """An objective as a client sends it."""


@extend_schema_field(BUDGET)
class Budget(FreeJSON):
    """A budget as a client sends it."""


@extend_schema_field(BENEFIT)
class Benefit(serializers.JSONField):
    """What a voucher gives."""


@extend_schema_field(BENEFIT)
class BenefitBody(FreeJSON):
    """What a reward gives, as a client sends it."""
