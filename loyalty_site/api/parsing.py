"""Reading bodies, and what no text of ours may hold."""

import math
import re

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from customers.merchants.refusals import Invalid

DEEPEST = 20
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL keeps neither, and UTF-8 has no lone surrogates


class NullCharacter(Invalid):
    code = "null_characters_not_allowed"
    message = _("Null characters are not allowed.")


class JSON(JSONParser):
    """JSON; one that is nested without end is no JSON of ours."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The body is nested too deeply.")) from error


def is_storable(value, depth: int = 0) -> bool:
    """Whether free JSON can be kept on every database and sent again: no null characters, lone surrogates, infinite
    numbers or endless nesting."""
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, (dict, list)):
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        return depth < DEEPEST and all(is_storable(one, depth + 1) for one in inner)
    return True
