"""What customers type into a survey. `segments.surveys.answering` decides what can be stored."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Refusal
from segments.surveys.answering import RANGES
from segments.surveys.models import Kind, Question, Survey
from segments.surveys.models.answers import LONGEST
from segments.surveys.wording import spoken

NUMBERS = {Kind.NPS: [(str(number), str(number)) for number in range(11)]}
NUMBERS[Kind.CSAT] = [(str(number), str(number)) for number in range(1, 6)]
ENDS = {
    Kind.NPS: (_("not at all likely"), _("extremely likely")),
    Kind.CSAT: (_("very poor"), _("excellent")),
}


class AnswerForm(forms.Form):
    """A field for each question, named q1, q2 … `trap` is a field that nobody sees: programs fill it in."""

    trap = forms.CharField(required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, data=None, *, survey: Survey, questions: list[Question], language: str, may_ask: bool):
        super().__init__(data)
        self.language, self.own = language, survey.language
        self.questions = {f"q{one.position}": one for one in questions}
        for name, one in self.questions.items():
            self.fields[name] = self.field(one)
        if may_ask:
            self.fields["may_answer"] = forms.BooleanField(
                label=_("You may answer me by e-mail about this."), required=False
            )

    def field(self, one: Question) -> forms.Field:
        """How one question is answered."""
        label = spoken(one.text, self.language, self.own)
        missing = {"required": _("Please answer this one.")}
        if one.kind in RANGES or one.kind == Kind.CHOICE:
            return forms.ChoiceField(
                label=label, required=one.required, choices=NUMBERS.get(one.kind) or self.options(one),
                widget=forms.RadioSelect, error_messages=missing,
            )  # fmt: skip
        widget = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(
            label=label, required=one.required, max_length=LONGEST, widget=widget, error_messages=missing
        )

    def options(self, one: Question) -> list[tuple[str, str]]:
        """The answers of a choice, counted from 1."""
        return [(str(place), spoken(said, self.language, self.own)) for place, said in enumerate(one.options, 1)]

    def rows(self) -> list[dict]:
        """The questions as the page shows them."""
        return [
            {
                "field": self[name],
                "kind": one.kind,
                "scale": one.kind in RANGES,
                "chosen": one.kind == Kind.CHOICE,
                "ends": ENDS.get(one.kind),
                "required": one.required,
            }
            for name, one in self.questions.items()
        ]

    def answers(self) -> dict[int, object]:
        """What a valid form says, by the number of the question."""
        said = {}
        for name, one in self.questions.items():
            typed = self.cleaned_data[name]
            words = one.kind not in RANGES and one.kind != Kind.CHOICE
            said[one.position] = typed if words else int(typed) if typed else None
        return said

    def place_of(self, refusal: Refusal) -> str | None:
        """The field that a refusal is about."""
        field = refusal.field or ""
        return f"q{field.removeprefix('answers[').rstrip(']')}" if field.startswith("answers[") else refusal.field
