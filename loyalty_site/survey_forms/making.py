"""A survey as its maker types it: its words in both languages, and one form for each question."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Refusal
from loyalty_site.program_forms.rules import moment
from segments.surveys import questions
from segments.surveys.making import LONGEST_TITLE, LONGEST_WORDS, MOST_DAYS, MOST_HOURS
from segments.surveys.models import Kind, Survey
from segments.surveys.wording import LANGUAGES

KINDS = [("", _("Choose what is asked")), *Kind.choices]
NAMES = {"en": _("English"), "es": _("Spanish")}


def words(label, *, rows: int = 2, longest: int = LONGEST_WORDS) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}))


def by_language(typed: dict, name: str) -> dict[str, str]:
    """The texts of a field that is there once for each language."""
    return {code: typed[f"{name}_{code}"] for code in LANGUAGES if typed.get(f"{name}_{code}")}


class SurveyForm(forms.Form):
    """What a survey is called and says before and after its questions."""

    title = forms.CharField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        help_text=_("Customers read it, too."),
        error_messages={"required": _("Give the survey a title.")},
    )
    language = forms.ChoiceField(
        label=_("Main language"),
        choices=list(NAMES.items()),
        help_text=_("Spoken where a text is missing in the visitor's own."),
    )
    intro_en, intro_es = words(_("First words, English")), words(_("First words, Spanish"))
    thanks_en, thanks_es = words(_("Last words, English")), words(_("Last words, Spanish"))
    opens_at, closes_at = moment(_("Opens")), moment(_("Closes"))
    rewarded = forms.BooleanField(
        label=_("Thank invited customers with points, as your programs' rules say"), required=False
    )

    def __init__(self, data=None, *, survey: Survey | None = None, initial: dict | None = None):
        super().__init__(data, initial={"rewarded": True, **(initial or (of_survey(survey) if survey else {}))})

    def changes(self) -> dict:
        """The fields of a valid form as `making` takes them."""
        typed = self.cleaned_data
        plain = {name: typed[name] for name in ("title", "language", "opens_at", "closes_at", "rewarded")}
        return {**plain, "intro": by_language(typed, "intro"), "thanks": by_language(typed, "thanks")}

    def place_of(self, refusal: Refusal) -> str | None:
        """The field that a refusal is about; first and last words are shown once for each language."""
        return f"{refusal.field}_en" if refusal.field in {"intro", "thanks"} else refusal.field


def of_survey(survey: Survey) -> dict:
    """A survey as the fields of its form."""
    known = {name: getattr(survey, name) for name in ("title", "language", "opens_at", "closes_at", "rewarded")}
    for name in ("intro", "thanks"):
        known |= {f"{name}_{code}": said for code, said in getattr(survey, name).items()}
    return known


class QuestionForm(forms.Form):
    """One question. Answers to choose from are written one a line, as many in both languages."""

    kind = forms.ChoiceField(label=_("What is asked"), choices=KINDS, required=False)
    text_en = words(_("Question, English"), longest=questions.LONGEST)
    text_es = words(_("Question, Spanish"), longest=questions.LONGEST)
    options_en = words(_("Answers to choose from, English, one a line"), rows=3)
    options_es = words(_("Answers to choose from, Spanish, one a line"), rows=3)
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    measures_value = forms.BooleanField(label=_("Asks whether it is worth the money"), required=False)

    def clean(self):
        typed = self.cleaned_data
        if not typed.get("kind") and (by_language(typed, "text") or by_language(typed, "options")):
            self.add_error("kind", _("Choose what is asked."))
        return typed

    @property
    def is_left_out(self) -> bool:
        """Whether nothing is asked here, or it is to go."""
        return not self.cleaned_data.get("kind") or bool(self.cleaned_data.get("DELETE"))

    def question(self) -> dict:
        """The question as `questions.parse` reads it."""
        typed = self.cleaned_data
        found = {"kind": typed["kind"], "text": by_language(typed, "text"), "required": typed["required"]}
        if typed["kind"] == Kind.CHOICE:
            found["options"] = self.options()
        if typed["measures_value"]:
            found["measures_value"] = True
        return found

    def options(self) -> list[dict[str, str]]:
        """The answers to choose from, each by language."""
        lines = {code: [line.strip() for line in said.splitlines() if line.strip()]
                 for code, said in by_language(self.cleaned_data, "options").items()}  # fmt: skip
        most = max(map(len, lines.values()), default=0)
        return [{code: said[place] for code, said in lines.items() if place < len(said)} for place in range(most)]

    def place_of(self, refusal: Refusal) -> str | None:
        """The field that a refusal of this question is about."""
        part = (refusal.field or "").partition("].")[2].partition("[")[0]
        return {"text": "text_en", "options": "options_en"}.get(part, part)


class QuestionFormSet(forms.BaseFormSet):
    """The questions of a survey, and one empty form for the next."""

    def questions(self) -> list[dict]:
        """Those that are asked, in the order that their numbers say."""
        asked = [form for form in self.ordered_forms if not form.is_left_out]
        return [form.question() for form in asked]

    def form_at(self, place: int) -> QuestionForm:
        """The form of a question by its place among those that are asked."""
        return [form for form in self.ordered_forms if not form.is_left_out][place]


QuestionForms = forms.formset_factory(
    QuestionForm, formset=QuestionFormSet, extra=1, can_order=True, can_delete=True, max_num=questions.MOST,
    absolute_max=questions.MOST + 1,
)  # fmt: skip


def of_question(kind: str, text: dict, options: list, required: bool, measures_value: bool) -> dict:
    """A question as the fields of its form."""
    known = {"kind": kind, "required": required, "measures_value": measures_value}
    known |= {f"text_{code}": said for code, said in text.items()}
    for code in LANGUAGES:
        lines = [one[code] for one in options if code in one]
        known[f"options_{code}"] = "\n".join(lines)
    return known


class WindowForm(forms.Form):
    """What of an open survey may still change: when it closes, and whom it asks by itself."""

    closes_at = moment(_("Closes"))
    send_after_hours = forms.IntegerField(
        label=_("Hours after a purchase"),
        min_value=0,
        max_value=MOST_HOURS,
        required=False,
        help_text=_("Empty: nobody is asked by itself."),
    )
    rest_days = forms.IntegerField(
        label=_("Days of rest between two such mails to one customer"), min_value=1, max_value=MOST_DAYS
    )

    def __init__(self, data=None, *, survey: Survey):
        names = ("closes_at", "send_after_hours", "rest_days")
        super().__init__(data, initial={name: getattr(survey, name) for name in names})
