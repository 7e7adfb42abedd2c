"""What is sent about surveys, and how they are answered."""

from rest_framework import serializers

from loyalty_site.api.fields import FreeJSON, Moment, Strict, WholeNumber
from segments.surveys.models import Kind, Status, Touchpoint
from segments.surveys.wording import LANGUAGES

TEXTS = 'A text in the survey\'s language, or texts by language: {"en": "…", "es": "…"}.'


class SurveyChange(Strict):
    """What may change of a survey; what is left out stays. Questions and first words only while it is a draft."""

    title = serializers.CharField(required=False)
    language = serializers.ChoiceField(LANGUAGES, required=False)
    intro = FreeJSON(required=False, help_text=TEXTS)
    thanks = FreeJSON(required=False, help_text=TEXTS)
    opens_at = Moment(required=False, allow_null=True)
    closes_at = Moment(required=False, allow_null=True, help_text="Exclusive.")
    rewarded = serializers.BooleanField(required=False, help_text="Whether rules for `survey` thank invited customers.")
    questions = FreeJSON(required=False, help_text="[{kind, text, options, required, measures_value}], twelve at most.")


class SurveyBody(SurveyChange):
    """A survey, a draft until it is opened."""

    title = serializers.CharField()
    language = serializers.ChoiceField(LANGUAGES, default="en")


class AnswerBody(Strict):
    """The answer to one question: a number, the number of an option (from 1), or words."""

    question = WholeNumber(help_text="Counted from 1.")
    value = FreeJSON()


class ResponseBody(Strict):
    """What a customer says at a counter or in an app. With neither customer nor invitation it is nobody's."""

    customer = serializers.CharField(required=False, allow_null=True)
    invitation = serializers.CharField(required=False, allow_null=True)
    touchpoint = serializers.ChoiceField(Touchpoint.values, default=Touchpoint.APP)
    language = serializers.ChoiceField(LANGUAGES, required=False)
    may_answer = serializers.BooleanField(default=False, help_text="They agree to be answered by e-mail.")
    answers = AnswerBody(many=True)


class InvitationBody(Strict):
    """Whom to ask, in general or about a purchase. Asked before: 200 with the same link."""

    customer = serializers.CharField()
    purchase = serializers.CharField(required=False, allow_null=True)
    touchpoint = serializers.ChoiceField(Touchpoint.values, default=Touchpoint.APP)


class QuestionReply(serializers.Serializer):
    number = serializers.IntegerField()
    kind = serializers.CharField(help_text=", ".join(Kind.values))
    text = serializers.DictField(child=serializers.CharField())
    options = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    required = serializers.BooleanField()
    measures_value = serializers.BooleanField()


class SurveyReply(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    title = serializers.CharField()
    language = serializers.CharField()
    intro = serializers.DictField(child=serializers.CharField())
    thanks = serializers.DictField(child=serializers.CharField())
    status = serializers.CharField(help_text=", ".join(Status.values))
    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    rewarded = serializers.BooleanField()
    simulated = serializers.BooleanField(help_text="A program made up the answers.")
    questions = QuestionReply(many=True)
    asked = serializers.IntegerField(help_text="Customers asked in person.")
    responses = serializers.IntegerField()
    links = serializers.DictField(child=serializers.CharField(), help_text="For everybody, by touchpoint.")
    created_at = serializers.DateTimeField()


class AnswerReply(serializers.Serializer):
    question = serializers.IntegerField()
    kind = serializers.CharField(help_text=", ".join(Kind.values))
    value = serializers.JSONField(help_text="A number, the number of an option (from 1), or words.")


class ResponseReply(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    survey = serializers.CharField()
    customer = serializers.CharField(allow_null=True)
    touchpoint = serializers.CharField()
    language = serializers.CharField()
    nps = serializers.IntegerField(allow_null=True)
    csat = serializers.IntegerField(allow_null=True)
    value_score = serializers.IntegerField(allow_null=True)
    answers = AnswerReply(many=True)
    answered_at = serializers.DateTimeField()


class ThanksReply(serializers.Serializer):
    program = serializers.CharField()
    points = serializers.IntegerField()


class AnsweredReply(ResponseReply):
    earned = ThanksReply(many=True)
    dry_run = serializers.BooleanField(required=False)


class InvitationReply(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    survey = serializers.CharField()
    customer = serializers.CharField()
    purchase = serializers.CharField(allow_null=True)
    url = serializers.CharField(help_text="The customer's own link; it counts once.")
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
