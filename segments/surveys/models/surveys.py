"""A survey and its questions. What people read is kept by language: {"en": "…", "es": "…"}."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant


class Status(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("survey", "draft")
    OPEN = "open", pgettext_lazy("survey", "open")
    CLOSED = "closed", pgettext_lazy("survey", "closed")


class Touchpoint(models.TextChoices):
    """Where somebody met the survey."""

    WEB = "web", _("web page")
    TILL = "till", _("counter")
    RECEIPT = "receipt", _("receipt")
    PARCEL = "parcel", _("parcel")
    EMAIL = "email", _("e-mail")
    APP = "app", _("app or till, over the API")


class SurveyQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The surveys of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def taking(self, at: datetime):
        """Those that take answers at a moment."""
        begun, lasting = Q(opens_at=None) | Q(opens_at__lte=at), Q(closes_at=None) | Q(closes_at__gt=at)
        return self.filter(begun & lasting, status=Status.OPEN)


class Survey(models.Model):
    """Questions that a shop asks for a while. Answers are taken while it is open and within its window.

    `link_version` is part of the links for everybody: a new number ends those that hang on walls. `send_after_hours`
    (with `rest_days` between two mails to one person) asks whoever bought, by e-mail; empty: nobody is asked by itself.
    `site` is the address under which those mails link, as the browser wrote it that switched them on.
    `simulated` marks answers that a program made up.
    """

    public_id = PublicId("srv")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="surveys")
    title = models.CharField(_("title"), max_length=100)
    language = models.CharField(_("language"), max_length=8)
    intro = models.JSONField(_("first words"), default=dict)
    thanks = models.JSONField(_("last words"), default=dict)
    status = models.CharField(_("status"), max_length=6, choices=Status.choices, default=Status.DRAFT)
    opens_at = models.DateTimeField(_("opens"), null=True)
    closes_at = models.DateTimeField(_("closes"), null=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    rewarded = models.BooleanField(_("answers are thanked with points"), default=True)
    link_version = models.PositiveIntegerField(default=1)
    send_after_hours = models.PositiveSmallIntegerField(_("hours after a purchase"), null=True)
    rest_days = models.PositiveSmallIntegerField(_("days between two mails"), default=90)
    site = models.CharField(max_length=200, blank=True)
    simulated = models.BooleanField(_("simulated"), default=False)
    created_at = models.DateTimeField()

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="a_survey_has_a_title"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="a_survey_has_a_known_status"),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="a_survey_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT, opened_at=None) | ~Q(status=Status.DRAFT) & Q(opened_at__isnull=False),
                name="only_a_draft_was_never_opened",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False) | ~Q(status=Status.CLOSED),
                name="a_closed_survey_knows_since_when",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-created_at", "-id"], name="surveys_newest_first")]

    def __str__(self):
        return self.title

    def takes(self, at: datetime) -> bool:
        """Whether it takes answers at a moment."""
        begun, over = self.opens_at is None or self.opens_at <= at, self.closes_at and self.closes_at <= at
        return self.status == Status.OPEN and begun and not over


class Kind(models.TextChoices):
    """What is asked for: 0 to 10, 1 to 5, one of some answers, words, or a wish."""

    NPS = "nps", _("Would you recommend us? 0 to 10")
    CSAT = "csat", _("How satisfied? 1 to 5")
    CHOICE = "choice", _("One of several answers")
    TEXT = "text", _("In their own words")
    BENEFIT = "benefit_request", _("Which benefit they wish for")


class Question(models.Model):
    """One question. `options` are the answers of a choice, each by language, from the first on.

    `measures_value`: a question for satisfaction that asks what customers think their money brought them.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    text = models.JSONField(_("question"))
    options = models.JSONField(_("answers"), default=list)
    required = models.BooleanField(_("must be answered"), default=False)
    measures_value = models.BooleanField(_("asks whether it is worth the money"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["survey", "position"], name="questions_have_places_of_their_own"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="a_question_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(measures_value=False) | Q(kind=Kind.CSAT), name="worth_is_asked_from_one_to_five"
            ),
        ]

    def __str__(self):
        return f"{self.position} {self.kind}"
