"""What a merchant wants to know of customers beside the usual: facts, preferences and motivations by name."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merchants.ids import PublicId
from customers.merchants.models import Merchant


class AttributeKind(models.TextChoices):
    """What the value of an attribute is; in `Customer.attributes` a text, a number, one choice, a day, or a list."""

    TEXT = "text", pgettext_lazy("attribute", "text")
    NUMBER = "number", pgettext_lazy("attribute", "number")
    CHOICE = "choice", pgettext_lazy("attribute", "one of some")
    TAGS = "tags", pgettext_lazy("attribute", "several of some")
    DATE = "date", pgettext_lazy("attribute", "day")


class AttributeGroup(models.TextChoices):
    """What an attribute tells of a person."""

    FACT = "fact", _("About the person")
    PREFERENCE = "preference", _("What they like")
    MOTIVATION = "motivation", _("Why they come")


class AttributeFieldQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The attributes of one merchant: the only door to them, in their order."""
        return self.filter(merchant=merchant).order_by("group", "pk")


class AttributeField(models.Model):
    """One attribute: `key` is its name in `Customer.attributes`, in files and over the API, and never changes."""

    public_id = PublicId("att")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="attribute_fields")
    key = models.CharField(_("key"), max_length=40)
    label = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=6, choices=AttributeKind.choices)
    group = models.CharField(_("group"), max_length=10, choices=AttributeGroup.choices, default=AttributeGroup.FACT)
    choices = models.JSONField(_("choices"), default=list)
    created_at = models.DateTimeField()

    objects = AttributeFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="attributes_differ_by_key"),
            models.CheckConstraint(condition=models.Q(kind__in=AttributeKind.values), name="an_attribute_is_of_a_kind"),
            models.CheckConstraint(
                condition=models.Q(group__in=AttributeGroup.values), name="an_attribute_tells_something_of_a_person"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["choice", "tags"]) | ~models.Q(choices=[]),
                name="an_attribute_to_choose_has_choices",
            ),
        ]

    def __str__(self):
        return self.label
