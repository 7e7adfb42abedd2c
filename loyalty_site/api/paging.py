"""Lists: a page with a cursor, or all rows as CSV."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice

from django.db import DataError
from django.db.models import DateTimeField, Q, QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.refusals import Invalid

from . import rendering

USUAL, MOST = 25, 100
PAGE = ("limit", "cursor")
ROWS_AT_ONCE = 2_000
LARGEST_KEY = 2**63 - 1


class InvalidLimit(Invalid):
    code = "invalid_limit"
    message = _("'limit' is a whole number from 1 to 100.")


class InvalidCursor(Invalid):
    code = "invalid_cursor"
    message = _("This cursor is none of ours. Leave it out to begin with the first page.")


class UnknownName(Invalid):
    code = "unknown_field"
    message = _("There is no filter '%(name)s' here. Check its spelling, or leave it out. Known: %(known)s.")


class OutOfRange(Invalid):
    code = "out_of_range"
    message = _("A filter names a moment that lies too far away.")


def answer(
    request,
    queryset: QuerySet,
    present: Callable,
    *,
    order: tuple[str, ...],
    filters: Iterable[str] = (),
    above: Iterable[dict] = (),
) -> HttpResponseBase:
    """A page of the queryset in a stable order, or its complete rows as CSV.

    `order` names fields (all with - or none) that together are unique; `present` turns a list of rows into dicts;
    `filters` are the names of the address that the caller has read, besides the page's own; `above` are rows of no
    table that come before all others.
    """
    check_names(request, [*filters, *PAGE])
    queryset = queryset.order_by(*order)
    if request.accepted_renderer.format == "csv":
        return complete(request, queryset, present, above=above)
    limit = read_limit(request.query_params.get("limit"))
    if cursor := request.query_params.get("cursor"):
        above = ()
        queryset = queryset.filter(behind(order, read_cursor(cursor, kinds(queryset, order))))
    page = fetch(queryset[: limit + 1])
    has_more = len(page) > limit
    page = page[:limit]
    next_cursor = write_cursor(page[-1], order) if has_more else None
    return Response({"data": [*above, *present(page)], "has_more": has_more, "next_cursor": next_cursor})


def filtered(request, found: FilterSet, present: Callable, *, order: tuple[str, ...]) -> HttpResponseBase:
    """`answer` for what a FilterSet finds; a wrong value of a filter is refused by its name."""
    if not found.is_valid():
        raise serializers.ValidationError(dict(found.errors))
    return answer(request, found.qs, present, order=order, filters=found.base_filters)


def check_names(request, known: Iterable[str]) -> None:
    """Refuse a name in the address that nothing reads: a filter with a slip in it would answer everything."""
    for name in request.query_params:
        if name not in known:
            raise UnknownName(values={"name": name, "known": ", ".join(known)}, field=name)


def complete(request, queryset: QuerySet, present: Callable, *, above: Iterable[dict] = ()) -> StreamingHttpResponse:
    """Every row as CSV, some thousand at a time: what is in memory does not grow with the list."""
    found, language = queryset.iterator(chunk_size=ROWS_AT_ONCE), get_language()
    parts = chain([fetch(islice(found, ROWS_AT_ONCE))], iter(lambda: list(islice(found, ROWS_AT_ONCE)), []))

    def presented() -> Iterator[dict]:
        yield from above
        for part in parts:
            with override(language):
                rows = present(part)
            yield from rows

    return rendering.streamed(request.parser_context["view"].row_reply, presented(), name="rows.csv")


def fetch(rows: Iterable) -> list:
    """The rows; a filter by a moment that no database knows is the client's slip."""
    try:
        return list(rows)
    except (OverflowError, DataError) as error:
        raise OutOfRange from error


def read_limit(text: str | None) -> int:
    """How many rows a page has."""
    if text is None:
        return USUAL
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= MOST:
        raise InvalidLimit(field="limit")
    return int(text)


def write_cursor(row, order: tuple[str, ...]) -> str:
    """Where a page ends, opaque to the client."""
    values = [getattr(row, name.lstrip("-")) for name in order]
    values = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def kinds(queryset: QuerySet, order: tuple[str, ...]) -> list[type]:
    """What each value of a cursor must be: a moment or a whole number."""
    names = [name.lstrip("-") for name in order]
    fields = [queryset.model._meta.pk if name == "pk" else queryset.model._meta.get_field(name) for name in names]
    return [datetime if isinstance(field, DateTimeField) else int for field in fields]


def read_cursor(text: str, kinds: list[type]) -> list:
    """The values where the last page ended; whatever else a cursor holds was not written here."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list):
            raise InvalidCursor(field="cursor")
        return [read_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidCursor(field="cursor") from error


def read_value(value, kind: type) -> datetime | int:
    """One value of a cursor; raises ValueError, TypeError or OverflowError."""
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if type(value) is not int or abs(value) > LARGEST_KEY:
        raise ValueError(value)
    return value


def behind(order: tuple[str, ...], values: list) -> Q:
    """The rows behind a place: a greater first value, or an equal first and a greater second, and so on."""
    found, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        found |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return found
