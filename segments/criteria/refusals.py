"""The one refusal of definitions: it names the place and says what is allowed there."""

from difflib import get_close_matches

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Invalid

SHOWN = 12


class BadCriteria(Invalid):
    """A definition that cannot be; `field` is the place, such as definition.all[1].value."""

    code = "bad_criteria"


def refuse(place: str, message, **values):
    """Raise BadCriteria for a place."""
    raise BadCriteria(message, values=values or None, field=place)


def listed(names) -> str:
    """Some names as a sentence shows them."""
    names = [str(name) for name in names]
    more = ", …" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def refuse_unknown(place: str, name: object, names, message) -> None:
    """Refuse a name that is none of these, and say the nearest one, or them all."""
    names = [str(one) for one in names]
    near = get_close_matches(str(name), names, n=1)
    said = str(name)[:60]
    if near:
        refuse(place, NEAR, said=message % {"name": said}, near=near[0])
    refuse(place, AMONG, said=message % {"name": said}, names=listed(names) or _("none"))


NEAR = _("%(said)s Did you mean '%(near)s'?")
AMONG = _("%(said)s Choose one of: %(names)s.")
