"""Questions as they are given: checked, and told what is wrong in a sentence with its place."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Invalid

from . import wording
from .models import Kind

MOST, MOST_OPTIONS = 12, 12
LONGEST, LONGEST_OPTION = 300, 120
NAMES = {"kind", "text", "options", "required", "measures_value"}


class InvalidQuestion(Invalid):
    code = "invalid_question"


@dataclass(slots=True)
class QuestionDraft:
    """A question that can be asked."""

    kind: str
    text: dict[str, str]
    options: list[dict[str, str]] = field(default_factory=list)
    required: bool = False
    measures_value: bool = False


def parse(given: object, *, language: str) -> list[QuestionDraft]:
    """The questions of a survey in their order; raises InvalidQuestion and InvalidText with the place as field."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise InvalidQuestion(_("'questions' is a list of objects with kind and text."), field="questions")
    if len(given) > MOST:
        raise InvalidQuestion(
            _("Nobody answers more than %(most)s questions. Leave some out."), values={"most": MOST}, field="questions"
        )
    return [one_question(one, f"questions[{place}]", language) for place, one in enumerate(given)]


def one_question(given: dict, place: str, language: str) -> QuestionDraft:
    """One question."""
    if unknown := sorted(set(given) - NAMES):
        raise InvalidQuestion(
            _("There is no field '%(name)s' here. Check its spelling, or leave it out."),
            values={"name": unknown[0]}, code="unknown_field", field=f"{place}.{unknown[0]}",
        )  # fmt: skip
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in Kind.values:
        raise InvalidQuestion(
            _("A question is one of %(known)s."), values={"known": ", ".join(Kind.values)}, field=f"{place}.kind"
        )
    text = wording.texts(given.get("text"), language=language, field=f"{place}.text", longest=LONGEST)
    return QuestionDraft(
        kind=kind,
        text=text,
        options=options_of(given, kind, place, language),
        required=yes_or_no(given, "required", place),
        measures_value=measures(given, kind, place),
    )


def options_of(given: dict, kind: str, place: str, language: str) -> list[dict[str, str]]:
    """The answers of a choice: two at least, in as many languages each."""
    options = given.get("options") or []
    where = f"{place}.options"
    if kind != Kind.CHOICE:
        if options:
            raise InvalidQuestion(_("Only a question of kind 'choice' has answers to choose from."), field=where)
        return []
    if not isinstance(options, list) or not 2 <= len(options) <= MOST_OPTIONS:
        raise InvalidQuestion(
            _("Write from 2 to %(most)s answers to choose from."), values={"most": MOST_OPTIONS}, field=where
        )
    found = [
        wording.texts(one, language=language, field=f"{where}[{number}]", longest=LONGEST_OPTION)
        for number, one in enumerate(options)
    ]
    if any(set(one) != set(found[0]) for one in found):
        raise InvalidQuestion(
            _("Write as many answers in the one language as in the other, in the same order."), field=where
        )
    return found


def measures(given: dict, kind: str, place: str) -> bool:
    """Whether it asks what the money brought; only a question from 1 to 5 does."""
    asks = yes_or_no(given, "measures_value", place)
    if asks and kind != Kind.CSAT:
        raise InvalidQuestion(
            _("Whether it is worth the money is asked from 1 to 5: choose the kind 'csat'."),
            field=f"{place}.measures_value",
        )
    return asks


def yes_or_no(given: dict, name: str, place: str) -> bool:
    """A true or false that may be left out."""
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise InvalidQuestion(_("This is true or false."), field=f"{place}.{name}")
    return value
