"""One card per person per merchant."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId
from customers.merchants.models import Location, Merchant


class CustomerQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The customers of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def picked_for_merchant(self, merchant):
        """The same door for few keys out of another table: it is no index, or SQLite would walk every card by it."""
        return self.alias(picked_for=F("merchant") + 0).filter(picked_for=merchant.pk)

    def with_activity(self):
        """Each with its `activity` row (first and last purchase, count, net value), in the same query."""
        return self.select_related("activity")


class Customer(models.Model):
    """Somebody the shop knows. Whoever buys with any identification is one: there is no club to join.

    An unknown external id, phone or e-mail is NULL, so that those known can be unique within the merchant.
    `latitude` and `longitude` are degrees (WGS 84) of where somebody lives, both or neither.
    """

    public_id = PublicId("cus")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="customers")
    external_id = models.CharField(_("id in your system"), max_length=100, null=True, blank=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=16, null=True, blank=True, help_text=_("In E.164, such as +34600…"))
    email = models.EmailField(_("e-mail"), max_length=254, null=True, blank=True)
    card_code = models.CharField(_("card code"), max_length=100)
    language = models.CharField(_("language"), max_length=8, blank=True)
    birthday = models.CharField(_("birthday"), max_length=5, blank=True, help_text=_("Month and day, MM-DD."))
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=30, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    preferences = models.JSONField(_("preferences"), default=list, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    location = models.ForeignKey(Location, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    imported = models.ForeignKey(
        "customers.Import", on_delete=models.SET_NULL, null=True, blank=True, related_name="customers"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "external_id"], name="one_customer_per_external_id"),
            models.UniqueConstraint(fields=["merchant", "phone"], name="one_customer_per_phone"),
            models.UniqueConstraint("merchant", Lower("email"), name="one_customer_per_email"),
            models.UniqueConstraint("merchant", Upper("card_code"), name="one_customer_per_card_code"),
            # NULL is "not known"; an empty text would count as known and block the next one.
            models.CheckConstraint(condition=~Q(external_id=""), name="an_external_id_is_null_or_something"),
            models.CheckConstraint(condition=~Q(phone=""), name="a_phone_is_null_or_something"),
            models.CheckConstraint(condition=~Q(email=""), name="an_email_is_null_or_something"),
            models.CheckConstraint(condition=~Q(card_code=""), name="every_customer_has_a_card_code"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="a_customer_lives_somewhere_on_earth_or_it_is_not_known",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(name="", phone=None, email=None, external_id=None, birthday="", birth_year=None, notes=""),
                name="an_erased_card_says_nothing_of_anybody",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at", "-id"], name="customers_newest_first"),
            models.Index("merchant", Lower("name"), name="customers_by_name"),
        ]

    def __str__(self):
        if self.erased_at:
            return str(_("Erased customer"))
        return self.name or self.external_id or self.card_code  # never the phone: not everybody may see it


class CustomerWord(models.Model):
    """A word that a card is found by; see customers.words, which writes them."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="words", db_index=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(max_length=48)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        constraints = [models.UniqueConstraint(fields=["customer", "word"], name="a_card_has_a_word_once")]
        indexes = [
            # Beginnings of words: the pattern class lets LIKE 'jos%' use it on PostgreSQL, in any collation.
            models.Index(
                fields=["merchant", "word", "customer"],
                name="words_by_their_beginning",
                opclasses=["int8_ops", "varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self):
        return self.word


class Consent(models.Model):
    """One yes or no, for one channel and purpose, at a moment. Append-only: the newest of a pair holds.

    `wording` is what the customer read or heard, `version` how the shop calls that text; empty where nobody said.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(_("channel"), max_length=20)
    purpose = models.CharField(_("purpose"), max_length=30)
    granted = models.BooleanField(_("granted"))
    source = models.CharField(_("source"), max_length=50, blank=True)
    wording = models.TextField(_("wording"), max_length=2000, blank=True, default="", db_default="")
    version = models.CharField(_("version of the wording"), max_length=30, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(fields=["customer", "channel", "purpose", "-recorded_at"], name="consents_newest_of_a_pair")
        ]

    def __str__(self):
        return f"{self.channel} {self.purpose}"
