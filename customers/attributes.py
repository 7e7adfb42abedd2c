"""Attributes that a merchant defines: made, changed, and what values they take.

What no definition names stays free, as the API's clients keep it; what one names is checked wherever it comes from.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Invalid
from customers.models import AttributeField
from customers.models.attributes import AttributeGroup, AttributeKind

MOST, MOST_CHOICES, LONGEST_CHOICE, LONGEST_TEXT = 50, 100, 60, 500
LISTED = {AttributeKind.CHOICE, AttributeKind.TAGS}
RESERVED = "tags"  # the tags of a card, which are free words


class InvalidAttribute(Invalid):
    """A value that its attribute does not take; the field is `attributes.<key>`."""

    code = "invalid_attribute"


class KeyTaken(Conflict):
    code = "key_taken"
    message = _("There is an attribute of this name already. Choose another name.")


class TooManyAttributes(Conflict):
    code = "too_many"
    message = _("A shop has 50 attributes at most. Remove one that nobody uses.")


class WrongChoices(Invalid):
    code = "invalid_choices"
    message = _("Write the choices, one on each line: at most 100 of at most 60 characters, each once.")


class WrongName(Invalid):
    code = "invalid_name"
    message = _("The name needs a letter or a digit, and cannot be “tags”.")


@transaction.atomic
def define(
    *,
    merchant: Merchant,
    label: str,
    kind: str,
    at: datetime,
    group: str = AttributeGroup.FACT,
    choices: Iterable[str] = (),
    key: str = "",
) -> AttributeField:
    """An attribute more; its key is made of the label where none is given.

    Raises WrongName, WrongChoices, TooManyAttributes and KeyTaken.
    """
    key = key or slugify(label).replace("-", "_")[:40]
    if not re.fullmatch(r"[a-z0-9_]{1,40}", key) or key == RESERVED:
        raise WrongName(field="label")
    if AttributeField.objects.for_merchant(merchant).count() >= MOST:
        raise TooManyAttributes
    what = {"label": label.strip(), "kind": kind, "group": group, "choices": checked(kind, choices)}
    try:
        with transaction.atomic():
            return AttributeField.objects.create(merchant=merchant, key=key, created_at=at, **what)
    except IntegrityError as error:
        raise KeyTaken(field="label") from error


@transaction.atomic
def change(*, field: AttributeField, label: str, group: str, choices: Iterable[str] = ()) -> AttributeField:
    """Call it otherwise, move it, or offer other choices; values on cards stay as they are. Raises WrongChoices."""
    field.label, field.group, field.choices = label.strip(), group, checked(field.kind, choices)
    field.save(update_fields=["label", "group", "choices"])
    return field


def remove(*, field: AttributeField) -> None:
    """Take the definition away; what cards hold of it stays there as a free fact."""
    field.delete()


def checked(kind: str, choices: Iterable[str]) -> list[str]:
    """The choices as they are kept, none for a kind that has none. Raises WrongChoices."""
    if kind not in LISTED:
        return []
    found = [" ".join(choice.split()) for choice in choices if choice.strip()]
    if not found or len(found) > MOST_CHOICES or len({choice.casefold() for choice in found}) < len(found):
        raise WrongChoices(field="choices")
    if max(map(len, found)) > LONGEST_CHOICE:
        raise WrongChoices(field="choices")
    return found


def defined(merchant: Merchant) -> dict[str, AttributeField]:
    """The attributes of a shop by their keys (one query)."""
    return {field.key: field for field in AttributeField.objects.for_merchant(merchant)}


def clean(attributes: Mapping[str, Any], fields: Mapping[str, AttributeField]) -> dict:
    """Attributes as a card keeps them: defined ones checked, empty ones left out, others as they are.

    A defined one may go by its name, as the columns of a file do. Raises InvalidAttribute.
    """
    found, named = {}, {field.label.casefold(): field for field in fields.values()}
    for key, given in attributes.items():
        field = fields.get(key) or named.get(key.strip().casefold())
        kept = value(field, given) if field else given
        if kept is not None:
            found[field.key if field else key] = kept
    return found


def value(field: AttributeField, given: Any) -> Any:
    """A value as its attribute keeps it; None for an empty one. Raises InvalidAttribute."""
    if given is None or given in ("", []):
        return None
    return READERS[field.kind](field, given)


def text(field: AttributeField, given: Any) -> str:
    said = str(given).strip() if isinstance(given, (str, int, float)) else ""
    if not said or len(said) > LONGEST_TEXT:
        raise InvalidAttribute(
            _("'%(label)s' is a text of at most %(most)d characters."),
            values={"label": field.label, "most": LONGEST_TEXT},
            field=place(field),
        )
    return said


def number(field: AttributeField, given: Any) -> int | float:
    """A number; a text may write it with a comma."""
    refusal = InvalidAttribute(
        _("'%(label)s' is a number, such as 42 or 42.5, and not '%(given)s'."),
        values={"label": field.label, "given": str(given)[:40]},
        field=place(field),
    )
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise refusal
    try:
        found = Decimal(str(given).strip().replace(",", "."))
    except InvalidOperation as error:
        raise refusal from error
    if not found.is_finite() or abs(found) > 10**12:
        raise refusal
    return int(found) if found == found.to_integral_value() else float(found)


def choice(field: AttributeField, given: Any) -> str:
    """One of the choices, as it is written there; large and small letters are the same."""
    for known in field.choices:
        if isinstance(given, str) and known.casefold() == " ".join(given.split()).casefold():
            return known
    raise InvalidAttribute(
        _("'%(given)s' is none of the choices of '%(label)s': %(choices)s."),
        values={"given": str(given)[:40], "label": field.label, "choices": ", ".join(field.choices[:20])},
        field=place(field),
    )


def several(field: AttributeField, given: Any) -> list[str]:
    """Some of the choices, each once, in their own order; a text names them between commas or semicolons."""
    said = re.split("[,;]", given) if isinstance(given, str) else given
    if not isinstance(said, list):
        said = [given]
    chosen = {choice(field, one) for one in said if one not in ("", None) and str(one).strip()}
    return [known for known in field.choices if known in chosen]


def day(field: AttributeField, given: Any) -> str:
    """A day of the calendar as YYYY-MM-DD."""
    try:
        return given.isoformat() if type(given) is date else date.fromisoformat(str(given).strip()).isoformat()
    except ValueError as error:
        raise InvalidAttribute(
            _("'%(label)s' is a day such as 2026-03-27, and not '%(given)s'."),
            values={"label": field.label, "given": str(given)[:40]},
            field=place(field),
        ) from error


def place(field: AttributeField) -> str:
    """Where a wrong value stands."""
    return f"attributes.{field.key}"


READERS = {
    AttributeKind.TEXT: text,
    AttributeKind.NUMBER: number,
    AttributeKind.CHOICE: choice,
    AttributeKind.TAGS: several,
    AttributeKind.DATE: day,
}
