"""What was said, the last that is known of each customer, and what the shop does about it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant, StaffMember
from customers.models import Customer

from .invitations import Invitation
from .surveys import Question, Survey, Touchpoint

LONGEST = 2_000  # characters of an answer in words


class ResponseQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The responses of one merchant: the only door to them."""
        return self.filter(merchant=merchant)


class Response(models.Model):
    """Everything that somebody answered at once. Without a customer it came over a link for everybody.

    `nps`, `csat` and `value_score` repeat the first answer of their kind, so that figures need no other table.
    `may_answer`: they agreed to be answered by e-mail.
    """

    public_id = PublicId("rsp")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses", db_index=False)
    invitation = models.OneToOneField(Invitation, on_delete=models.SET_NULL, null=True, related_name="response")
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="survey_responses")
    touchpoint = models.CharField(_("where"), max_length=7, choices=Touchpoint.choices)
    language = models.CharField(_("language"), max_length=8)
    nps = models.PositiveSmallIntegerField(null=True)
    csat = models.PositiveSmallIntegerField(null=True)
    value_score = models.PositiveSmallIntegerField(null=True)
    may_answer = models.BooleanField(_("may be answered by e-mail"), default=False)
    answered_at = models.DateTimeField(_("answered"))

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.CheckConstraint(condition=Q(nps=None) | Q(nps__lte=10), name="nps_is_from_0_to_10"),
            models.CheckConstraint(condition=Q(csat=None) | Q(csat__range=(1, 5)), name="csat_is_from_1_to_5"),
            models.CheckConstraint(
                condition=Q(value_score=None) | Q(value_score__range=(1, 5)), name="worth_is_from_1_to_5"
            ),
        ]
        indexes = [
            models.Index(fields=["survey", "-answered_at", "-id"], name="responses_newest_first"),
            models.Index(fields=["merchant", "answered_at"], name="responses_of_a_merchant"),
        ]

    def __str__(self):
        return self.public_id


class Answer(models.Model):
    """The answer to one question: a number, one of its options (counted from 0), or words."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField(null=True)
    option = models.PositiveSmallIntegerField(null=True)
    text = models.CharField(max_length=LONGEST, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="a_question_is_answered_once"),
            models.CheckConstraint(
                condition=(
                    Q(number__isnull=False, option=None, text="")
                    | Q(number=None, option__isnull=False, text="")
                    | Q(number=None, option=None) & ~Q(text="")
                ),
                name="an_answer_says_one_thing",
            ),
        ]

    def __str__(self):
        return self.text or str(self.number if self.option is None else self.option)


class Satisfaction(models.Model):
    """The newest of each figure that a customer gave, for lists and criteria; `answered_at` is that of the newest."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="satisfaction")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    nps = models.PositiveSmallIntegerField(_("would recommend, 0 to 10"), null=True)
    csat = models.PositiveSmallIntegerField(_("satisfied, 1 to 5"), null=True)
    value_score = models.PositiveSmallIntegerField(_("worth the money, 1 to 5"), null=True)
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        verbose_name = _("satisfaction")
        verbose_name_plural = _("satisfaction")
        constraints = [
            models.CheckConstraint(condition=Q(nps=None) | Q(nps__lte=10), name="last_nps_is_from_0_to_10"),
            models.CheckConstraint(condition=Q(csat=None) | Q(csat__range=(1, 5)), name="last_csat_is_from_1_to_5"),
            models.CheckConstraint(
                condition=Q(value_score=None) | Q(value_score__range=(1, 5)), name="last_worth_is_from_1_to_5"
            ),
        ]

    def __str__(self):
        return str(self.customer_id)


class Stage(models.TextChoices):
    OPEN = "open", pgettext_lazy("unhappy answer", "open")
    ANSWERED = "answered", pgettext_lazy("unhappy answer", "answered")
    CLOSED = "closed", pgettext_lazy("unhappy answer", "closed")


class FollowUp(models.Model):
    """An unhappy answer of a known customer that somebody should answer: what was done, by whom and when."""

    public_id = PublicId("fup")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="follow_up")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="follow_ups")
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices, default=Stage.OPEN)
    answer = models.TextField(_("what they were told"), blank=True)
    mailed = models.BooleanField(_("told by e-mail"), default=False)
    by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("unhappy answer")
        verbose_name_plural = _("unhappy answers")
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="a_follow_up_has_a_known_stage"),
            models.CheckConstraint(
                condition=Q(stage=Stage.OPEN, answered_at=None, closed_at=None)
                | Q(stage=Stage.ANSWERED, answered_at__isnull=False, closed_at=None)
                | Q(stage=Stage.CLOSED, closed_at__isnull=False),
                name="a_follow_up_is_dated_by_its_stage",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "stage", "-opened_at"], name="follow_ups_by_stage")]

    def __str__(self):
        return self.public_id
