"""How a rule is refused: by name, with a sentence and the place in the JSON."""

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Invalid


class InvalidRule(Invalid):
    code = "invalid_rule"


def check_parts(given: dict, known: tuple[str, ...], place: str) -> None:
    """Refuse the first part that nobody knows, so that a typo never silently loses points."""
    if unknown := sorted(set(given) - set(known)):
        raise InvalidRule(
            _("Rules do not know '%(part)s' in this version. They know: %(known)s."),
            values={"part": unknown[0], "known": ", ".join(sorted(known))},
            code="unknown_field",
            field=f"{place}.{unknown[0]}",
        )


def whole(value: object, *, least: int, most: int, place: str) -> int:
    """A whole number within bounds: no text, no decimal point, no true."""
    if type(value) is not int or not least <= value <= most:
        raise InvalidRule(
            _("'%(part)s' must be a whole number from %(least)d to %(most)d."),
            values={"part": place.rpartition(".")[2], "least": least, "most": most},
            field=place,
        )
    return value
